"""How one type of the AWS provider becomes a resource of CloudFormation, or a part of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from judges.inputs import Inputs, Properties

REF = ""
"""In `Conversion.known_by`: the value of `Ref`, not of an attribute."""


@dataclass(frozen=True)
class Conversion:
    """A resource of CloudFormation.

    `known_by` maps the outputs by which other resources name this one to what has the same value in a
    template: an attribute for `Fn::GetAtt`, or `REF`. `beside` makes further resources, where CloudFormation
    needs several for one of the provider's; it gets the reference to this one.
    """

    type: str
    properties: Callable[[Inputs], Properties]
    known_by: Mapping[str, str] = field(default_factory=dict)
    tagged: bool = True
    beside: Callable[[Inputs, Properties], Mapping[str, Beside]] | None = None


@dataclass(frozen=True)
class Beside:
    """A further CloudFormation resource that comes with another one."""

    type: str
    properties: Properties


@dataclass(frozen=True)
class PartOf:
    """A property of the resource that the input `parent` names, or one element of it if `listed`."""

    parent: str
    property: str
    value: Callable[[Inputs], object]
    listed: bool = False


@dataclass(frozen=True)
class NoCounterpart:
    """CloudFormation has no such resource, or a stack cannot create it."""

    reason: str
