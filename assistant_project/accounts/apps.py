from django.apps import AppConfig, apps
from django.core.signals import request_started
from django.db.models.signals import post_migrate, post_save


class AccountsConfig(AppConfig):
    name = "assistant_project.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from assistant_project.accounts import curators, moments, revocation

        request_started.connect(moments.note_beginning)
        post_save.connect(revocation.end_with_password_or_account, sender=self.get_model("User"))
        post_migrate.connect(
            curators.make_curators, sender=apps.get_app_config("chat")
        )  # the last with permissions
