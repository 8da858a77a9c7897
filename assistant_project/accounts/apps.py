from django.apps import AppConfig
from django.core.signals import request_started
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "assistant_project.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from assistant_project.accounts import moments, revocation

        request_started.connect(moments.note_beginning)
        post_save.connect(revocation.end_with_password_or_account, sender=self.get_model("User"))
