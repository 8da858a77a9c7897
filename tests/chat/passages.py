"""Passages as tests write them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    number: int
    text: str
    title: str = ""
    heading: str = ""
    page: int | None = None
