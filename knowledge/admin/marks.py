"""Small pieces of HTML that several pages share. Everything that goes in is escaped."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from knowledge.models import Job, Source
from knowledge.models.job import STAGES

NOTHING = format_html('<span class="k-quiet">{}</span>', "–")


def label(text: Any, colour: str) -> SafeString:
    """`colour`: the second half of a class in admin.css (green, red, orange, blue, grey)."""
    return format_html('<span class="k-label k-{}">{}</span>', colour, text)


def number(value: int | float) -> str:
    """With the language's thousands separator."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


def day(moment: datetime.datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")


def stage(name: str) -> str:
    return str(STAGES.get(name, name))


def progress(job: Job) -> SafeString:
    """How far a running job is."""
    if not job.total:
        return format_html(
            '<span class="k-progress"><progress></progress><span>{}…</span></span>', stage(job.stage)
        )
    words = _("%(stage)s: %(done)s of %(total)s") % {
        "stage": stage(job.stage),
        "done": number(job.done),
        "total": number(job.total),
    }
    return format_html(
        '<span class="k-progress"><progress value="{}" max="{}" aria-label="{}"></progress>'
        "<span>{}</span></span>",
        job.done,
        job.total,
        stage(job.stage),
        words,
    )


def duration(time: datetime.timedelta) -> str:
    seconds = time.total_seconds()
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": formats.number_format(seconds, 1)}
    minutes, seconds = divmod(round(seconds), 60)
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}


def source_link(source: Source) -> SafeString:
    """To its page in the admin."""
    url = reverse("admin:knowledge_source_change", args=[source.pk])
    return format_html('<a class="k-link" href="{}">{}</a>', url, source.name)
