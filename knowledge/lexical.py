"""BM25 as a scalar product: from lexemes to sparse vectors. Pure.

A chunk's vector holds the saturated term frequencies, the query's vector the IDF; their inner product is Okapi BM25
(Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009).
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

K1 = 1.2
B = 0.75
DIMENSIONS = 1_000_000_000
_HASHED = DIMENSIONS - 1
SMALLEST = 20
"""Chunks that there are at least, as far as rareness goes: of one document every word stands in most chunks, and a word
that stands in none would outweigh all of them."""
DIMENSION_SQL = f"(('x' || substr(md5(word.lexeme), 1, 7))::bit(28)::int %% {_HASHED}) + 1"
"""The same as dimension(), for a row `word`. md5 outlives a change of PostgreSQL's version; hashtext might not."""


REQUEST = re.compile(
    r"""\A\s*(?:(?:please|(?:can|could|would|will)\ you|i(?:'d|\ would)\ like\ to\ know|i\ want\ to\ know|bitte
    |(?:tell|show|give|remind)\ (?:me|us)|explain(?:\ to\ (?:me|us))?|describe|(?:kannst|können)\ (?:du|sie)
    |(?:sag|erklär|zeig)e?\ (?:mir|uns)|(?:dis|montre|explique)[sz]?-(?:moi|nous)|dime|explícame)\b[\s,:]*)+""",
    re.IGNORECASE | re.VERBOSE,
)


def without_request(question: str) -> str:
    """The question without what only asks for an answer ("Can you tell me"): no source has to hold those words."""
    return REQUEST.sub("", question, count=1).strip() or question


def dimension(lexeme: str) -> int:
    """The 1-based dimension of a lexeme."""
    return int(hashlib.md5(lexeme.encode(), usedforsecurity=False).hexdigest()[:7], 16) % _HASHED + 1


def inverse_document_frequency(documents: int, total: int) -> float:
    """ln(1 + (N − df + ½) / (df + ½)): never negative; a term that stands nowhere counts as rare."""
    documents = min(documents, total)
    return math.log(1 + (total - documents + 0.5) / (documents + 0.5))


@dataclass(frozen=True)
class Query:
    """The lexemes of a question with their IDF."""

    weights: Mapping[str, float]
    candidates: Sequence[str]
    """Lexemes that select the rows to be scored, rarest first."""

    @property
    def vector(self) -> str:
        """As a sparsevec literal."""
        by_dimension: dict[int, float] = {}
        for lexeme, weight in self.weights.items():
            by_dimension[dimension(lexeme)] = by_dimension.get(dimension(lexeme), 0.0) + weight
        elements = ",".join(f"{d}:{weight:.6f}" for d, weight in sorted(by_dimension.items()))
        return f"{{{elements}}}/{DIMENSIONS}"

    @property
    def tsquery(self) -> str:
        """`'a' | 'b'`, as a tsquery literal."""
        return " | ".join(_quoted(lexeme) for lexeme in self.candidates)

    @property
    def norm(self) -> float:
        """What a chunk scores that holds every term often: the scale on which scores compare across questions."""
        return (K1 + 1) * sum(self.weights.values())


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def query(document_frequencies: Mapping[str, int], *, total: int, row_budget: int = 20_000) -> Query:
    """Weigh the terms of a question.

    document_frequencies: lexeme → number of chunks it stands in (0 if unknown); total: number of chunks.
    The rarest terms become candidates until they select about row_budget rows, so that the cost stays flat as the
    corpus grows; every term still counts in the score.
    """
    weights = {
        lexeme: inverse_document_frequency(documents, max(total, SMALLEST))
        for lexeme, documents in document_frequencies.items()
    }
    candidates: list[str] = []
    rows = 0
    for lexeme, documents in sorted(document_frequencies.items(), key=lambda item: (item[1], item[0])):
        if candidates and rows + documents > row_budget:
            break
        candidates.append(lexeme)
        rows += documents
    return Query(weights, candidates)
