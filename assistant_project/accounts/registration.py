"""How an account comes into being, and how its address is proven and changed."""

from django.conf import settings
from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant_project.accounts import links, mails, passwords
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import User
from assistant_project.accounts.people import find
from assistant_project.accounts.sign_in import confirm_password
from assistant_project.limits.rates import count
from assistant_project.limits.sentences import try_again


def sign_up(email: str, password: str, name: str = "", *, address: str) -> None:
    """Make an account, or tell the one who has it by mail: whoever asks learns nothing, and waits as long."""
    if settings.SIGN_UP == "closed":
        raise AccountRefused("sign_up_closed", _("Nobody can sign up here. Ask for an account."), 403)
    user = User(email=accepted(email), name=name.strip())
    passwords.check(password, user)
    if wait := count("sign_up", address):
        sentence = _("Too many accounts were asked for from your network.")
        raise AccountRefused("too_many_sign_ups", f"{sentence} {try_again(wait)}", 429, wait=wait)
    user.password = make_password(password)
    with transaction.atomic():
        User.objects.bulk_create([user], ignore_conflicts=True)  # one statement, whether it is known or not
        there = find(user.email)
        if there is None:  # deleted at this moment
            return
        distrust(there, password)
        if not mails.count_mail("sign_up", user.email):
            mails.put_in_queue("verification" if there.password == user.password else "known", there.pk)


def distrust(claimed: User, password: str) -> None:
    """Let no password count for an address that nobody has proven, if two parties claim it with one each.

    The mailbox decides then, by a link with which to choose one. The same work and one statement for every account,
    so that nobody can tell by the time which there are. Only the first time, so that links that were sent stay valid.
    """
    doubtful = not check_password(password, claimed.password) and is_password_usable(claimed.password)
    kept = make_password(None) if doubtful else claimed.password
    unproven = User.objects.filter(pk=claimed.pk, password=claimed.password, email_verified_at=None)
    unproven.update(password=kept)


def accepted(email: str) -> str:
    """The address as it is stored, if people with it may have an account here."""
    email = User.objects.normalize_email(email)
    if not email.isascii():
        raise field_refused(_("Write the address with ASCII characters; for a domain that means punycode."))
    domains = [domain.lower().removeprefix("@") for domain in settings.SIGN_UP_DOMAINS]
    if domains and email.rpartition("@")[2] not in domains:
        sentence = _("Only addresses at %(domains)s are accepted here.") % {"domains": ", ".join(domains)}
        raise field_refused(sentence, code="domain_refused")
    return email


def field_refused(sentence: str, *, code: str = "invalid") -> AccountRefused:
    return AccountRefused(code, sentence, fields={"email": [sentence]})


def send_verification_again(email: str, *, address: str) -> None:
    mails.ask_for("verification", email, address=address)


@transaction.atomic
def verify(token: str) -> User:
    """The address is its user's: from now on the user may come in."""
    user, _email = links.VERIFICATION.read(token)
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email_verified_at"])
    return user


def request_email_change(user: User, new_email: str, password: str, *, address: str) -> None:
    """Send a link to the new address and a notice to the old one. Nothing changes until the link is opened."""
    confirm_password(user, password, address=address)
    new_email = accepted(new_email)
    if new_email.lower() == user.email.lower():
        raise field_refused(_("This is your address already."))
    if wait := mails.count_mail("email_change_notice", user.email):
        sentence = _("Too many mails were asked for.")
        raise AccountRefused("too_many_mails", f"{sentence} {try_again(wait)}", 429, wait=wait)
    mails.put_in_queue("email_change_notice", user.pk)
    if not mails.count_mail("email_change", new_email):
        mails.put_in_queue("email_change", user.pk, new_email)


def confirm_email_change(token: str) -> User:
    try:
        with transaction.atomic():
            user, new_email = links.EMAIL_CHANGE.read(token)
            user.email, user.email_verified_at = new_email, timezone.now()
            user.save(update_fields=["email", "email_verified_at"])
    except IntegrityError:
        sentence = _("There is another account with this address by now.")
        raise AccountRefused("email_taken", sentence, 409) from None
    return user
