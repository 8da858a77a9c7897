"""What ends log-ins, by whatever way it comes about."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from assistant_project.accounts.models import LogIn, User


def end_with_password_or_account(sender: type[User], instance: User, created: bool, **signal: Any) -> None:
    """Receives `post_save`: a new password or a deactivation counts wherever it is saved, also in the admin or a shell.

    Django keeps the new password in `_password` until it has been saved.
    """
    new_password: str | None = instance._password  # type: ignore[attr-defined]  # not in the stubs
    if not created and (new_password is not None or not instance.is_active):
        LogIn.objects.filter(user=instance).revoke()


def end_all(users: Iterable[User]) -> None:
    """Sign these users out everywhere: programs' log-ins and browsers' sessions."""
    ids = {user.pk for user in users}
    LogIn.objects.filter(user__in=ids).revoke()
    known = {str(pk) for pk in ids}
    sessions = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [row.pk for row in sessions.iterator() if row.get_decoded().get(SESSION_KEY) in known]
    Session.objects.filter(pk__in=theirs).delete()
