"""What is done for the limits once a day."""

from assistant_project.limits.models import Tally


def tend() -> None:
    Tally.objects.forget_ended()
