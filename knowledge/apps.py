from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def make_schedules(sender: AppConfig, using: str, **kwargs: Any) -> None:
    from knowledge import tasks

    if using == "default":
        tasks.ensure_schedules()


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = _("Knowledge")

    def ready(self) -> None:
        from knowledge import checks  # noqa: F401  (registers the system checks)

        post_migrate.connect(make_schedules, sender=self, dispatch_uid="knowledge.make_schedules")
