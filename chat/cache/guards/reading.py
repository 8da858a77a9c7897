"""What the guards see of one question."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reading:
    english: bool
    texts: tuple[str, ...]
    """Its words in lower case, in order, without marks."""
    counts: Mapping[str, int] = field(repr=False)
    """How often each stem stands in it."""
    content: tuple[str, ...]
    """The stems that carry what is asked, in order, without numbers."""
    numbers: tuple[tuple[str, str], ...]
    """Each number with the word that it belongs to."""
    dates: frozenset[str]
    units: tuple[tuple[str, str], ...]
    """Each unit with the number before it, or an empty text."""
    versions: frozenset[str]
    negation: frozenset[str]
    """In which ways it says that something is not so."""
    asks: frozenset[str]
    """Kinds of question word: "when", "how many" …; empty if it asks none."""
    negations: int
    """How many words deny."""
    question_words: tuple[str, ...]
    """Those that stand in it, whether they ask or join."""
    yes_or_no: bool
    """Whether it begins as a question that yes or no answers."""
    names: frozenset[str]
    places: frozenset[str]
    """Names that say where."""
    roles: frozenset[tuple[str, str]]
    """A preposition of direction, and what it points to."""
    sides: frozenset[tuple[str, str, str]]
    """What stands before and after a word of direction."""
    particles: frozenset[tuple[str, str]]
    """Words such as "on" and "off", each with the word that it belongs to."""
    agent: str
    """Who does it, in the passive voice: "is sued by a tenant"; or empty."""
    compact: frozenset[tuple[str, str]]
    """Content words that stand side by side."""
    frame: tuple[str, ...]
    """All stems in order, but for those that may come and go."""
    modifiers: frozenset[str]
    """Stems of words that stand before what they belong to."""
