"""Takes a question, or refuses it with a sentence before anything is stored."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from assistant_project.limits import budgets
from chat import small_talk
from chat.answering.choosing import Choice, choose
from chat.answering.places import places
from chat.answering.refusals import (
    QuestionRefused,
    checked_pictures,
    checked_program,
    checked_question,
    checked_selection,
)
from chat.images import Image
from chat.models import Assistant, DailyUsage, IdempotencyKey, Message, Session
from chat.models.session import END_USER_LENGTH, TITLE_LENGTH
from chat.visitors import Asker

unbegun: ContextVar[dict[int, "Question"] | None] = ContextVar("unbegun", default=None)
"""The questions of this request whose answers nobody writes yet, by the ids of the answers."""


@dataclass(frozen=True)
class Details:
    """What may come with a question."""

    session_id: uuid.UUID | None = None
    assistant: str = ""
    """Its short name; that of the conversation or the default one if empty."""
    selected_text: str = ""
    images: Sequence[str] = ()
    """Data URLs."""
    origin: str = Session.Origin.PAGE
    """Through which door it is asked, kept with a conversation that it begins."""
    history: Sequence[tuple[str, str]] | None = None
    """Earlier turns as (role, content), roles "user" and "assistant", in place of those that are stored."""
    program: str = ""
    """Instructions of the program through which it is asked, below the rules and the assistant's own."""
    end_user: str = ""
    """Who asks that program, by its own name for them."""
    preferences: Mapping[str, Any] = field(default_factory=dict)
    """In place of the stored ones, for this question."""
    idempotency_key: str = ""
    fresh: bool = False
    """Not from the cache."""


@dataclass(frozen=True)
class Question:
    """A question that was stored, together with the empty answer that waits for its text."""

    content: str
    asker: Asker
    session: Session
    answer_id: int
    choice: Choice
    selected_text: str = ""
    images: Sequence[Image] = ()
    reservation: budgets.Reservation | None = None
    fresh: bool = False
    """Not from the cache."""
    history: Sequence[tuple[str, str]] | None = None
    """Earlier turns that the asker tells, in place of those that are stored."""
    is_repeated: bool = False
    """It was asked before with the same idempotency key: the answer is there."""


def open_question(content: str, *, asker: Asker, details: Details | None = None) -> Question:
    """Take a question, or raise QuestionRefused before anything is stored."""
    places.refuse_if_full()
    details = details or Details()
    content, selected = checked_question(content), checked_selection(details.selected_text)
    if not asker.is_signed_in and not settings.ANONYMOUS_MAY_ASK:
        raise QuestionRefused("sign_in_needed", _("Sign in to ask a question."), status=401)
    images, program = checked_pictures(details.images), checked_program(details.program)
    session = _session(asker, details)
    assistant = _assistant(asker, details.assistant, session)
    choice = choose(assistant, asker.user, details.preferences, images, program=program)
    fingerprint = _fingerprint(content, details)
    if earlier := _earlier(asker, details.idempotency_key, fingerprint, choice):
        return earlier
    reservation = _reserve(asker, choice, len(content) + len(selected))
    try:
        with transaction.atomic():
            _refuse_too_many(asker)
            session, answer = _store(content, selected, images, asker, session, choice)
            _keep_key(asker, details.idempotency_key, fingerprint, answer)
    except Exception as error:
        if reservation:
            reservation.settle(0)
        if isinstance(error, IntegrityError) and (
            repeated := _earlier(asker, details.idempotency_key, fingerprint, choice)
        ):
            return repeated
        raise
    question = Question(content, asker, session, answer.pk, choice, selected, images, reservation)
    return _noted(replace(question, fresh=details.fresh, history=details.history))


def _noted(question: Question) -> Question:
    """As one whose answer nobody has begun to write, where that is watched."""
    if (waiting := unbegun.get()) is not None:
        waiting[question.answer_id] = question
    return question


def _keep_key(asker: Asker, key: str, fingerprint: str, answer: Message) -> None:
    if key and asker.owner:
        IdempotencyKey.objects.create(owner=asker.owner, key=key, fingerprint=fingerprint, answer=answer)


