"""The links in mails: each is for one purpose, for a time, and once."""

import datetime

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import User


class Link:
    """Its token is signed, and holds a fingerprint of what its use changes: so it works once, and nothing is stored."""

    def __init__(self, page: str, lifetime: datetime.timedelta) -> None:
        self.page = page
        self.lifetime = lifetime
        self.salt = f"accounts.links.{page}"

    def url(self, user: User, email: str = "") -> str:
        return f"{settings.SITE_URL}/{self.page}/{self.token(user, email)}/"

    def token(self, user: User, email: str = "") -> str:
        return self._signer().sign_object([user.pk, self._fingerprint(user), email])

    def read(self, token: str) -> tuple[User, str]:
        """The user and the address that the token was made for. Locks the user's row: of two at once one is late."""
        try:
            pk, fingerprint, email = self._signer().unsign_object(token, max_age=self.lifetime)
        except BadSignature:
            raise self._not_valid() from None
        user = User.objects.select_for_update().filter(pk=pk, is_active=True).first()
        if user is None or not constant_time_compare(fingerprint, self._fingerprint(user)):
            raise self._not_valid()
        return user, email

    def _signer(self) -> TimestampSigner:
        return TimestampSigner(salt=self.salt, sep=".")

    def _fingerprint(self, user: User) -> str:
        """Changes with the password, the address, its verification and each sign-in."""
        state = (user.pk, user.password, user.email, user.email_verified_at, user.last_login)
        return salted_hmac(self.salt, repr(state), algorithm="sha256").hexdigest()[:32]

    def _not_valid(self) -> AccountRefused:
        sentence = _("This link is no longer valid: it was used already, or is too old. Ask for a new one.")
        return AccountRefused("link_not_valid", sentence)


VERIFICATION = Link("verify-email", datetime.timedelta(days=3))
PASSWORD_RESET = Link("reset-password", datetime.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
EMAIL_CHANGE = Link("confirm-email", datetime.timedelta(days=1))
