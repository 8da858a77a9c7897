"""Mails to people. The worker makes and sends them: a message in the queue carries no link and no token."""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from assistant_project.accounts import links
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import User
from assistant_project.accounts.people import find
from assistant_project.limits.models import Tally
from assistant_project.limits.rates import count
from assistant_project.limits.sentences import try_again
from knowledge.tasks import later

logger = logging.getLogger(__name__)

SEND = "assistant_project.accounts.mails.send"
MOST_AN_HOUR = 3
HOUR = datetime.timedelta(hours=1)
PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
"""After each failure; then the mail is given up."""
NOBODY = 0


@dataclass(frozen=True)
class Kind:
    """A mail: the link in it, and whether it makes sense for a user at the time when it is sent."""

    link: links.Link | None = None
    fits: Callable[[User, str], bool] = lambda user, email: True


KINDS = {
    "verification": Kind(links.VERIFICATION, lambda user, email: not user.is_verified),
    "known": Kind(links.PASSWORD_RESET),
    "password_reset": Kind(links.PASSWORD_RESET),
    "email_change": Kind(links.EMAIL_CHANGE, lambda user, email: find(email) in (None, user)),
    "email_change_notice": Kind(),
}


def ask_for(kind: str, email: str, *, address: str) -> None:
    """Have a mail sent to whoever has this address here; to nobody, by the same path, if nobody has it."""
    if wait := count("sign_up", f"mail {address}"):
        sentence = _("Too many mails were asked for from your network.")
        raise AccountRefused("too_many_mails", f"{sentence} {try_again(wait)}", 429, wait=wait)
    user = find(email)
    if not count_mail(kind, email):
        put_in_queue(kind, user.pk if user else NOBODY)


def put_in_queue(kind: str, user_id: int, email: str = "") -> None:
    """Have a mail sent, in the language of whoever asks for it."""
    later(SEND, kind, user_id, email, 0, translation.get_language() or "")


def count_mail(purpose: str, email: str) -> float:
    """Count a mail to an address: 0.0, or the seconds to wait if enough have been sent for this purpose.

    Each purpose counts alone: asking for mails of one kind, which perhaps are never sent, keeps no other kind back.
    """
    return Tally.objects.take(f"mail {purpose} {email.lower()}", limit=MOST_AN_HOUR, period=HOUR)


def send(kind: str, user_id: int, email: str = "", failures: int = 0, language: str = "") -> None:
    """Send a mail to a user or, with `email`, to that address; in the site's language unless another one is named.

    What fails is tried again later, and later still.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not KINDS[kind].fits(user, email):
        return
    with translation.override(language or settings.LANGUAGE_CODE):
        message = written(kind, user, email)
    try:
        message.send()
    except Exception as error:  # of any mail backend; its text may hold the address, so only its name is told
        _try_again((kind, user_id, email, failures, language), type(error).__name__)


def written(kind: str, user: User, email: str) -> EmailMessage:
    if kind == "verification" and not user.has_usable_password():
        kind = "known"  # to prove the address alone would open an account that nobody can sign in to
    link = KINDS[kind].link
    context = {"url": link.url(user, email) if link else "", "user": user}
    subject, _, body = render_to_string(f"accounts/mail/{kind}.txt", context).strip().partition("\n")
    return EmailMessage(subject, body.strip() + "\n", to=[email or user.email])


def _try_again(arguments: tuple[str, int, str, int, str], error: str) -> None:
    kind, user_id, email, failures, language = arguments
    if failures >= len(PAUSES):
        logger.error("the %s mail to user %s was given up: %s", kind, user_id, error)
        return
    logger.warning("the %s mail to user %s could not be sent: %s", kind, user_id, error)
    later(SEND, kind, user_id, email, failures + 1, language, after=PAUSES[failures])
