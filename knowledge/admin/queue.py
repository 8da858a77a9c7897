"""django-q2's own tables are not for curators: jobs and set-aside messages say it better."""

from django.apps import apps
from django.contrib import admin

for model in apps.get_app_config("django_q").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)
