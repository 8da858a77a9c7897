"""Finding a person by e-mail address, wherever one was typed."""

from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from assistant_project.accounts.models import User


def find(email: str) -> User | None:
    """The user with this address, in whatever letters it is written.

    Addresses are ASCII here. Letters that only look alike, or become equal when they change case ("ı" and "i"), would
    otherwise let one person's text find another person's account.
    """
    if not email.isascii() or "\0" in email:
        return None
    return User.objects.filter(Exact(Lower("email"), email.strip().lower())).first()
