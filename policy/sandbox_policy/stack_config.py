"""The part of the deployed stack's configuration that the rules need.

The engine starts a Python pack either through the language host of the official CLI or through
`pulumi-analyzer-policy-python`. Both pass the stack's configuration in the environment variable
PULUMI_CONFIG, a JSON object of strings. The rules do not rely on it: a value that is missing or can't be read
allows nothing.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PROJECT = "computer-use-sandbox"

NOBODY = ipaddress.ip_network("255.255.255.255/32")
"""A source address that no packet can have. A stack without `deployerIp` admits only this."""

WIDEST_PREFIX = {4: 16, 6: 32}
"""IP version → shortest prefix length in bits that `deployerIp` may have."""


@dataclass(frozen=True)
class StackConfig:
    """What the stack's configuration allows.

    `problems` holds one message for the user for each value that could not be read.
    """

    deployer: Network = NOBODY
    bedrock_models: frozenset[str] = frozenset()
    region: str | None = None
    problems: tuple[str, ...] = field(default=())

    @property
    def allowed_sources(self) -> tuple[Network, ...]:
        """The networks that ingress may come from."""
        return (NOBODY,) if self.deployer == NOBODY else (self.deployer, NOBODY)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "StackConfig":
        """Read PULUMI_CONFIG. Never raises: an unreadable value becomes a problem and allows nothing."""
        text = environment.get("PULUMI_CONFIG")
        if text is None:
            return cls(problems=("the engine passed no stack configuration (PULUMI_CONFIG is not set)",))
        try:
            values = json.loads(text)
        except ValueError as error:
            return cls(problems=(f"the stack configuration is not valid JSON: {error}",))
        if not isinstance(values, dict):
            return cls(problems=("the stack configuration is not a JSON object",))
        problems: list[str] = []
        region = values.get("aws:region")
        return cls(
            deployer=_deployer(values.get(f"{PROJECT}:deployerIp"), problems),
            bedrock_models=_bedrock_models(values.get(f"{PROJECT}:bedrockModels"), problems),
            region=region if isinstance(region, str) else None,
            problems=tuple(problems),
        )


def parse_source(text: str) -> Network:
    """Parse an address or a CIDR strictly.

    Raises ValueError with the reason for invalid syntax, set host bits, or a netmask instead of a prefix
    length.
    """
    _, slash, prefix = text.partition("/")
    if slash and not (prefix.isascii() and prefix.isdigit()):
        raise ValueError(f"{text!r} has no prefix length after its slash")
    if "%" in text:
        raise ValueError(f"{text!r} has a zone index")
    return ipaddress.ip_network(text, strict=True)


def _deployer(value: object, problems: list[str]) -> Network:
    if value is None:
        return NOBODY
    try:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not a string")
        network = parse_source(value)
        if network == NOBODY:
            return NOBODY
        if network.prefixlen < WIDEST_PREFIX[network.version]:
            raise ValueError(f"{network} is wider than /{WIDEST_PREFIX[network.version]}")
        if network.is_multicast or network.is_loopback or network.is_unspecified:
            raise ValueError(f"{network} can't be the source of a connection")
    except ValueError as error:
        problems.append(f"{PROJECT}:deployerIp can't be used: {error}")
        return NOBODY
    return network


def _bedrock_models(value: object, problems: list[str]) -> frozenset[str]:
    if value is None:
        return frozenset()
    try:
        models = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        problems.append(f"{PROJECT}:bedrockModels is not a JSON list: {error}")
        return frozenset()
    if not isinstance(models, list) or not all(isinstance(model, str) and model for model in models):
        problems.append(f"{PROJECT}:bedrockModels is not a list of model ids")
        return frozenset()
    return frozenset(models)
