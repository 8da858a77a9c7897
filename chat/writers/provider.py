"""Which chat model the settings and a choice name, and how it is opened. Only this module of chat knows a provider.

The first of these that is set decides:

- CHAT_MODEL_CLASS: any LangChain chat model by its dotted path, made with CHAT_MODEL and CHAT_MODEL_OPTIONS;
- CHAT_MODEL: a server that speaks OpenAI's protocol, at OPENAI_BASE_URL, with OPENAI_API_KEY.

Without either there is none. What was chosen comes before the options, and they come before CHAT_MODEL.
Images go to VISION_MODEL, which is found in the same place.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from langchain_core.language_models import BaseChatModel

from chat.writers.chat_model import ProvidedModel
from chat.writers.port import ModelChoice, TimeLimits

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_HOSTS = ("openai.com", "azure.com")
"""Their newer models refuse `max_tokens`; other servers, Ollama for one, ignore `max_completion_tokens`."""

NAMES = {
    "model": ("model", "model_name", "model_id"),
    "temperature": ("temperature",),
    "max_tokens": (
        "max_tokens",
        "max_completion_tokens",
        "max_output_tokens",
        "max_new_tokens",
        "num_predict",
    ),
}
"""What LangChain's classes call that which can be chosen."""

Options = dict[str, Any]


def chat_model(choice: ModelChoice) -> ProvidedModel | None:
    """The model in force, None if the settings name none. Raises ImproperlyConfigured if they are wrong."""
    if choice.reads_images and not settings.VISION_MODEL:
        raise ImproperlyConfigured("VISION_MODEL is empty: no model reads images.")
    options = dict(settings.CHAT_MODEL_OPTIONS)
    if settings.CHAT_MODEL:
        options = {"model": settings.CHAT_MODEL} | options
    if settings.CHAT_MODEL_CLASS:
        return _of_class(settings.CHAT_MODEL_CLASS, options, choice)
    if settings.CHAT_MODEL or choice.reads_images:
        return _of_openai_server(options, choice)
    return None


def _of_openai_server(options: Options, choice: ModelChoice) -> ProvidedModel:
    if not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        raise ImproperlyConfigured(
            "CHAT_MODEL needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server that wants no key. "
            "Leave it empty to answer without a language model."
        )
    url = settings.OPENAI_BASE_URL or OPENAI_URL
    parameters = {
        "api_key": settings.OPENAI_API_KEY or "none",  # Ollama wants none, but the client insists
        "base_url": url,
    } | _as_the_server_knows(_merged(options, choice, {name: name for name in NAMES}), url)
    return ProvidedModel(_name_in(parameters, url), partial(_open_openai, parameters), gives_reasons=True)


def _of_class(path: str, options: Options, choice: ModelChoice) -> ProvidedModel:
    parameters = _merged(options, choice, _parameter_names(_class_at(path)))
    model = _made(path, json.dumps(parameters, sort_keys=True))
    return ProvidedModel(_name_in(parameters, path), lambda: nullcontext(model))


def _name_in(parameters: Options, otherwise: str) -> str:
    return next((str(parameters[key]) for key in NAMES["model"] if key in parameters), otherwise)


def _merged(options: Options, choice: ModelChoice, known: dict[str, str]) -> Options:
    """The options with what was chosen, each under the name that they use already, else under the known one."""
    chosen = {
        "model": settings.VISION_MODEL if choice.reads_images else choice.model or None,
        "temperature": choice.temperature,
        "max_tokens": choice.max_tokens,
    }
    keys = {name: next((key for key in NAMES[name] if key in options), known.get(name)) for name in NAMES}
    return options | {
        key: chosen[name] for name, key in keys.items() if key is not None and chosen[name] is not None
    }


def _as_the_server_knows(parameters: Options, url: str) -> Options:
    """ChatOpenAI sends `max_tokens` under its new name. Servers that are not OpenAI's get the old one."""
    if "max_tokens" not in parameters or (urlsplit(url).hostname or "").endswith(OPENAI_HOSTS):
        return parameters
    rest = {name: value for name, value in parameters.items() if name != "max_tokens"}
    return rest | {"extra_body": rest.get("extra_body", {}) | {"max_tokens": parameters["max_tokens"]}}


@asynccontextmanager
async def _open_openai(options: Options) -> AsyncIterator[BaseChatModel]:
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


def _class_at(path: str) -> type[BaseChatModel]:
    try:
        found = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"CHAT_MODEL_CLASS is {path!r}: {error}.") from error
    if not (isinstance(found, type) and issubclass(found, BaseChatModel)):
        raise ImproperlyConfigured(f"CHAT_MODEL_CLASS is {path!r}: not a LangChain chat model.")
    return found


def _parameter_names(model_class: type[BaseChatModel]) -> dict[str, str]:
    """What the class calls that which can be chosen, as far as it can."""
    fields = {name: field.alias or name for name, field in model_class.model_fields.items()}
    return {
        name: alias
        for name, names in NAMES.items()
        for field, alias in fields.items()
        if field in names or alias in names
    }


@lru_cache(maxsize=32)
def _made(path: str, parameters: str) -> BaseChatModel:
    try:
        return _class_at(path)(**json.loads(parameters))
    except (TypeError, ValueError):  # without its text, which may repeat a key
        raise ImproperlyConfigured(
            f"CHAT_MODEL_OPTIONS do not fit {path}. Compare them with the parameters of that class."
        ) from None
