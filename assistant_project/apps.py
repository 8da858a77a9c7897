from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistantProjectConfig(AppConfig):
    name = "assistant_project"
    verbose_name = _("Knowledge assistant")

    def ready(self) -> None:
        from assistant_project import checks  # noqa: F401  (registers them)
