"""What servers of tools say, made into text that can be stored and shown. Pure."""

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import mcp_types as types

RESULT_LENGTH = 8_000
"""Characters of a result that are used."""
NOTHING = "(The tool gave no text.)"


def text_of(result: "types.CallToolResult") -> str:
    """The texts of a result; what it gives as data, if there are none. What is no text is only named."""
    texts = filter(None, (_text(block) for block in result.content))
    text = storable("\n\n".join(texts)).strip()
    if not text and result.structured_content is not None:
        text = storable(json.dumps(storable(result.structured_content), ensure_ascii=False))
    return shortened(text, RESULT_LENGTH) or NOTHING


def shortened(text: str, most: int) -> str:
    """Cut to so many characters, and said so."""
    if len(text) <= most:
        return text
    return f"{text[:most].rstrip()}\n(Cut here: {most} of {len(text)} characters.)"


def storable(value: Any) -> Any:
    """The value without what PostgreSQL does not keep: NUL, halves of surrogate pairs, and numbers that are none."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode(errors="replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return [storable(one) for one in value] if isinstance(value, list) else value


def _text(block: "types.ContentBlock") -> str:
    match block.type:
        case "text":
            return block.text
        case "resource":
            return getattr(block.resource, "text", "") or f"({block.resource.uri})"
        case "resource_link":
            return f"{block.title or block.name} ({block.uri})"
    return f"({block.type})"
