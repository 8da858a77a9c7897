"""What is done for accounts once a day."""

from assistant_project.accounts.models import LogIn


def tend() -> None:
    LogIn.objects.forget_ended()
