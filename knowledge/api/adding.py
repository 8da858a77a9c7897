"""From an offer to an answer: what became of an address, a text or a file."""

from typing import Any

from django.urls import reverse
from rest_framework.exceptions import ValidationError

from knowledge import intake
from knowledge.api.offers import NO_ADDRESS
from knowledge.api.refusals import ConflictError
from knowledge.intake import Intake
from knowledge.models import Collection, Source


def take(given: dict[str, Any], user: Any) -> tuple[Source, bool]:
    """The source that has what was offered, and whether it was there already. Raises what refuses it."""
    common = {"collection": given.get("collection") or Collection.objects.default(), "owner": user}
    title = given.get("title", "")
    if "file" in given:
        content = given["file"].read(intake.PDF_BYTES + 1)
        result = intake.add_pdf(content, given["file"].name, title=title, **common)
    elif "text" in given:
        result = intake.add_text(title, given["text"], **common)
    else:
        plain = {"title": title, "refresh_interval": given["refresh_interval"]}
        result = intake.add_url(given["url"], **plain, **common)
    return _one(result)


def _one(result: Intake) -> tuple[Source, bool]:
    if result.refused:
        raise ValidationError({"url": [NO_ADDRESS]})
    if result.replaceable:
        (source, _content) = result.replaceable[0]
        raise ConflictError(
            f"Source {source.pk} has a file with this name and another content. "
            f"PUT yours to {reverse('knowledge-api:source-file', args=[source.pk])} to replace it, "
            "or upload it under another name to have both.",
            "same_name",
        )
    return (result.duplicates or result.added)[0], bool(result.duplicates)


def take_each(given: dict[str, Any], user: Any) -> list[dict[str, Any]]:
    """What came of each of several addresses."""
    collection = given.get("collection") or Collection.objects.default()
    interval = given["refresh_interval"]
    return [
        _outcome(url, intake.add_url(url, collection=collection, owner=user, refresh_interval=interval))
        for url in given["urls"]
    ]


def _outcome(url: str, result: Intake) -> dict[str, Any]:
    if result.refused:
        return {"url": url, "outcome": "refused", "source_id": None, "detail": result.refused[0][1]}
    outcome = "duplicate" if result.duplicates else "added"
    source = (result.duplicates or result.added)[0]
    return {"url": url, "outcome": outcome, "source_id": source.pk, "detail": ""}
