"""A Pulumi checkpoint as a CloudFormation template with the same resources, properties and references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from judges.checkpoint import Resource
from judges.conversion import REF, Conversion, NoCounterpart, PartOf
from judges.conversions import CONVERSIONS
from judges.inputs import Inputs, Properties, Reference, Unconverted

Kinds = Mapping[str, Conversion | PartOf | NoCounterpart]


@dataclass
class _Template:
    """The resources that have been converted so far."""

    resources: dict[str, Properties] = field(default_factory=dict)
    # By URN: the texts by which others name the resource, and the reference for each.
    references: dict[str, dict[str, Properties]] = field(default_factory=dict)

    def reference_for(self, resource: Resource) -> Reference:
        """Replaces the names of only those resources that an input's value is known to come from."""

        def reference(key: str, text: str) -> Any:
            for urn in resource.depends_on.get(key, []):
                if text in self.references.get(urn, {}):
                    return self.references[urn][text]
            return text

        return reference


def template(resources: Iterable[Resource], kinds: Kinds = CONVERSIONS) -> Properties:
    """The template. Raises `Unconverted` for a type, input or name that the conversion does not know."""
    made = _Template()
    for resource in resources:
        kind = kinds.get(resource.type)
        if kind is None:
            raise Unconverted(f"{resource.label}: the conversion to CloudFormation lacks {resource.type}")
        if isinstance(kind, NoCounterpart):
            continue
        inputs = Inputs(resource.label, resource.inputs, made.reference_for(resource))
        if isinstance(kind, PartOf):
            _add_part(made, resource, kind, inputs)
        else:
            _add_resource(made, resource, kind, inputs)
        inputs.leave_out(
            "region", "tags", "tagsAll"
        )  # tags are those of the outputs, which have the defaults
        inputs.must_be_read()
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": made.resources}


def _add_resource(made: _Template, resource: Resource, kind: Conversion, inputs: Inputs) -> None:
    name = _logical_id(resource)
    properties = kind.properties(inputs)
    tags = resource.outputs.get("tagsAll") or {}
    if kind.tagged and tags:
        properties["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    made.resources[name] = {"Type": kind.type, "Properties": properties}
    made.references[resource.urn] = {
        str(resource.outputs[key] if key != "id" else resource.id): (
            {"Ref": name} if attribute == REF else {"Fn::GetAtt": [name, attribute]}
        )
        for key, attribute in kind.known_by.items()
    }
    for suffix, beside in (kind.beside(inputs, {"Ref": name}) if kind.beside else {}).items():
        made.resources[name + suffix] = {"Type": beside.type, "Properties": beside.properties}


def _add_part(made: _Template, resource: Resource, kind: PartOf, inputs: Inputs) -> None:
    parent = inputs.take(kind.parent)
    if not isinstance(parent, dict) or "Ref" not in parent:
        raise Unconverted(f"{resource.label}: its {kind.parent} names no resource of the stack: {parent}")
    properties = made.resources[parent["Ref"]]["Properties"]
    value = kind.value(inputs)
    properties[kind.property] = [*properties.get(kind.property, []), value] if kind.listed else value


def _logical_id(resource: Resource) -> str:
    """`aws:ec2/subnet:Subnet` and `private-0` give `Ec2SubnetPrivate0`."""
    _, module, kind = resource.type.split(":")
    words = re.split(r"[^A-Za-z0-9]+", f"{module.split('/')[0]}-{kind}-{resource.name}")
    return "".join(word[:1].upper() + word[1:] for word in words)
