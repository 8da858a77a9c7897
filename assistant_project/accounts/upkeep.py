"""What is done for accounts once a day."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from assistant_project.accounts.models import LogIn, User


def tend() -> None:
    LogIn.objects.forget_ended()
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    User.objects.forget_unproven()
