"""How one type of the AWS provider becomes a resource of CloudFormation, or a part of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from judges.inputs import Inputs, Properties

REF = ""
"""In `Conversion.known_by`: what `Ref` gives, not an attribute."""


@dataclass(frozen=True)
class Conversion:
    """A resource of CloudFormation.

    `known_by` tells by which outputs other resources name it, and what gives the same text in a template: an
    attribute for `Fn::GetAtt`, or `REF`. `beside` makes further resources that CloudFormation keeps apart;
    they get the reference to this one.
    """

    type: str
    properties: Callable[[Inputs], Properties]
    known_by: Mapping[str, str] = field(default_factory=dict)
    tagged: bool = True
    beside: Callable[[Inputs, Properties], Mapping[str, Beside]] | None = None


@dataclass(frozen=True)
class Beside:
    """A further resource of CloudFormation's."""

    type: str
    properties: Properties


@dataclass(frozen=True)
class PartOf:
    """A property of another resource, which the input `parent` names; one of several if it is `listed`."""

    parent: str
    property: str
    value: Callable[[Inputs], object]
    listed: bool = False


@dataclass(frozen=True)
class NoCounterpart:
    """CloudFormation has no such resource, or none that a stack makes."""

    reason: str
