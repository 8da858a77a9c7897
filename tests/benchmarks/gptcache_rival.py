"""GPTCache as its guide sets it up: SQLite, faiss, the distance of the search as evaluation, all else as it comes."""

import atexit
import importlib.util
import shutil
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

PACKAGES = {"gptcache": "gptcache", "faiss": "faiss-cpu", "sqlalchemy": "sqlalchemy"}
"""Modules that it imports, and what they are installed as. It would install what is missing by itself."""


def missing() -> str:
    """How to install what the comparison needs; empty if it is there."""
    if all(importlib.util.find_spec(module) for module in PACKAGES):
        return ""
    return f"GPTCache is not compared with: pip install {' '.join(PACKAGES.values())}"


class GPTCache:
    """A cache for so many entries, with the embedding function that is given."""

    def __init__(self, size: int, dimensions: int, embed: Callable[[str], Any]) -> None:
        from gptcache import Cache
        from gptcache.adapter import api
        from gptcache.manager import manager_factory
        from gptcache.processor.pre import get_prompt
        from gptcache.similarity_evaluation import SearchDistanceEvaluation

        folder = tempfile.mkdtemp(prefix="assistant-gptcache-")
        atexit.register(shutil.rmtree, folder)  # after the cache has closed itself, as it does at the end
        self.api, self.cache = api, Cache()
        self.manager = manager_factory(
            "sqlite,faiss",
            data_dir=folder,
            vector_params={"dimension": dimensions},
            eviction_params={"max_size": size + 1},  # 1,000 otherwise
        )
        self.cache.init(
            pre_embedding_func=get_prompt,
            embedding_func=lambda text, **_: embed(text),
            data_manager=self.manager,
            similarity_evaluation=SearchDistanceEvaluation(),
        )

    def add(self, questions: Sequence[str], answers: Sequence[str], vectors: Sequence[Any]) -> None:
        self.manager.import_data(list(questions), list(answers), list(vectors), [None] * len(questions))

    def get(self, question: str) -> str | None:
        """The answer of an entry, if one is near enough."""
        return self.api.get(question, cache_obj=self.cache)
