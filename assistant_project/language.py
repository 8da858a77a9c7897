"""In which language a sentence is kept that more than one person will read."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation


@contextmanager
def site_language() -> Iterator[None]:
    """Sentences made inside are in the language of the site, whoever asks: they are stored for others.

    A worker needs no such thing: nobody asks there, and the site's language is in force.
    """
    with translation.override(settings.LANGUAGE_CODE):
        yield
