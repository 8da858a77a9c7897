from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    """Django's admin, on our own site."""

    default_site = "assistant_project.admin.site.AdminSite"
