"""Which embedding model is in force, and vectors from it: the only module that knows an embedding provider.

LangChain's `Embeddings` is the port. The first of these that is set decides:

- EMBEDDINGS_CLASS: any such class by its dotted path, made with EMBEDDINGS_OPTIONS;
- EMBEDDING_MODEL: a server that speaks OpenAI's protocol, at OPENAI_BASE_URL, with OPENAI_API_KEY;
- the local model.

An OPENAI_API_KEY alone changes nothing: it may be meant for the chat model, and with another embedder all
sources have to be embedded again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from langchain_core.embeddings import Embeddings

from knowledge.embeddings.embedder import ConfiguredEmbedder, Patience, Progress, Vectors, fold_capitals
from knowledge.embeddings.local import LocalEmbeddings

__all__ = [
    "ConfiguredEmbedder",
    "LocalEmbeddings",
    "Patience",
    "embed_question",
    "embed_texts",
    "embedder_in_force",
    "fold_capitals",
]

OPENAI_CLASS = "langchain_openai.OpenAIEmbeddings"
OPENAI_URL = "https://api.openai.com/v1"
REQUEST_SECONDS = 60.0
LOCAL_BATCH, REMOTE_BATCH = 256, 64
LOCAL_SHARE, REMOTE_SHARE = 0.3, 0.4


def embed_texts(texts: Sequence[str], *, on_progress: Progress | None = None) -> Vectors:
    """Vectors of the embedder in force, one row a text; see ConfiguredEmbedder.embed_texts."""
    return embedder_in_force().embed_texts(texts, on_progress=on_progress)


def embed_question(text: str) -> Vectors:
    """A vector of the embedder in force; see ConfiguredEmbedder.embed_question."""
    return embedder_in_force().embed_question(text)


def embedder_in_force() -> ConfiguredEmbedder:
    """The one that the settings name, made once a process. Raises ImproperlyConfigured if they are wrong."""
    return _make(
        _Choice(
            path=settings.EMBEDDINGS_CLASS,
            options=json.dumps(settings.EMBEDDINGS_OPTIONS, sort_keys=True),
            model=settings.EMBEDDING_MODEL,
            key=settings.OPENAI_API_KEY,
            url=settings.OPENAI_BASE_URL,
            vector_share=str(settings.RETRIEVAL_VECTOR_SHARE),
        )
    )


@dataclass(frozen=True)
class _Choice:
    """The settings that decide, hashable."""

    path: str
    options: str
    model: str
    key: str
    url: str
    vector_share: str

    def share(self, default: float) -> float:
        try:
            share = float(self.vector_share or default)
        except ValueError:
            share = -1.0
        if not 0.0 <= share <= 1.0:
            raise ImproperlyConfigured(
                f"RETRIEVAL_VECTOR_SHARE is {self.vector_share!r}. "
                "Write a number between 0 and 1, or leave it empty."
            )
        return share


@lru_cache(maxsize=4)
def _make(choice: _Choice) -> ConfiguredEmbedder:
    if choice.path:
        embeddings = _from_class(choice)
        model = getattr(embeddings, "model", None) or getattr(embeddings, "model_name", None) or choice.path
        return ConfiguredEmbedder(
            choice.path, str(model), embeddings, REMOTE_BATCH, choice.share(REMOTE_SHARE)
        )
    if choice.model:
        return ConfiguredEmbedder(
            provider=OPENAI_CLASS,
            model=choice.model,
            embeddings=_from_openai(choice),
            batch_size=REMOTE_BATCH,
            vector_share=choice.share(REMOTE_SHARE),
            settings="EMBEDDING_MODEL, OPENAI_BASE_URL",
        )
    local = LocalEmbeddings()
    return ConfiguredEmbedder("local", local.model, local, LOCAL_BATCH, choice.share(LOCAL_SHARE))


def _from_class(choice: _Choice) -> Embeddings:
    try:
        embeddings = import_string(choice.path)(**json.loads(choice.options))
    except ImportError as error:
        raise ImproperlyConfigured(f"EMBEDDINGS_CLASS is {choice.path!r}: {error}.") from error
    except (TypeError, ValueError):  # without its text, which may repeat a key
        raise ImproperlyConfigured(
            f"EMBEDDINGS_OPTIONS do not fit {choice.path}. Compare them with the parameters of that class."
        ) from None
    if not isinstance(embeddings, Embeddings):
        raise ImproperlyConfigured(f"EMBEDDINGS_CLASS is {choice.path!r}: not a LangChain Embeddings class.")
    return embeddings


def _from_openai(choice: _Choice) -> Embeddings:
    if not (choice.key or choice.url):
        raise ImproperlyConfigured(
            "EMBEDDING_MODEL needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server that wants no key. "
            "Leave it empty for the local model."
        )
    from langchain_openai import OpenAIEmbeddings  # a second and 60 MB that other installations save

    given = {
        "model": choice.model,
        "api_key": choice.key or "none",  # Ollama and its like want none, but the client insists on one
        "base_url": choice.url or OPENAI_URL,
        "timeout": REQUEST_SECONDS,
        "max_retries": 0,  # they would multiply with those of ConfiguredEmbedder
        "check_embedding_ctx_length": False,  # it would download a table of tokens, and send their numbers
    }
    return OpenAIEmbeddings(**given | json.loads(choice.options))
