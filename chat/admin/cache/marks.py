"""Small pieces of HTML of the pages about the cache. Everything that goes in is escaped."""

from typing import Any

from django.template.defaultfilters import floatformat
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chat.cache import reviews
from chat.models import CachedAnswer, CacheDecision, CacheGate

State = CachedAnswer.State
STATES = {State.STALE: "orange", State.REVIEW_DUE: "orange", State.WITHDRAWN: "red"}
JUDGED = {CacheDecision.Label.SAME: "green", CacheDecision.Label.DIFFERENT: "red"}
GATES = {CacheGate.State.GUARDED: "blue", CacheGate.State.CALIBRATED: "green", CacheGate.State.CLOSED: "red"}
NOTHING = format_html('<span class="k-quiet">{}</span>', "–")


def label(text: Any, colour: str) -> SafeString:
    """`colour`: the second half of a class in admin.css (green, red, orange, blue, grey)."""
    return format_html('<span class="k-label k-{}">{}</span>', colour, text)


def gate_state(state: str) -> str:
    """As people call it."""
    return str(CacheGate.State(state).label) if state in CacheGate.State.values else state


def standing(answer: CachedAnswer) -> SafeString:
    """Whether somebody stands by an entry, and what keeps it from being given, if anything does."""
    shown = [label(_("verified"), "green") if answer.is_verified else label(_("written"), "blue")]
    if answer.expires_at and answer.expires_at <= timezone.now():
        shown.append(label(_("expired"), "grey"))
    if answer.state in STATES:
        shown.append(label(State(answer.state).label.partition(":")[0], STATES[State(answer.state)]))
    elif answer.is_verified and answer.is_due(timezone.localdate()):
        shown.append(label(_("review due"), "orange"))
    if reviews.is_rejected(answer):
        shown.append(label(_("rejected by a reader"), "orange"))
    return format_html(
        '<span class="k-labels">{}</span>', format_html_join("", "{}", ((one,) for one in shown))
    )


def judged(decision: CacheDecision) -> SafeString:
    """What a decision turned out to be."""
    if decision.label:
        colour = JUDGED.get(CacheDecision.Label(decision.label), "orange")
        return label(decision.get_label_display(), colour)
    return label(_("waits"), "grey") if decision.waits else NOTHING


def gate(state: str) -> SafeString:
    return label(CacheGate.State(state).label, GATES[CacheGate.State(state)])


def number(value: int) -> str:
    """With the language's thousands separator."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


def percent(share: float) -> str:
    """With two decimals, if it needs them."""
    return f"{floatformat(100 * share, -2)} %"
