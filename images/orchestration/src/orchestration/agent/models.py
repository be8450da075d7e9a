"""What a model is to the loop: its price, its limits, and what may be asked of it."""

from __future__ import annotations

from dataclasses import dataclass

PROVIDER_LABELS = {"bedrock": "Amazon Bedrock", "anthropic": "Claude API"}
EFFORTS = ("low", "medium", "high", "xhigh", "max")
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; `cache_write` is for five minutes."""

    input: float
    output: float
    cache_write: float
    cache_read: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer or of a whole task. `input` counts what was neither read from nor written to a
    cache.
    """

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    @property
    def prompt(self) -> int:
        """All tokens of the request, cached or not."""
        return self.input + self.cache_write + self.cache_read

    @property
    def total(self) -> int:
        """Everything that counts against a token budget."""
        return self.prompt + self.output

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_write + other.cache_write,
            self.cache_read + other.cache_read,
        )


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    `thinking` names the ways it can be told to think, the default first (see `settings.THINKING_LABELS`);
    `efforts` its effort levels. `long_price` applies to a request above 100,000 tokens where the maker
    charges more for it. `window` and `longest_answer` are tokens. `binds_thinking`: its thinking blocks count
    only while everything before them is unchanged. `clears`, `compacts` and `falls_back` say whether the API
    clears old tool results, summarizes a conversation and retries a refusal on another model for it.
    `known`: whether anything is known of it; `priced`: whether its price is, or the dearest one stands in.
    `note` is what a person should know before using it.
    """

    id: str
    price: Price
    thinking: tuple[str, ...]
    efforts: tuple[str, ...] = EFFORTS
    long_price: Price | None = None
    window: int = 1_000_000
    longest_answer: int = 128_000
    binds_thinking: bool = False
    clears: bool = True
    compacts: bool = True
    falls_back: bool = False
    known: bool = True
    priced: bool = True
    note: str = ""

    def cost(self, usage: Usage) -> float:
        """US dollars for one answer."""
        price = self.long_price if self.long_price and usage.prompt > LONG_PROMPT_TOKENS else self.price
        return (
            usage.input * price.input
            + usage.output * price.output
            + usage.cache_write * price.cache_write
            + usage.cache_read * price.cache_read
        ) / MILLION


LONG_PROMPT_TOKENS = 100_000
