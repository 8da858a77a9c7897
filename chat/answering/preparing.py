"""What an answer will be written from: a selected text, or passages that a search has found."""

from django.utils.translation import get_language

from chat.answering import again
from chat.answering.draft import Draft
from chat.database import in_database
from chat.evidence import SelectedText, numbered
from chat.followups import standalone_question
from chat.models import Message
from chat.parts import joined, parts
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
    """Search the assistant's sources, as far as the asker may read them."""
    assert draft.standalone is not None
    standalone = draft.standalone
    draft.search = first_answerable(draft, standalone.search, draft.question.content)
    if standalone.search == standalone.text:
        find_parts(draft)
    draft.mark("found")
    if draft.search.answerable:
        enough = draft.search.floor / 2
        fitting = [passage for passage in draft.search.passages if passage.score >= enough]
        draft.evidence = list(numbered(fitting))


def find_parts(draft: Draft) -> None:
    """If several things are asked, search for each of them as well."""
    assert draft.standalone is not None
    assert draft.search is not None
    several = parts(draft.standalone.text)
    found = {part.question: first_answerable(draft, part.search, part.question) for part in several}
    if any(search.answerable for search in found.values()):
        draft.search = joined([draft.search, *found.values()])
        draft.parts = [question for question, search in found.items() if search.answerable]
        draft.unanswered = [question for question, search in found.items() if not search.answerable]


def first_answerable(draft: Draft, with_topic: str, alone: str) -> retrieval.Search:
    """If nothing fits the question together with its topic, it may be about another one: it is tried alone."""
    search = searched(draft, with_topic)
    return search if search.answerable or with_topic == alone else searched(draft, alone)


def searched(draft: Draft, text: str) -> retrieval.Search:
    """The question's own vector is made once."""
    assert draft.standalone is not None
    asked = draft.question
    return retrieval.search(
        text,
        user=asked.asker.user,
        limit=PASSAGES,
        collections=asked.choice.collections,
        vector=again.embedded(draft) if text == draft.standalone.text else None,
    )
