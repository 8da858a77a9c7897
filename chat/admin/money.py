"""Amounts as people read them."""

from decimal import Decimal

from django.conf import settings
from django.utils.formats import number_format

PLACES = 2
SMALL, PLACES_OF_SMALL = Decimal("0.1"), 4
"""An answer costs parts of a cent: two places would say 0."""


def money(amount: Decimal) -> str:
    """In the settings' currency, as the language writes numbers."""
    places = PLACES_OF_SMALL if 0 < amount < SMALL else PLACES
    rounded = round(amount, places)  # number_format would cut it off
    return f"{number_format(rounded, places, force_grouping=True)} {settings.CURRENCY}"
