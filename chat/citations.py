"""Checks what an answer cites: pure.

Marks are brought to the one form [n], those that name no passage are dropped, and sentences that their
passages do not bear are pointed out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chat.events import CitedPassage
from chat.sentences import content_stems, language, numbers, occurs, sentences

SUPPORT = 0.5
"""The share of a sentence's content words that its passages must hold: more would accuse paraphrases."""
STATEMENT_WORDS = 3
"""Fewer content words are no statement: "Yes.", "In short:"."""

CODE = r"```.*?(?:```|\Z)|`[^`\n]*`"
URL = r"https?://(?:[^\s<>\[\]()]|\[\d+\](?=[\w=&/?%#.-]*[\w=]))+"
LABEL = r"(?:(?:passages?|sources?|references?|citations?|documents?|quellen?|refs?\.?|nos?\.?)\s*)?[#^]?"
NUMBER = LABEL + r"\d{1,3}\^?"
MARK = (
    rf"(?P<space>\s?)[\[【]{{1,2}}\s*(?P<numbers>{NUMBER}(?:\s*(?:,|;|&|\band\b|\bund\b|-|–|—)\s*{NUMBER})*)"
    r"(?:†[^\]】]*)?\s*[\]】]{1,2}(?:\(https?:[^\s)]*\))?"
)
KEPT_OR_MARK = re.compile(rf"(?P<kept>{CODE}|{URL})|{MARK}", re.IGNORECASE | re.DOTALL)
PLAIN_MARK = re.compile(r"\[(\d{1,3})\]")
RANGE = re.compile(r"(\d+)\D*[-–—]\D*(\d+)|(\d+)")


@dataclass(frozen=True)
class CheckedAnswer:
    """An answer with marks [n] that all name a passage. Ranges are characters of `text`."""

    text: str
    cited: tuple[int, ...]
    """Numbers of the passages, each once, in order of their first mark."""
    unsupported: tuple[tuple[int, int], ...]
    """Sentences most of whose words, or one of whose figures, are not in the passages that they cite."""
    uncited: tuple[tuple[int, int], ...]
    """Statements without a mark."""


def cited_numbers(answer: str, *, available: int) -> list[int]:
    """The passages that an answer marks, in any form, each once, in order; at most `available`."""
    text = _normalised(answer, frozenset(range(1, available + 1)))
    return _marked(_masked(text))


def check(answer: str, passages: Sequence[CitedPassage]) -> CheckedAnswer:
    """The answer with sound marks, and what is wrong with its sentences."""
    by_number = {
        passage.number: f"{passage.title}\n{passage.heading}\n{passage.text}" for passage in passages
    }
    text = _normalised(answer, frozenset(by_number))
    cited: dict[int, None] = {}
    unsupported, uncited = [], []
    for start, end, sentence, marked in _statements(text):
        cited |= dict.fromkeys(marked)
        if not marked:
            if _is_statement(sentence):
                uncited.append((start, end))
        elif not _bears("\n".join(by_number[number] for number in marked), sentence):
            unsupported.append((start, end))
    return CheckedAnswer(text, tuple(cited), tuple(unsupported), tuple(uncited))


def marks(text: str) -> Iterator[tuple[int, int, int]]:
    """The range of each mark, in any form, with a number that it names; a mark of two numbers comes twice."""
    for match in KEPT_OR_MARK.finditer(text):
        if not match["kept"]:
            start = match.start() + len(match["space"])
            yield from ((start, match.end(), number) for number in _listed(match["numbers"]))


def locate(answer: str, number: int, passage: str) -> int:
    """Offset of the sentence of a passage that a checked answer's mark [number] rests on; 0 if none stands out."""
    citing = [sentence for _, _, sentence, marked in _statements(answer) if number in marked]
    said = {word for sentence in citing for word in content_stems(sentence)}
    figures = {figure for sentence in citing for figure in numbers(sentence)}

    def shared(words: str) -> int:
        return len(said & set(content_stems(words))) + 2 * len(figures & numbers(words))

    places = [
        (shared(passage[part.start : part.end]), -part.start) for part in sentences(passage, wrapped=True)
    ]
    most, place = max(places, default=(0, 0))
    return -place if most else 0


def without_marks(text: str) -> str:
    """The text without any mark, for a model that gets an earlier answer but other passages."""
    return _normalised(text, frozenset())


def _normalised(answer: str, known: frozenset[int]) -> str:
    """The answer with its marks as [n], each followed by its like; code and addresses as they are."""

    def one(match: re.Match[str]) -> str:
        if match["kept"]:
            return match.group()
        numbers = [number for number in _listed(match["numbers"]) if number in known]
        return (match["space"] if numbers else "") + "".join(f"[{number}]" for number in numbers)

    return KEPT_OR_MARK.sub(one, answer)


def _listed(marked: str) -> list[int]:
    """The numbers of "1, 3-5", each once, in order."""
    listed: dict[int, None] = {}
    for first, last, single in RANGE.findall(marked):
        listed |= dict.fromkeys([int(single)] if single else range(int(first), int(last) + 1))
    return list(listed)


def _masked(text: str) -> str:
    """The text with blanks for code and addresses."""
    return KEPT_OR_MARK.sub(lambda match: " " * len(match["kept"]) if match["kept"] else match.group(), text)


def _marked(text: str) -> list[int]:
    return list(dict.fromkeys(int(number) for number in PLAIN_MARK.findall(text)))


def _statements(text: str) -> Iterator[tuple[int, int, str, list[int]]]:
    """Each sentence: its range, its words without marks, code and addresses, the numbers that it cites."""
    masked = _masked(text)
    for sentence in sentences(masked):
        words = masked[sentence.start : sentence.end]
        yield sentence.start, sentence.end, PLAIN_MARK.sub("", words), _marked(words)


def _is_statement(sentence: str) -> bool:
    return not sentence.rstrip().endswith(("?", ":")) and len(content_stems(sentence)) >= STATEMENT_WORDS


def _bears(source: str, sentence: str) -> bool:
    """Whether the source holds the sentence's figures and most of its words; a translation's figures only."""
    if not numbers(sentence) <= numbers(source):
        return False
    said, written = language(sentence), language(source)
    words = content_stems(sentence)
    if len(words) < STATEMENT_WORDS or (said and written and said != written):
        return True
    known = set(content_stems(source))
    return sum(occurs(word, known) for word in words) >= SUPPORT * len(words)
