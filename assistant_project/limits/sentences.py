"""What a refusal says of time."""

import math

from django.utils.translation import ngettext

MINUTE, HOUR = 60, 3_600


def try_again(wait: float) -> str:
    """When to come back, in the unit in which people would say it, rounded up."""
    if wait >= 2 * HOUR:
        hours = math.ceil(wait / HOUR)
        return ngettext("Try again in %(n)d hour.", "Try again in %(n)d hours.", hours) % {"n": hours}
    if wait >= 2 * MINUTE:
        minutes = math.ceil(wait / MINUTE)
        return ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes) % {"n": minutes}
    seconds = max(math.ceil(wait), 1)
    return ngettext("Try again in %(n)d second.", "Try again in %(n)d seconds.", seconds) % {"n": seconds}
