"""Makes a sentence for the reader of whatever a provider fails with."""

import logging

from django.utils.translation import gettext, gettext_noop

from chat.writers.port import Usage, WriterError

logger = logging.getLogger(__name__)

DETAILS = {
    "model_refused_key": gettext_noop(
        "The language model refused this site's key. Its administrator can mend that."
    ),
    "model_busy": gettext_noop("The language model is busy, or its quota is used up. Try again in a while."),
    "model_failed": gettext_noop("The language model failed. Try again, or tell the administrator."),
    "model_timeout": gettext_noop("The language model took too long. Try again."),
    "model_unreachable": gettext_noop(
        "The language model is out of reach. Try again, or tell the administrator."
    ),
    "model_limit": gettext_noop(
        "The language model reached its limit of tokens before it wrote anything. Allow longer answers."
    ),
    "model_broken_answer": gettext_noop(
        "The language model's answer broke off or could not be read. Try again."
    ),
}
BY_STATUS = {
    401: "model_refused_key",
    403: "model_refused_key",
    408: "model_timeout",
    429: "model_busy",
    504: "model_timeout",
}
BY_NAME = {
    "TimeoutError": "model_timeout",
    "APITimeoutError": "model_timeout",
    "ModelTimeoutError": "model_timeout",
    "TimeoutException": "model_timeout",
    "APIConnectionError": "model_unreachable",
    "ModelConnectionError": "model_unreachable",
    "ConnectionError": "model_unreachable",
    "TransportError": "model_unreachable",
    "NothingWrittenError": "model_limit",
    "APIResponseValidationError": "model_broken_answer",
    "APIError": "model_failed",
    "ModelError": "model_failed",
}
"""Python's, openai's, LangChain's and httpx's exceptions; by name, so that no client has to be imported."""


UNREAD = {"model_refused_key", "model_busy", "model_failed", "model_unreachable"}
"""Unless the model had begun to answer, it took nothing in."""


class BrokenAnswerError(Exception):
    """Empty, or without an end."""


class NothingWrittenError(Exception):
    """The limit of tokens was used up, by thinking most likely, before the first word."""


def as_writer_error(error: Exception, *, model: str, begun: bool, usage: Usage) -> WriterError:
    """The failure as the reader is told it.

    begun: the model had already answered something. usage: what it took, if it read what it was sent.
    """
    code = _code(error, begun=begun)
    # Neither its text nor its cause: providers repeat keys and questions in their messages.
    logger.warning("%s: %s (%s)", model, code, type(error).__name__)
    was_read = begun or code not in UNREAD
    return WriterError(code, gettext(DETAILS[code]), usage if was_read else None)


def _code(error: Exception, *, begun: bool) -> str:
    """Which of our failures a provider's exception is."""
    status = getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )
    if isinstance(status, int) and status >= 400:
        return BY_STATUS.get(status, "model_failed")
    named = (BY_NAME[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in BY_NAME)
    code = next(named, "model_broken_answer")
    return "model_broken_answer" if code == "model_unreachable" and begun else code
