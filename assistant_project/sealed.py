"""Keeps secrets that must be read again: encrypted with keys that are made of SECRET_KEY and its fallbacks.

Fernet (AES-128-CBC with HMAC-SHA256), its key by HKDF-SHA256 (RFC 5869). Whoever has the database alone reads nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"assistant_project.sealed"


class SealBrokenError(Exception):
    """It was sealed with another SECRET_KEY, or changed."""


def seal(text: str) -> str:
    """Encrypted, as text; empty stays empty."""
    return _sealer().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What was sealed. Raises SealBrokenError."""
    if not sealed:
        return ""
    try:
        return _sealer().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBrokenError from None


def _sealer() -> MultiFernet:
    """Seals with the key in force; opens what earlier ones sealed."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret: str | bytes) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(force_bytes(secret))
    return Fernet(base64.urlsafe_b64encode(key))
