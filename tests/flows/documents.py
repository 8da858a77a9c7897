"""Documents of which it is known what must be found in them: pages, PDFs and texts, short and long, some alike."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.ingestion.document import Document as Original
from knowledge.ingestion.extract import extract
from knowledge.ingestion.split import split
from tests.knowledge.ingestion.site import Site, page
from tests.pdf import pdf_with_text

KINDS = ("page", "page", "page", "linked PDF", "page", "text", "text", "uploaded PDF", "page", "again")
"""By the last digit; "again" is the page before at another address."""
SECTIONS = (2, 8, 40)
SENTENCES = 12
THINGS = ("boiler", "heater", "cellar", "garden", "window", "mirror", "carpet", "burner", "sensor", "copper")


@dataclass(frozen=True)
class Document:
    """One that is offered once. Those of one shape are equally long, word for word."""

    number: int

    @property
    def kind(self) -> str:
        kind = KINDS[self.number % len(KINDS)]
        return "page" if kind == "again" else kind

    @property
    def house(self) -> int:
        """What it is about."""
        return self.number - 1 if KINDS[self.number % len(KINDS)] == "again" else self.number

    @property
    def sections(self) -> int:
        return SECTIONS[self.number // len(KINDS) % len(SECTIONS)]

    @property
    def shape(self) -> tuple[str, int]:
        return self.kind, self.sections

    @property
    def name(self) -> str:
        return f"document-{self.number:05}"

    @property
    def title(self) -> str:
        return f"House {self.house:05}"

    @property
    def marks(self) -> list[str]:
        """What some passage of it must say."""
        return [f"Room {room:02} of house {self.house:05}" for room in range(self.sections)]

    def paragraphs(self) -> Iterator[str]:
        chance = random.Random(self.house)
        for mark in self.marks:
            things = [chance.choice(THINGS) for _ in range(SENTENCES)]
            yield " ".join(
                f"{mark} has a {thing} number {number:02}, which somebody looks after on every other Monday."
                for number, thing in enumerate(things)
            )

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs())

    @property
    def pdf(self) -> bytes:
        return pdf_with_text([paragraph.replace(". ", ".\n") for paragraph in self.paragraphs()])

    @property
    def html(self) -> bytes:
        body = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs())
        head = f"<head><title>{self.title}</title></head>"
        return f"<html>{head}<body><main><h1>{self.title}</h1>{body}</main></body></html>".encode()

    def read_alone(self) -> int:
        """How many chunks it gives, here and now."""
        content, media_type = {
            "page": (self.html, "text/html"),
            "text": (self.text.encode(), "text/plain"),
        }.get(self.kind, (self.pdf, "application/pdf"))
        reading = extract(Original(content, media_type, name=self.title), lambda done, total: None)
        return len(split(reading))

    def stand_on(self, site: Site) -> str:
        """The address at which it is read; "" if it has none."""
        if self.kind == "page":
            site.pages[f"/{self.name}"] = page(self.html)
        elif self.kind == "linked PDF":
            site.pages[f"/{self.name}"] = page(self.pdf, kind="application/pdf")
        else:
            return ""
        return site.url(f"/{self.name}")
