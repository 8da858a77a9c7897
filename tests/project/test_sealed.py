"""Secrets that are stored encrypted."""

import pytest

from assistant_project.sealed import SealBrokenError, seal, unseal

SECRET = "Authorization: Bearer größer"


def test_what_is_sealed_is_read_again_and_shows_nothing():
    sealed = seal(SECRET)

    assert unseal(sealed) == SECRET
    assert "Bearer" not in sealed
    assert sealed.isascii()


def test_the_same_text_never_looks_the_same():
    assert seal(SECRET) != seal(SECRET)


def test_nothing_stays_nothing():
    assert (seal(""), unseal("")) == ("", "")


def test_a_new_key_opens_what_an_earlier_one_sealed_as_long_as_that_is_named(settings):
    sealed = seal(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of more than thirty-two characters"

    assert unseal(sealed) == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SealBrokenError):
        unseal(sealed)


def test_a_changed_seal_is_refused():
    sealed = seal(SECRET)

    with pytest.raises(SealBrokenError):
        unseal(sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB"))


@pytest.mark.parametrize("sealed", ["plain text", "ünicode"])
def test_what_never_was_a_seal_is_refused(sealed):
    with pytest.raises(SealBrokenError):
        unseal(sealed)
