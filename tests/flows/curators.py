"""Curators who add documents, whichever web answers."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import requests

from knowledge import intake
from knowledge.models import Collection, Source
from tests.flows.documents import Document
from tests.flows.web import Web

PAUSE = 0.1
GIVE_UP = 300.0

Offer = tuple[Document, str]
"""A document, and its address if it has one."""


class Curator(threading.Thread):
    """Offers documents to the webs in turn, and to the next one again if that failed."""

    def __init__(self, webs: Sequence[Web], key: dict[str, str], offers: Sequence[Offer]) -> None:
        super().__init__(daemon=True)
        self.webs, self.key, self.offers = webs, key, offers
        self.documents: dict[int, Document] = {}
        """By the ids of their sources."""
        self.tries = 0
        self.refused: list[str] = []

    def run(self) -> None:
        for document, url in self.offers:
            deadline = time.monotonic() + GIVE_UP
            while not self._add(document, url) and time.monotonic() < deadline:
                time.sleep(PAUSE)
            time.sleep(PAUSE)

    def _add(self, document: Document, url: str) -> bool:
        web = self.webs[self.tries % len(self.webs)]
        self.tries += 1
        try:
            address = f"{web.address}/api/v1/sources/"
            reply = requests.post(address, headers=self.key, timeout=60, **offered(document, url))
        except requests.RequestException:
            return False
        if not reply.ok:
            self.refused.append(f"{reply.status_code} {reply.text[:200]}")
            return False
        self.documents[reply.json()["id"]] = document
        return True


def offered(document: Document, url: str) -> dict[str, Any]:
    """As the API takes it."""
    if url:
        return {"json": {"url": url}}
    if document.kind == "text":
        return {"json": {"title": document.title, "text": document.text}}
    return {"files": {"file": (f"{document.name}.pdf", document.pdf, "application/pdf")}}


def add_at_once(collection: Collection, offers: Sequence[Offer]) -> dict[int, Document]:
    """Without any web; the documents by the ids of their sources."""
    return {add(collection, document, url).pk: document for document, url in offers}


def add(collection: Collection, document: Document, url: str) -> Source:
    if url:
        result = intake.add_url(url, collection=collection)
    elif document.kind == "text":
        result = intake.add_text(document.title, document.text, collection=collection)
    else:
        result = intake.add_pdf(document.pdf, f"{document.name}.pdf", collection=collection)
    return result.added[0]
