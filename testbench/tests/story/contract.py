"""What the images' READMEs call required, and the task definitions as they are registered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from story.machine import ROOT
from story.sandbox import Sandbox

_ROW = re.compile(r"^\| (`[A-Z][^|]*) \|(.*)\|$", re.MULTILINE)
_REGISTERED = (
    *("family", "containerDefinitions", "volumes", "cpu", "memory", "networkMode"),
    *("requiresCompatibilities", "executionRoleArn", "taskRoleArn", "runtimePlatform"),
)


def required(sandbox: Sandbox, image: str) -> list[str]:
    """The variables without which the image does not start, but for those that it brings itself."""
    brought = {one.partition("=")[0] for one in sandbox.image(image)["Config"]["Env"]}
    section = (
        (ROOT / "images" / image / "README.md").read_text().split("## Configuration")[1].split("\n## ")[0]
    )
    return [
        name
        for names, rest in _ROW.findall(section)
        if ("required" in rest if "| default |" in section else "optional" not in rest)
        for name in re.findall(r"`([A-Z_]+)`", names)
        if name not in brought
    ]


def changed(definition: Mapping[str, Any], **container: Any) -> dict[str, Any]:
    """What RegisterTaskDefinition takes for the same with another container."""
    (original,) = definition["containerDefinitions"]
    kept = {name: definition[name] for name in _REGISTERED if name in definition}
    return {**kept, "containerDefinitions": [{**original, **container}]}


def without(variables: Sequence[Mapping[str, str]], name: str) -> list[Mapping[str, str]]:
    """An environment or secrets of a container without one of them."""
    return [one for one in variables if one["name"] != name]
