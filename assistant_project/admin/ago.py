"""How long ago something was, in the admin's lists."""

import datetime

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

JUST_NOW = datetime.timedelta(minutes=1)


def ago(moment: datetime.datetime | None) -> SafeString:
    """As people say it, with the exact time as a tooltip; None: never."""
    if moment is None:
        return format_html('<span class="k-quiet">{}</span>', _("never"))
    recent = timezone.now() - moment < JUST_NOW
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        formats.localize(timezone.localtime(moment)),
        _("just now") if recent else _("%(time)s ago") % {"time": timesince(moment, depth=1)},
    )
