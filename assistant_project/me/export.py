"""All that is stored about a person, as one JSON document that never stands in memory as a whole.

Not in it: hashes of passwords, keys and tokens, and the traces of answers, which tell about the sources.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, QuerySet
from django.http import FileResponse
from django.utils import timezone

from chat.cache.scope import asker_key
from chat.models import CachedQuestion, DailyUsage, IdempotencyKey, Message, Preferences, Session
from chat.models.usage import COUNTED
from chat.records import tool_calls
from chat.visitors import owner_key
from knowledge.models import Collection, Source

ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 64 * 1024

ACCOUNT = ("id", "email", "name", "email_verified_at", "date_joined", "last_login", "is_staff", "is_active")
PREFERENCES = ("expertise", "about_me", "language", "model", "temperature", "max_tokens")
API_KEY = ("name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
LOG_IN = ("id", "created_at", "rotated_at", "expires_at", "revoked_at")
SESSION = ("id", "origin", "end_user", "title", "summary", "summarised_at", "created_at", "updated_at")
FEEDBACK = ("rating", "comment", "created_at", "updated_at")
MESSAGE = (
    "id",
    "role",
    "content",
    "selected_text",
    "images",
    "state",
    "kind",
    "model",
    "prompt_tokens",
    "completion_tokens",
    "standalone_question",
    "error_code",
    "error_detail",
    "cached_at",
    "created_at",
)


def as_attachment(user: Any) -> FileResponse:
    """The export as a download. It is complete before the first byte leaves: no connection waits for the client."""
    with ExitStack() as unless_all_is_well:
        file = unless_all_is_well.enter_context(tempfile.TemporaryFile())
        for text in export(user):
            file.write(text.encode())
        file.seek(0)
        unless_all_is_well.pop_all()
    name = f"export-{timezone.localdate()}.json"
    response = FileResponse(FileParts(file), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class FileParts:
    """The bytes of a file for an asynchronous server, which would read a plain file into memory at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while part := await asyncio.to_thread(self.file.read, BYTES_AT_ONCE):
            yield part

    def close(self) -> None:
        """Called with the response."""
        self.file.close()


def export(user: Any) -> Iterator[str]:
    """The document, piece by piece."""
    return written(
        {
            "exported_at": timezone.now(),
            "account": _fields(user, ACCOUNT) | {"groups": list(user.groups.values_list("name", flat=True))},
            "preferences": _fields(Preferences.objects.of(user), PREFERENCES),
            "sessions": _sessions(user),
            "usage": _rows(DailyUsage.objects.filter(user=user).order_by("day"), "day", *COUNTED),
            "api_keys": _rows(user.api_keys.all(), *API_KEY),
            "log_ins": _rows(user.log_ins.all(), *LOG_IN),
            "idempotency_keys": _rows(
                IdempotencyKey.objects.filter(owner=owner_key(user)), "key", "answer_id", "created_at"
            ),
            "cached_questions": _rows(
                CachedQuestion.objects.filter(asker=asker_key(owner_key(user))).order_by("pk"),
                *("text", "created_at"),
            ),
            "sources": _rows(Source.objects.filter(owner=user), "id", "title", "url", "created_at"),
            "collections": _rows(Collection.objects.filter(created_by=user), "id", "name", "created_at"),
        }
    )


def written(value: Any) -> Iterator[str]:
    """JSON, piece by piece: an iterator becomes a list, one item at a time."""
    if isinstance(value, Iterator):
        yield "["
        for number, item in enumerate(value):
            yield ",\n" if number else "\n"
            yield from written(item)
        yield "]"
    elif isinstance(value, dict) and any(isinstance(part, Iterator) for part in value.values()):
        yield "{"
        for number, (name, part) in enumerate(value.items()):
            yield f"{',' if number else ''}\n{json.dumps(name)}: "
            yield from written(part)
        yield "}"
    else:
        yield json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _sessions(user: Any) -> Iterator[dict[str, Any]]:
    sessions = Session.objects.filter(user=user).order_by("created_at", "pk").select_related("assistant")
    for session in sessions.iterator(ROWS_AT_ONCE):
        assistant = session.assistant.name if session.assistant else None
        yield _fields(session, SESSION) | {"assistant": assistant, "messages": _messages(session)}


def _messages(session: Session) -> Iterator[dict[str, Any]]:
    stored = session.messages.defer("trace").select_related("feedback").prefetch_related("citations")
    messages = stored.annotate(asked=F("trace__tools"))
    for message in messages.iterator(ROWS_AT_ONCE):
        yield _fields(message, MESSAGE) | {
            "citations": [citation.payload() for citation in message.citations.all()],
            "tools": tool_calls(message.asked),
            "feedback": _feedback(message),
        }


def _feedback(message: Message) -> dict[str, Any] | None:
    feedback = getattr(message, "feedback", None)
    return _fields(feedback, FEEDBACK) if feedback else None


def _rows(rows: QuerySet[Any, Any], *names: str) -> Iterator[dict[str, Any]]:
    yield from rows.values(*names).iterator(ROWS_AT_ONCE)


def _fields(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
