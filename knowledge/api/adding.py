"""From an offer to an answer: what became of an address, a text or a file."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from assistant_project import history
from knowledge import intake
from knowledge.api.refusals import ConflictError
from knowledge.curation import default_collection
from knowledge.intake import Intake
from knowledge.models import Source


def take(given: dict[str, Any], user: Any) -> tuple[Source, bool]:
    """The source that has what was offered, and whether it was there already. Raises what refuses it."""
    common = {"collection": given.get("collection") or default_collection(user), "owner": user}
    title = given.get("title", "")
    if "file" in given:
        content = given["file"].read(intake.PDF_BYTES + 1)
        result = intake.add_pdf(content, given["file"].name, title=title, **common)
    elif "text" in given:
        result = intake.add_text(title, given["text"], **common)
    else:
        plain = {"title": title, "refresh_interval": given["refresh_interval"]}
        result = intake.add_url(given["url"], **plain, **common)
    history.note_addition(user, result.added)
    return _one(result)


def _one(result: Intake) -> tuple[Source, bool]:
    if result.refused:
        raise ValidationError({"url": [reason for _line, reason in result.refused]})
    if result.replaceable:
        (source, _content) = result.replaceable[0]
        sentence = _(
            "Source %(number)s has a file with this name and another content. PUT yours to %(path)s "
            "to replace it, or upload it under another name to have both."
        )
        path = reverse("knowledge-api:source-file", args=[source.pk])
        raise ConflictError(sentence % {"number": source.pk, "path": path}, "same_name")
    return (result.duplicates or result.added)[0], bool(result.duplicates)


def take_each(given: dict[str, Any], user: Any) -> list[dict[str, Any]]:
    """What came of each of several addresses."""
    common = {"collection": given.get("collection") or default_collection(user), "owner": user}
    common["refresh_interval"] = given["refresh_interval"]
    outcomes = []
    for url in given["urls"]:
        result = intake.add_url(url, **common)
        history.note_addition(user, result.added)
        outcomes.append(_outcome(url, result))
    return outcomes


def _outcome(url: str, result: Intake) -> dict[str, Any]:
    if result.refused:
        return {"url": url, "outcome": "refused", "source_id": None, "detail": result.refused[0][1]}
    outcome = "duplicate" if result.duplicates else "added"
    source = (result.duplicates or result.added)[0]
    return {"url": url, "outcome": outcome, "source_id": source.pk, "detail": ""}
