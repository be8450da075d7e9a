"""The models of the SDK's list as one frozen table: what a model is when it cannot be asked.

Ids: `anthropic.types.Model` of SDK 2.14.0. Prices, windows, ways to think and effort levels: the models'
pages and the price list on platform.claude.com as of 10 October 2026 (cache reads of Sonnet 5.5 were halved
on the 7th). Bedrock's regional and geographic profiles cost 10 % more, so a cost shown is an estimate. No
price of Fable 5.2 and Mythos 5.2 was found; the dearest one stands in.
"""

from __future__ import annotations

from dataclasses import replace

from orchestration.agent.model_ids import family
from orchestration.agent.models import Model, Price

NO_XHIGH = ("low", "medium", "high", "max")

_MYTHOS_PREVIEW = Price(25, 125, 31.25, 2.50)
_FABLE_5_1 = Price(10, 50, 12.50, 0.25)
_FABLE_5 = Price(10, 50, 12.50, 1.00)
_OPUS_5_5 = Price(4, 20, 5, 0.20)
_OPUS = Price(5, 25, 6.25, 0.50)
_SONNET_5_5 = Price(2, 10, 2.50, 0.10)
_SONNET_5 = Price(2, 10, 2.50, 0.20)
_SONNET_4 = Price(3, 15, 3.75, 0.30)
_HAIKU_5 = Price(0.10, 0.50, 0.125, 0.01)
_HAIKU_5_LONG = Price(0.50, 2.50, 0.625, 0.05)
_HAIKU_4 = Price(1, 5, 1.25, 0.10)
# The dearest price that exists for any model of the list, field by field.
DEAREST = _MYTHOS_PREVIEW

_ALWAYS = ("adaptive",)
_OPTIONAL = ("adaptive", "disabled")
_EARLY = ("disabled", "enabled")


def _frontier(identifier: str, price: Price, binds: bool = True) -> Model:
    return Model(identifier, price, _ALWAYS, binds_thinking=binds, falls_back=True)


def _early(identifier: str, price: Price, efforts: tuple[str, ...] = ()) -> Model:
    return Model(identifier, price, _EARLY, efforts, window=200_000, longest_answer=64_000, compacts=False)


MODELS: tuple[Model, ...] = (
    _frontier("claude-opus-5-5", _OPUS_5_5),
    Model("claude-sonnet-5-5", _SONNET_5_5, ("adaptive", "between_tools"), binds_thinking=True),
    Model(
        "claude-haiku-5-5",
        _HAIKU_5,
        _OPTIONAL,
        long_price=_HAIKU_5_LONG,
        binds_thinking=True,
        compacts=False,
    ),
    replace(_frontier("claude-fable-5-2", DEAREST), priced=False),
    replace(_frontier("claude-mythos-5-2", DEAREST), priced=False),
    _frontier("claude-fable-5-1", _FABLE_5_1),
    _frontier("claude-mythos-5-1", _FABLE_5_1),
    _frontier("claude-fable-5", _FABLE_5, binds=False),
    _frontier("claude-mythos-5", _FABLE_5, binds=False),
    Model("claude-mythos-preview", _MYTHOS_PREVIEW, _ALWAYS, NO_XHIGH),
    Model("claude-opus-5", _OPUS, _OPTIONAL, falls_back=True),
    Model("claude-sonnet-5", _SONNET_5, _OPTIONAL),
    Model("claude-opus-4-8", _OPUS, _OPTIONAL),
    Model("claude-opus-4-7", _OPUS, _OPTIONAL),
    Model("claude-opus-4-6", _OPUS, _OPTIONAL, NO_XHIGH),
    Model("claude-sonnet-4-6", _SONNET_4, _OPTIONAL, NO_XHIGH),
    _early("claude-opus-4-5", _OPUS, ("low", "medium", "high")),
    _early("claude-sonnet-4-5", _SONNET_4),
    _early("claude-haiku-4-5", _HAIKU_4),
)
_BY_ID = {model.id: model for model in MODELS}


def find(model_id: str) -> Model | None:
    """The table's row for a model id of any platform, or None."""
    return _BY_ID.get(family(model_id))


def unknown(model_id: str) -> Model:
    """A model of which nothing is known: the dearest price, the smallest window, no optional parameter."""
    return Model(
        model_id,
        DEAREST,
        ("default",),
        window=200_000,
        longest_answer=64_000,
        clears=False,
        compacts=False,
        known=False,
        priced=False,
    )
