"""Pure: what tokens cost."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

Prices = Mapping[str, tuple[Decimal, Decimal]]
"""By model: of a million tokens of the prompt, and of the answer."""

MILLION = 1_000_000
SMALLEST = Decimal("0.000001")
MOST = Decimal("999999.999999")
"""What a message can be told to have cost: an absurd price must not cost anybody the answer."""


def cost(prices: Prices, model: str, *, prompt_tokens: int, completion_tokens: int) -> Decimal:
    """In the currency of the prices, to six places; 0 for a model without a price."""
    of_prompt, of_answer = prices.get(model, (Decimal(0), Decimal(0)))
    exact = (prompt_tokens * of_prompt + completion_tokens * of_answer) / MILLION
    return min(exact, MOST).quantize(SMALLEST, ROUND_HALF_UP)
