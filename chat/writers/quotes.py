"""Finds the sentences of passages that answer a question best."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chat.citations import without_marks
from chat.events import CitedPassage
from chat.sentences import content_stems, numbers, occurs, sentences, stem
from chat.writers.port import WritingRequest
from chat.writers.signs import answer_bonus
from knowledge.embeddings import LocalEmbeddings, fold_capitals

FEWEST, MOST = 2, 5
MOST_OF_A_PART = 3
ENOUGH_WORDS = 120
"""No further sentence is added to so many words."""
RELATIVE_FLOOR = 0.5
"""What a further sentence must still add, as a share of the best one's score."""
LEXICAL_SHARE = 0.6
CONTEXT_CREDIT = 0.5
"""For a term of the question that stands above the sentence, or before one that refers back, not in it."""
COVERED_CREDIT = 0.5
"""For a term that an earlier quote has already."""
RANK_LOSS = 0.1
"""How much less a sentence of the second passage counts than one of the first, and so on."""
SAME = 0.75
"""Two sentences that share so much of the shorter one's terms say the same."""
LONG = 45
ENDS = tuple('.!…。)”"')
GLUED = re.compile(r"[a-z][A-Z][a-z]")
"""Where a page's menu has lost its line breaks: "StartedInstall"."""
ASKING_WORDS = "get give kind know make many mean much need please sort tell type want way"
ASKING = frozenset(map(stem, ASKING_WORDS.split()))
"""Words that ask, and say nothing about what is asked for."""
ABOUT_ALL_WORDS = (
    "explain meaning paragraph passage say says section selection simple simply summarise summarize summary text words "
    "abschnitt absatz bedeutet einfach einfachen erklär erkläre erklären fasse heißt mir passage worten zusammen "
    "zusammenfassen zusammenfassung"
)
ASKING_ABOUT_ALL = frozenset(map(stem, ABOUT_ALL_WORDS.split()))
"""Words that ask for nothing that a text says, but for all of it."""
SELECTION_FLOOR = 0.15
"""A selected text none of whose sentences scores as much does not answer: no search has found it fit before."""
REFERS_BACK = re.compile(
    r"(?:its?|they|these|this|that|those|he|she|such|however|dies\w*|er|sie)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Quote:
    """A sentence of a passage, its white space made plain."""

    text: str
    number: int
    """Of the passage."""
    position: int
    """Among the sentences of the passage."""


@dataclass(frozen=True)
class _Candidate:
    quote: Quote
    rank: int
    """Of its passage, from 0."""
    terms: frozenset[str]
    context: frozenset[str]
    """Terms of what stands above it, and before it if it refers back."""


def quotes_for_all(request: WritingRequest) -> list[Quote]:
    """Of each part of the question in turn, if it has several; no sentence twice."""
    if not request.parts:
        return best_quotes(request)
    each = [best_quotes(replace(request, question=part), most=MOST_OF_A_PART) for part in request.parts]
    return list(dict.fromkeys(quote for quotes in each for quote in quotes))


def best_quotes(request: WritingRequest, *, most: int = MOST) -> list[Quote]:
    """Two to five sentences, in the order of the passages; fewer only if the passages hold no more.

    None if the one passage was selected by the reader and does not answer.
    """
    candidates = [c for rank, passage in enumerate(request.passages) for c in _candidates(rank, passage)]
    if not candidates:
        return []
    weights, base = _weights(request, candidates), _base_scores(request.question, candidates)
    if request.selected_text and not _is_about(request.question, candidates, weights, base):
        return []
    chosen = _choose(candidates, weights, base, most)
    return sorted((candidate.quote for candidate in chosen), key=lambda quote: (quote.number, quote.position))


def _candidates(rank: int, passage: CitedPassage) -> Iterator[_Candidate]:
    """The full sentences of a passage. Headings and questions only tell what those below them are about."""
    above = previous = _terms("")
    top = _terms(f"{passage.title} {passage.heading}")
    text = without_marks(passage.text)
    for position, sentence in enumerate(sentences(text, wrapped=True)):
        words = " ".join(text[sentence.start : sentence.end].split())
        terms = _terms(words)
        if _is_full_sentence(words, bulleted=sentence.bulleted):
            context = top | above | (previous if REFERS_BACK.match(words) else frozenset())
            yield _Candidate(Quote(words, passage.number, position), rank, terms, context)
            previous = terms
        else:
            above, previous = terms, frozenset()


def _is_full_sentence(words: str, *, bulleted: bool) -> bool:
    """Neither heading nor question, neither a row of headings or links nor code."""
    parts = words.split()
    if not 4 <= len(parts) <= 120 or words.endswith(("?", ":")):
        return False
    titles = sum(part[0].isupper() for part in parts) / len(parts)
    plain = sum(char.isalpha() or char.isspace() for char in words) / len(words)
    ended = bulleted or words.endswith(ENDS)
    return (
        plain >= 0.75
        and len(GLUED.findall(words)) < 3
        and titles < (0.5 if ended else 0.35)
        and (ended or len(parts) >= 8)
    )


def _terms(text: str) -> frozenset[str]:
    return frozenset(content_stems(text)) | numbers(text)


def _weights(request: WritingRequest, candidates: Sequence[_Candidate]) -> dict[str, float]:
    """How much each term of the question says: its idf in the corpus, else among the sentences. In all 1."""
    frequency = Counter(term for candidate in candidates for term in candidate.terms)
    weights = {}
    asked = _terms(request.question)
    for term in (asked - ASKING) or asked:
        fitting = [idf for lexeme, idf in request.term_weights.items() if _same_word(term, lexeme)]
        here = math.log(1 + len(candidates) / (0.5 + frequency[term]))
        weights[term] = max(fitting, default=here)
    total = sum(weights.values()) or 1.0
    return {term: weight / total for term, weight in weights.items()}


def _same_word(term: str, lexeme: str) -> bool:
    """Whether a stem of ours and a lexeme of PostgreSQL's stemmer belong to one word."""
    shorter, longer = sorted((term, lexeme), key=len)
    return len(shorter) >= 2 and longer.startswith(shorter[:-1] if len(shorter) > 4 else shorter)


def _base_scores(question: str, candidates: Sequence[_Candidate]) -> list[tuple[float, float]]:
    """For each candidate the likeness of meaning, and the factor of form and place.

    Always by the local model: it costs no request, and a hundred sentences take some 10 ms.
    """
    model = LocalEmbeddings()
    vectors = np.array(model.embed_documents([fold_capitals(c.quote.text) for c in candidates]))
    likeness = np.clip(vectors @ np.array(model.embed_query(fold_capitals(question))), 0, 1)
    return [
        (float(alike), _factor(question, candidate))
        for alike, candidate in zip(likeness, candidates, strict=True)
    ]


def _is_about(
    question: str,
    candidates: Sequence[_Candidate],
    weights: dict[str, float],
    base: Sequence[tuple[float, float]],
) -> bool:
    """Whether a sentence may answer, or the question is one about the text as a whole."""
    scores = (_score(c, weights, frozenset(), alike) for c, (alike, _) in zip(candidates, base, strict=True))
    return max(scores) >= SELECTION_FLOOR or _terms(question) <= ASKING | ASKING_ABOUT_ALL


def _factor(question: str, candidate: _Candidate) -> float:
    words = candidate.quote.text
    length = min(1.0, LONG / len(words.split()))
    back = 0.9 if REFERS_BACK.match(words) else 1.0
    return (1 + answer_bonus(question, words)) * math.sqrt(length) * back / (1 + RANK_LOSS * candidate.rank)


def _choose(
    candidates: Sequence[_Candidate],
    weights: dict[str, float],
    base: Sequence[tuple[float, float]],
    most: int,
) -> list[_Candidate]:
    """Greedily the sentence that adds most, until nothing adds enough."""
    chosen: list[_Candidate] = []
    left = list(zip(candidates, base, strict=True))
    covered: frozenset[str] = frozenset()
    best = 0.0
    while left and len(chosen) < most:
        scored = [(_score(c, weights, covered, alike) * factor, c) for c, (alike, factor) in left]
        score, candidate = max(scored, key=lambda pair: pair[0])
        best = best or score
        if len(chosen) >= FEWEST and (score < RELATIVE_FLOOR * best or _words(chosen) >= ENOUGH_WORDS):
            break
        chosen.append(candidate)
        covered |= candidate.terms | candidate.context
        left = [(c, scores) for c, scores in left if c is not candidate and not _says_the_same(c, candidate)]
    return chosen


def _score(candidate: _Candidate, weights: dict[str, float], covered: frozenset[str], alike: float) -> float:
    lexical = 0.0
    for term, weight in weights.items():
        if occurs(term, candidate.terms):
            credit = 1.0
        elif occurs(term, candidate.context):
            credit = CONTEXT_CREDIT
        else:
            continue
        lexical += weight * credit * (COVERED_CREDIT if occurs(term, covered) else 1.0)
    return LEXICAL_SHARE * lexical + (1 - LEXICAL_SHARE) * alike


def _says_the_same(one: _Candidate, other: _Candidate) -> bool:
    shorter = min(len(one.terms), len(other.terms))
    return shorter == 0 or len(one.terms & other.terms) >= SAME * shorter


def _words(chosen: Sequence[_Candidate]) -> int:
    return sum(len(candidate.quote.text.split()) for candidate in chosen)
