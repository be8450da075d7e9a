"""Which models there are, what they cost and how they think, as one frozen table.

Prices are Anthropic's list prices in US dollars per million tokens, read in November 2026; Bedrock's may
differ by region, so a cost shown is an estimate. A model that is not here has to be declared (see
`tool_versions`) and is charged at the dearest price, so that a dollar budget never comes out too generous.
"""

from __future__ import annotations

from dataclasses import dataclass

PROVIDER_LABELS = {
    "bedrock": "Amazon Bedrock (InvokeModel)",
    "bedrock-mantle": "Amazon Bedrock (Messages endpoint)",
    "anthropic": "Claude API",
}
BEDROCK_SCOPES = ("us", "eu", "apac", "jp", "au", "ca", "us-gov", "global")
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

    `thinking` names the ways it can be told to think, the default first (see `settings.THINKING_LABELS`).
    `long_price` applies to a request above 100,000 tokens where the maker charges more for it.
    `legacy_bedrock_version`: on Bedrock it wants the older API version in the body.
    """

    id: str
    price: Price
    thinking: tuple[str, ...]
    long_price: Price | None = None
    legacy_bedrock_version: bool = False
    known: bool = True

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
_OPUS_5_5 = Price(4, 20, 5, 0.20)
_OPUS = Price(5, 25, 6.25, 0.50)
_SONNET_5 = Price(2, 10, 2.50, 0.20)
_SONNET_4 = Price(3, 15, 3.75, 0.30)
_HAIKU_5 = Price(0.10, 0.50, 0.125, 0.05)
_HAIKU_5_LONG = Price(0.50, 2.50, 0.625, 0.05)
_HAIKU_4 = Price(1, 5, 1.25, 0.10)

MODELS: tuple[Model, ...] = (
    Model("claude-opus-5-5", _OPUS_5_5, ("adaptive",)),
    Model("claude-sonnet-5-5", _SONNET_5, ("adaptive", "between_tools")),
    Model("claude-haiku-5-5", _HAIKU_5, ("adaptive", "disabled"), _HAIKU_5_LONG),
    Model("claude-opus-5", _OPUS, ("adaptive", "disabled")),
    Model("claude-sonnet-5", _SONNET_5, ("adaptive", "disabled")),
    Model("claude-opus-4-8", _OPUS, ("adaptive", "disabled"), legacy_bedrock_version=True),
    Model("claude-opus-4-7", _OPUS, ("adaptive", "disabled"), legacy_bedrock_version=True),
    Model("claude-opus-4-6", _OPUS, ("adaptive", "disabled"), legacy_bedrock_version=True),
    Model("claude-sonnet-4-6", _SONNET_4, ("adaptive", "disabled"), legacy_bedrock_version=True),
    Model("claude-opus-4-5", _OPUS, ("disabled", "enabled"), legacy_bedrock_version=True),
    Model("claude-sonnet-4-5", _SONNET_4, ("disabled", "enabled"), legacy_bedrock_version=True),
    Model("claude-haiku-4-5", _HAIKU_4, ("disabled", "enabled"), legacy_bedrock_version=True),
)
_BY_ID = {model.id: model for model in MODELS}
_DEAREST = Price(
    *(
        max(getattr(model.price, field) for model in MODELS)
        for field in ("input", "output", "cache_write", "cache_read")
    )
)


def family(model_id: str) -> str:
    """The model's name without what a platform puts around it.

    Takes off a Bedrock scope (`us.`, `global.`, …), the maker (`anthropic.`), a release date and a Bedrock
    revision (`-v1:0`), each only where it stands whole; anything else is left as it is, and then simply not
    found.
    """
    name = model_id
    scope, dot, rest = name.partition(".")
    if dot and scope in BEDROCK_SCOPES:
        name = rest
    name = name.removeprefix("anthropic.")
    base, dash, revision = name.rpartition("-v")
    if dash and revision.replace(":", "", 1).isascii() and revision.replace(":", "", 1).isdigit():
        name = base
    base, dash, date = name.rpartition("-")
    if dash and len(date) == 8 and date.isascii() and date.isdigit():
        name = base
    return name


def find(model_id: str) -> Model | None:
    """The table's row for a model id of any platform, or None."""
    return _BY_ID.get(family(model_id))


def declared(model_id: str) -> Model:
    """A row for a model that the person vouches for: dearest price, no thinking setting sent."""
    return Model(model_id, _DEAREST, ("default",), known=False)
