"""The recorded requests of the real engine: every resource's inputs, and then all outputs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto


@dataclass
class Shown:
    """A resource as the engine shows it. `ties` holds, by property, the URNs that its value depends on."""

    type: str
    name: str
    urn: str
    properties: dict[str, Any]
    ties: dict[str, list[str]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Module, type and name, such as `ec2.Subnet private-0`."""
        _, module, kind = self.type.split(":")
        return f"{module.split('/')[0]}.{kind} {self.name}"


@dataclass
class Recording:
    """One run of the engine: `inputs` in the order of registration, and all `outputs` at the end.

    `config` is the stack's configuration as a pack receives it.
    """

    run: str
    config: str
    inputs: list[Shown]
    outputs: list[Shown]

    @classmethod
    def load(cls, folder: Path, run: str) -> "Recording":
        """Read what the recorder wrote for a `run`, which is preview or update."""
        inputs: list[Shown] = []
        outputs: list[Shown] = []
        for kind, message in _messages((folder / run).read_bytes()):
            if kind == b"R":
                inputs.append(_shown(proto.AnalyzeRequest.FromString(message)))
            else:
                stack = proto.AnalyzeStackRequest.FromString(message)
                outputs = [_shown(resource) for resource in stack.resources]
        ties = {shown.urn: shown.ties for shown in outputs}
        for shown in inputs:
            shown.ties = ties.get(shown.urn, {})
        config = (folder / run).with_suffix(".config").read_text(encoding="utf-8")
        return cls(run, config, inputs, outputs)


def _messages(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position < len(content):
        length = int.from_bytes(content[position + 1 : position + 5], "big")
        yield content[position : position + 1], content[position + 5 : position + 5 + length]
        position += 5 + length


def _shown(message: Any) -> Shown:
    ties = getattr(message, "propertyDependencies", {})
    return Shown(
        type=message.type,
        name=message.name,
        urn=message.urn,
        properties=json_format.MessageToDict(message.properties),
        ties={key: list(value.urns) for key, value in ties.items()},
    )


def resource_request(shown: Shown) -> Any:
    """The engine's request to check one resource."""
    return proto.AnalyzeRequest(
        type=shown.type,
        name=shown.name,
        urn=shown.urn,
        properties=_struct(shown.properties),
        provider=_provider(shown),
    )


def stack_request(outputs: list[Shown]) -> Any:
    """The engine's request to check the whole stack."""
    request = proto.AnalyzeStackRequest()
    for shown in outputs:
        resource = request.resources.add(
            type=shown.type,
            name=shown.name,
            urn=shown.urn,
            properties=_struct(shown.properties),
            provider=_provider(shown),
        )
        for key, urns in shown.ties.items():
            resource.propertyDependencies[key].urns.extend(urns)
    return request


def _struct(properties: dict[str, Any]) -> Any:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def _provider(shown: Shown) -> Any:
    """The provider of a resource. Components, stacks and providers themselves have none."""
    package = shown.type.split(":", 1)[0]
    if package in ("computer-use-sandbox", "pulumi"):
        return None
    return proto.AnalyzerProviderResource(
        type=f"pulumi:providers:{package}",
        urn=f"urn:provider:{package}",
        name="default",
        properties=_struct({}),
    )
