from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "assistant_project.limits"
    label = "limits"
    verbose_name = "Limits"