def _session(asker: Asker, details: Details) -> Session:
    """The conversation that is named, or a new one that is not stored yet."""
    if details.session_id is None:
        user = asker.user if asker.is_signed_in else None
        return Session(
            user=user,
            visitor=asker.visitor,
            origin=details.origin,
            end_user=details.end_user[:END_USER_LENGTH],
        )
    session = Session.objects.of(asker.user, asker.visitor).filter(pk=details.session_id).first()
    if session is None:
        raise QuestionRefused("not_found", _("There is no such conversation."), status=404)
    return session


def _assistant(asker: Asker, slug: str, session: Session) -> Assistant:
    """The one that is named, else that of the conversation if it is still open to the asker, else the default."""
    usable = Assistant.objects.usable_by(asker.user)
    if slug:
        if named := usable.filter(slug=slug).first():
            return named
        raise QuestionRefused("not_found", _("There is no such assistant."), status=404)
    kept = usable.filter(pk=session.assistant_id).first() if session.assistant_id else None
    return kept or Assistant.objects.default()


def _fingerprint(content: str, details: Details) -> str:
    """Of everything that was asked, so that a key is not used for another question by mistake."""
    asked = asdict(details) | {"content": content, "idempotency_key": ""}
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def _earlier(asker: Asker, key: str, fingerprint: str, choice: Choice) -> Question | None:
    """The question that was asked with this key before."""
    if not key or not asker.owner:
        return None
    used = IdempotencyKey.objects.filter(owner=asker.owner, key=key).select_related("answer__session").first()
    if used is None:
        return None
    if used.fingerprint != fingerprint:
        raise QuestionRefused(
            "idempotency_key_used",
            _("This Idempotency-Key was used for another question. Take a new one."),
            422,
        )
    if used.answer.state == Message.State.STREAMING:
        raise QuestionRefused(
            "in_progress",
            _("The answer to this very question is being written. Ask again in a moment."),
            409,
            2,
        )
    if used.answer.state != Message.State.COMPLETE:
        used.delete()  # the line broke, or the model failed: this is the new try
        return None
    return Question("", asker, used.answer.session, used.answer.pk, choice, is_repeated=True)


def _reserve(asker: Asker, choice: Choice, characters: int) -> budgets.Reservation | None:
    """Take what the answer may cost from the day's budgets."""
    if not choice.costs_tokens:
        return None
    try:
        return budgets.reserve(asker.payer, choice.most_tokens(characters))
    except budgets.BudgetSpent as spent:
        raise QuestionRefused("budget_spent", spent.detail, 429, spent.wait) from spent


def _refuse_too_many(asker: Asker) -> None:
    """A person reads one or two answers at a time; a program with a key may have many asked at once.

    Of several questions at once one after the other looks.
    """
    if asker.is_program or not asker.owner:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [asker.owner])
    own = Session.objects.of(asker.user, asker.visitor)
    written = Message.objects.being_written(timezone.now()).filter(session__in=own)
    if written.count() >= settings.ANSWERS_AT_ONCE:
        raise QuestionRefused(
            "too_many_answers",
            _("Your earlier questions are still being answered. Wait for one of them."),
            429,
            5,
        )


def _locked(session: Session) -> Session:
    """As it is now: it may have been renamed or deleted meanwhile."""
    own = Session.objects.filter(user=session.user_id, visitor=session.visitor)
    now = own.select_for_update(of=("self",)).filter(pk=session.pk).first()
    if now is None:
        raise QuestionRefused("not_found", _("There is no such conversation."), status=404)
    return now


def _store(
    content: str,
    selected: str,
    images: Sequence[Image],
    asker: Asker,
    session: Session,
    choice: Choice,
) -> tuple[Session, Message]:
    """The question, the row of its answer and, if it begins one, the conversation."""
    begun = session._state.adding
    session = session if begun else _locked(session)
    session.assistant = choice.assistant
    if not session.title and not small_talk.reply(content):
        session.title = Truncator(content).chars(TITLE_LENGTH, truncate="…")
    session.save(update_fields=None if begun else ["assistant", "title", "updated_at"])
    Message.objects.create(
        session=session,
        role=Message.Role.USER,
        content=content,
        selected_text=selected,
        images=[{"media_type": image.media_type, "bytes": len(image.data)} for image in images],
    )
    answer = Message.objects.create(
        session=session, role=Message.Role.ASSISTANT, state=Message.State.STREAMING
    )
    DailyUsage.objects.add(asker.user, questions=1, sessions=int(begun))
    return session, answer
