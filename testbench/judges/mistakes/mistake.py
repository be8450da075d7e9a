"""A mistake: different inputs for one resource of the recorded deployment."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mutation.recording import Recording, Shown

from judges.checkpoint import Resource
from judges.places_in_inputs import put


@dataclass(frozen=True)
class Of:
    """As a value in `Mistake.inputs`: an output of another resource of the stack, possibly changed."""

    resource: str
    output: str
    change: Callable[[Any], Any] = lambda value: value

    def among(self, stack: Sequence[Resource]) -> Any:
        """The value in the given stack. Raises ValueError if the stack has no such resource."""
        (source,) = [one for one in stack if one.label == self.resource]
        return self.change(source.id if self.output == "id" else source.outputs[self.output])


@dataclass(frozen=True)
class Mistake:
    """One mistake in the inputs of one resource.

    `target` is the resource's label, such as `ec2.Subnet private-0`. `inputs` maps places, written as in
    `judges.places_in_inputs`, to values. `rule` is AWS's rule, and `source` the document that has it.
    `made_impossible_by` names a Java type that does not accept such a value. `refused_at` is the action that
    AWS refuses, if that is not the resource's own but a later one, for instance the creation of the other
    resource with the same name.
    """

    name: str
    target: str
    inputs: Mapping[str, Any]
    rule: str
    source: str
    made_impossible_by: str = ""
    refused_at: str = ""

    def made_in(self, recording: Recording, stack: Sequence[Resource]) -> Shown:
        """The resource as the program with this mistake would register it in the stack that was recorded."""
        found = [one for one in recording.inputs if one.label == self.target]
        assert len(found) == 1, f"{self.name}: the stack has no {self.target}"
        shown = copy.deepcopy(found[0])
        for place, value in self.inputs.items():
            put(shown.properties, place, value.among(stack) if isinstance(value, Of) else value)
        return shown
