"""Tells this installation from all others, whatever address it is reached at: what it sends out may come back in."""

from collections.abc import Mapping

from django.utils.crypto import constant_time_compare, salted_hmac

HEADER = "X-Asked-By-Installation"
PURPOSE = "assistant_project.installation"


def mark() -> str:
    """Goes with what is sent to other servers. The same for all that share a SECRET_KEY, and tells nothing of it."""
    return salted_hmac(PURPOSE, "mark", algorithm="sha256").hexdigest()[:32]


def is_own(headers: Mapping[str, str]) -> bool:
    """Whether a request is one that this installation has sent itself."""
    return constant_time_compare(headers.get(HEADER, ""), mark())
