"""Addresses for readers who are elsewhere: in a program, not on a page of this site."""

from urllib.parse import urljoin

from django.conf import settings


def absolute(url: str) -> str:
    """An address that is complete anywhere; empty stays empty."""
    return urljoin(f"{settings.SITE_URL}/", url) if url else ""
