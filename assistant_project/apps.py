from django.apps import AppConfig


class AssistantProjectConfig(AppConfig):
    name = "assistant_project"
    verbose_name = "Knowledge assistant"
