"""Embedding models that misbehave on purpose."""

import time

from langchain_core.embeddings import Embeddings

from knowledge.embeddings import LocalEmbeddings


class BrokenEmbeddings(Embeddings):
    """A provider that is down."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise ValueError("down")

    def embed_query(self, text: str) -> list[float]:
        raise ValueError("down")


class CountingEmbeddings(LocalEmbeddings):
    """The local model, which remembers what it was asked for."""

    asked: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.asked.extend(texts)
        return super().embed_documents(texts)


class SlowEmbeddings(LocalEmbeddings):
    """The local model, so slow that there is time to kill its worker."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        time.sleep(0.002 * len(texts))
        return super().embed_documents(texts)
