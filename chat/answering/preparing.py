"""What an answer will be written from: a selected text, or passages that a search has found."""

from django.utils.translation import get_language

from chat.answering import again
from chat.answering.draft import Draft, in_database
from chat.evidence import SelectedText, numbered
from chat.followups import standalone_question
from chat.models import Message
from chat.small_talk import reply
from knowledge import retrieval

PASSAGES = 6
TURNS = 20
"""Earlier messages among which a follow-up's topic is looked for."""
TURN_CHARACTERS = 2_000


async def prepare(draft: Draft) -> None:
    """Find what to answer from; small talk is answered at once."""
    question = draft.question
    if question.selected_text:
        draft.evidence = [SelectedText(question.selected_text)]
        return
    greeting, language = question.choice.assistant.greeting, (get_language() or "").split("-")[0]
    talk = "" if question.images else reply(question.content, greeting=greeting, language=language)
    if talk:
        draft.kind, draft.text = Message.Kind.GREETING, talk
        return
    draft.history = await in_database(earlier_turns, draft)
    draft.standalone = await standalone_question(question.content, draft.history)
    draft.mark("understood")
    await in_database(take_or_find, draft)


def earlier_turns(draft: Draft) -> list[tuple[str, str]]:
    """The last complete messages before the question, oldest first; what the sources did not answer is left out.

    What the asker tells of the conversation stands in place of what is stored of it.
    """
    if (told := draft.question.history) is not None:
        return [(role, content[:TURN_CHARACTERS]) for role, content in told[-TURNS:]]
    earlier = (
        Message.objects.filter(
            session=draft.question.session, pk__lt=draft.question.answer_id, state=Message.State.COMPLETE
        )
        .exclude(kind__in=[Message.Kind.GREETING, Message.Kind.ABSTAINED])
        .order_by("-pk")
        .values_list("role", "content")[1 : TURNS + 1]
    )
    turns = [(role, content[:TURN_CHARACTERS]) for role, content in reversed(earlier)]
    return before_it_was_asked(draft.question.content, turns) if draft.question.fresh else turns


def before_it_was_asked(question: str, turns: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The turns before the question was asked for the first time: afresh, it means what it meant there."""
    asked = [number for number, turn in enumerate(turns) if turn == ("user", question[:TURN_CHARACTERS])]
    return turns[: asked[0]] if asked else turns


def take_or_find(draft: Draft) -> None:
    """An answer that was given before, or passages to write one from."""
    if not again.look_up(draft):
        find(draft)


def find(draft: Draft) -> None:
    """Search the assistant's sources, as far as the asker may read them.

    If nothing fits the question together with its topic, it may be about another one: the question alone is tried.
    """
    assert draft.standalone is not None
    asked = draft.question
    collections = list(asked.choice.assistant.collections.all()) or None
    for search in dict.fromkeys((draft.standalone.search, asked.content)):
        vector = again.embedded(draft) if search == draft.standalone.text else None
        draft.search = retrieval.search(
            search, user=asked.asker.user, limit=PASSAGES, collections=collections, vector=vector
        )
        if draft.search.answerable:
            break
    draft.mark("found")
    if draft.search and draft.search.answerable:
        enough = draft.search.floor / 2
        draft.evidence = list(
            numbered([passage for passage in draft.search.passages if passage.score >= enough])
        )
