"""Who writes the answer: a chat model or the extractive writer. Only this module of chat knows a provider.

The first of these that is set decides:

- CHAT_MODEL_CLASS: any LangChain chat model by its dotted path, made with CHAT_MODEL and CHAT_MODEL_OPTIONS;
- CHAT_MODEL: a server that speaks OpenAI's protocol, at OPENAI_BASE_URL, with OPENAI_API_KEY.

Without either, the answer is made of sentences of the passages.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from langchain_core.language_models import BaseChatModel

from chat.writers.chat_model import ChatModelWriter, TimeLimits
from chat.writers.extractive import ExtractiveWriter
from chat.writers.port import Usage, Writer, WriterError, WritingRequest

__all__ = [
    "ChatModelWriter",
    "ExtractiveWriter",
    "TimeLimits",
    "Usage",
    "Writer",
    "WriterError",
    "WritingRequest",
    "writer_in_force",
]

OPENAI_URL = "https://api.openai.com/v1"


def writer_in_force(*, limits: TimeLimits | None = None) -> Writer:
    """The one that the settings name. Raises ImproperlyConfigured if they are wrong."""
    options = dict(settings.CHAT_MODEL_OPTIONS)
    if settings.CHAT_MODEL:
        options = {"model": settings.CHAT_MODEL} | options
    if settings.CHAT_MODEL_CLASS:
        model = _from_class(settings.CHAT_MODEL_CLASS, json.dumps(options, sort_keys=True))
        name = str(options.get("model") or settings.CHAT_MODEL_CLASS)
        return ChatModelWriter(name, lambda: nullcontext(model), limits=limits)
    if settings.CHAT_MODEL:
        if not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
            raise ImproperlyConfigured(
                "CHAT_MODEL needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server that wants no key. "
                "Leave it empty to answer without a language model."
            )
        given = {
            "api_key": settings.OPENAI_API_KEY or "none",  # Ollama wants none, but the client insists
            "base_url": settings.OPENAI_BASE_URL or OPENAI_URL,
        }
        open_model = partial(_open_openai, given | options)
        return ChatModelWriter(settings.CHAT_MODEL, open_model, gives_reasons=True, limits=limits)
    return ExtractiveWriter()


@asynccontextmanager
async def _open_openai(options: dict[str, Any]) -> AsyncIterator[BaseChatModel]:
    """A client for one answer. LangChain's shared one would carry connections between event loops."""
    chat_openai, http_client, tls = await asyncio.to_thread(_openai_parts)
    async with http_client(verify=tls) as client:
        yield chat_openai(
            **{
                "http_async_client": client,
                "timeout": TimeLimits.whole,
                "stream_chunk_timeout": None,  # ours count instead
                "stream_usage": True,
                "max_retries": 1,
            }
            | options
        )


@lru_cache(maxsize=1)
def _openai_parts() -> tuple[Any, Any, ssl.SSLContext]:
    """Imported when first needed: a second, 60 MB. The TLS set-up is shared because it takes 20 ms."""
    from httpx2 import create_ssl_context
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient

    return ChatOpenAI, DefaultAsyncHttpxClient, create_ssl_context()


@lru_cache(maxsize=4)
def _from_class(path: str, options: str) -> BaseChatModel:
    try:
        model = import_string(path)(**json.loads(options))
    except ImportError as error:
        raise ImproperlyConfigured(f"CHAT_MODEL_CLASS is {path!r}: {error}.") from error
    except (TypeError, ValueError):  # without its text, which may repeat a key
        raise ImproperlyConfigured(
            f"CHAT_MODEL_OPTIONS do not fit {path}. Compare them with the parameters of that class."
        ) from None
    if not isinstance(model, BaseChatModel):
        raise ImproperlyConfigured(f"CHAT_MODEL_CLASS is {path!r}: not a LangChain chat model.")
    return model
