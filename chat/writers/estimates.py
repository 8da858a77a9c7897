"""How many tokens a text will count, before a provider has counted it."""

from chat.prompts import Content
from chat.writers.chat_model import messages_for
from chat.writers.port import WritingRequest

BYTES_A_TOKEN = 4
MESSAGE_TOKENS = 4
"""What marks a message's role and ends."""
IMAGE_TOKENS = 1_500


def estimated_tokens(text: str) -> int:
    """An estimate, for budgets only: what counts is the usage that the provider tells at the end.

    Its source is OpenAI's rule of thumb that a token is four characters of English. Bytes of UTF-8 stand for the
    characters, because words of other scripts fall into more tokens.
    """
    return -(-len(text.encode(errors="replace")) // BYTES_A_TOKEN)


def estimated_prompt_tokens(request: WritingRequest) -> int:
    """An estimate of all that a chat model is sent for a request: rules, conversation, passages and images."""
    return sum(MESSAGE_TOKENS + _content_tokens(content) for _, content in messages_for(request))


def _content_tokens(content: Content) -> int:
    if isinstance(content, str):
        return estimated_tokens(content)
    texts = [str(part["text"]) for part in content if isinstance(part, dict) and "text" in part]
    return sum(map(estimated_tokens, texts)) + IMAGE_TOKENS * (len(content) - len(texts))
