"""What tells two questions apart that look alike to an embedding: pure functions, no model.

Opposites lie closer to each other than paraphrases do: a changed number, a negation, a direction turned round hardly
move a vector. Each guard looks for one such difference; none of them ever says that two questions are the same.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from chat.cache.guards import (
    dates,
    direction,
    exchange,
    extremes,
    insertion,
    names,
    negation,
    numbers,
    opposites,
    question_words,
    units,
)
from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import ENGLISH, OTHER_LANGUAGES, SILENT
from chat.cache.guards.words import Word, split

__all__ = ["GUARDS", "Reading", "differences", "read", "tell_apart"]

GUARDS: dict[str, Callable[[Reading, Reading], bool]] = {
    "numbers": numbers.differ,
    "dates": dates.differ,
    "units": units.differ,
    "versions": units.versions_differ,
    "negation": negation.differ,
    "opposites": opposites.differ,
    "question words": question_words.differ,
    "names": names.differ,
    "direction": direction.differ,
    "exchange": exchange.differ,
    "insertion": insertion.differ,
    "extremes": extremes.differ,
}
"""By the name under which a difference is reported."""


def tell_apart(asked: str, known: str) -> tuple[str, ...]:
    """Names of the guards that tell two questions apart; empty if none does."""
    return differences(read(asked), read(known))


def differences(asked: Reading, known: Reading) -> tuple[str, ...]:
    """Names of the guards that tell two read questions apart; the order of the two does not matter."""
    return tuple(name for name, differ in GUARDS.items() if differ(asked, known))


@lru_cache(maxsize=20_000)
def read(text: str) -> Reading:
    """What the guards see of a question; kept, because the same phrasings are compared again and again."""
    marked = numbers.numerals(split(dates.spelled_out(text)))
    words = [word for word in marked if word.kind != "mark"]
    silent = _silent(words)
    english = silent is SILENT and not ENGLISH.isdisjoint(word.text for word in words)
    return Reading(
        english=english,
        texts=tuple(word.text for word in words),
        counts=Counter(word.stem for word in words),
        content=tuple(
            word.stem for word in words if word.kind in ("word", "code") and word.text not in silent
        ),
        numbers=numbers.found(words),
        dates=dates.found(marked),
        units=units.found(words),
        versions=units.versions(words),
        negation=negation.found(words),
        negations=negation.count(words),
        asks=question_words.found(marked),
        question_words=question_words.standing(words, english=english),
        yes_or_no=question_words.yes_or_no(marked),
        names=names.found(words),
        places=names.places(words, english=english),
        roles=direction.roles(marked),
        sides=direction.sides(marked),
        particles=opposites.particles(words),
        agent=direction.agent(words),
        compact=direction.compact(marked),
        frame=insertion.frame(words),
        modifiers=insertion.modifiers(marked),
    )


def _silent(words: Sequence[Word]) -> frozenset[str]:
    """The words without content in the language of the text: the one most of whose small words it uses."""
    texts = [word.text for word in words]
    english = sum(text in ENGLISH for text in texts)
    others = [(sum(text in small for text in texts), small) for small in OTHER_LANGUAGES]
    most, small = max(others, key=lambda other: other[0])
    return SILENT | small if most > english else SILENT
