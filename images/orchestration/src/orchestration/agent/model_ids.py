"""The names that one model goes by: on the Claude API, as a profile or ARN, with a date or a window."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

_ARN = re.compile(
    r"arn:[a-z-]+:bedrock:[a-z0-9-]*:[0-9]*:(?:inference-profile|foundation-model)/(?P<id>[^/]+)"
)
_WINDOW = "[1m]"
_DATE = re.compile(r"[-@]20\d{6}$", re.ASCII)
_REVISION = re.compile(r"-v\d+(:\d+)?$", re.ASCII)


@cache
def scopes() -> frozenset[str]:
    """The prefixes of Bedrock's geographies (`us`, `eu`, `global`, …)."""
    table = json.loads(files("orchestration").joinpath("bedrock_geographies.json").read_text())
    return frozenset(entry["prefix"] for entry in table["geographies"])


def family(model_id: str) -> str:
    """The model's name without what a platform puts around it.

    Takes off an ARN, a Bedrock scope (`us.`, `global.`, …), the maker (`anthropic.`), a revision (`-v1:0`),
    a release date (`-20250929`, `@20250929`) and a window (`[1m]`), each only where it stands whole; anything
    else is left as it is, and then simply not found. The ARN of an application inference profile names no
    model.
    """
    name = base(model_id).removeprefix("anthropic.")
    return _DATE.sub("", _REVISION.sub("", name))


def base(model_id: str) -> str:
    """The id of the foundation model behind a Bedrock profile or ARN; any other id as it is."""
    arn = _ARN.fullmatch(model_id)
    name = (arn["id"] if arn else model_id).removesuffix(_WINDOW)
    scope, dot, rest = name.partition(".")
    return rest if dot and scope in scopes() else name


def sent(provider: str, model_id: str) -> str:
    """The id as the provider's API takes it.

    A window in brackets is a habit of other programs: the models that have it have it always. The Claude API
    writes a date with a dash where others write `@`.
    """
    plain = model_id.removesuffix(_WINDOW)
    return plain.replace("@", "-") if provider == "anthropic" else plain
