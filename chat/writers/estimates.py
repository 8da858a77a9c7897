"""How many tokens a text counts, where no provider has counted it."""

from dataclasses import replace

from chat.prompts import Content, Messages
from chat.writers.port import Usage

BYTES_A_TOKEN = 4
MESSAGE_TOKENS = 4
"""What marks a message's role and ends."""
IMAGE_TOKENS = 1_500


def estimated_tokens(text: str) -> int:
    """An estimate: what counts is the usage that the provider tells at the end, if it does.

    Its source is OpenAI's rule of thumb that a token is four characters of English. Bytes of UTF-8 stand for the
    characters, because words of other scripts fall into more tokens.
    """
    return -(-len(text.encode(errors="replace")) // BYTES_A_TOKEN)


def estimated_prompt_tokens(messages: Messages) -> int:
    """An estimate of all that a chat model is sent, with images."""
    return sum(MESSAGE_TOKENS + _content_tokens(content) for _, content in messages)


def told_or_estimated(told: Usage, messages: Messages, written: str) -> Usage:
    """What a model took, with estimates for what it did not tell, as many a server never does."""
    return replace(
        told,
        prompt_tokens=told.prompt_tokens or estimated_prompt_tokens(messages),
        completion_tokens=told.completion_tokens or estimated_tokens(written),
    )


def _content_tokens(content: Content) -> int:
    if isinstance(content, str):
        return estimated_tokens(content)
    texts = [str(part["text"]) for part in content if isinstance(part, dict) and "text" in part]
    return sum(map(estimated_tokens, texts)) + IMAGE_TOKENS * (len(content) - len(texts))
