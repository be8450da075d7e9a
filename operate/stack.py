"""Reads a stack through the Pulumi CLI: name, settings with their defaults, resources and outputs."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operate.aws import Access
from operate.programs import ask

PROJECT = "computer-use-sandbox"
ROOT = Path(__file__).resolve().parent.parent
"""The folder of the checkout, where Pulumi.yaml is."""


class StackFailure(Exception):
    """The stack cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Resource:
    """A resource in the stack's state. `identifier` is what the provider uses: a name, an id or an ARN."""

    type: str
    identifier: str


@dataclass(frozen=True)
class Settings:
    """The output of `pulumi config --json`: the stack's values and the defaults of Pulumi.yaml."""

    raw: Mapping[str, Mapping[str, Any]]

    def text(self, key: str, namespace: str = PROJECT) -> str:
        """A value as text; empty if it is not set or is a secret."""
        return str(self.raw.get(f"{namespace}:{key}", {}).get("value", ""))

    def number(self, key: str, default: int) -> int:
        """A value as an integer. For an invalid value the default is returned, since the program refuses it
        anyway.
        """
        text = self.text(key)
        return int(text) if text.isascii() and text.isdigit() else default

    def items(self, key: str, namespace: str = PROJECT) -> tuple[str, ...]:
        """A value as a list of strings; empty if it is not set."""
        value = self.raw.get(f"{namespace}:{key}", {}).get("objectValue")
        return tuple(str(item) for item in value) if isinstance(value, list) else ()

    def names(self, namespace: str) -> set[str]:
        """The keys that are set in a namespace."""
        return {key.partition(":")[2] for key in self.raw if key.startswith(f"{namespace}:")}


@dataclass(frozen=True)
class Stack:
    """One stack. `name` is the stack's name without organisation and project."""

    name: str
    settings: Settings
    access: Access
    resources: tuple[Resource, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """The values of the secret outputs."""

    @property
    def log_groups(self) -> tuple[str, ...]:
        """The fixed names of log groups. That of the Container Insights group differs in each deployment."""
        return tuple(f"/{PROJECT}/{self.name}/{what}" for what in ("containers", "flow-logs", "dns-queries"))

    def owned(self, *types: str) -> set[str]:
        """The identifiers of the stack's resources of these types."""
        return {resource.identifier for resource in self.resources if resource.type in types}


def read(stack: str | None, root: Path = ROOT, with_outputs: bool = False) -> Stack:
    """Read a stack, by default the selected one. Raises StackFailure.

    The outputs contain secrets, which must not leave this process: see verify/redaction.py.
    """
    chosen = ["--stack", stack] if stack else []
    name = _pulumi(root, "stack", "--show-name", *chosen).strip()
    settings = Settings(_json(_pulumi(root, "config", "--json", *chosen)))
    outputs, hidden = {}, {}
    if with_outputs:
        outputs = _json(_pulumi(root, "stack", "output", "--json", "--show-secrets", *chosen))
        hidden = _json(_pulumi(root, "stack", "output", "--json", *chosen))
    return Stack(
        # For stacks of an organisation the CLI may print `organisation/stack`.
        name=re.split("/", name)[-1],
        settings=settings,
        access=_access(root, settings, chosen),
        resources=_resources(_json(_pulumi(root, "stack", "export", *chosen))),
        outputs=outputs,
        secrets=tuple(str(value) for name, value in outputs.items() if hidden.get(name) != value),
    )


def _pulumi(root: Path, *arguments: str) -> str:
    answer = ask("pulumi", "--cwd", str(root), "--non-interactive", *arguments)
    if answer.code is None:
        raise StackFailure(f'{answer.error}: install the Pulumi CLI, see "On AWS" in README.md')
    if not answer.succeeded:
        raise StackFailure(
            f"`pulumi {' '.join(arguments)}`: {answer.last_words}. Log in and select the stack first: "
            "pulumi login; pulumi stack select --create NAME"
        )
    return answer.output


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise StackFailure(f"Pulumi's answer is not JSON ({error}): update the Pulumi CLI") from error
    if not isinstance(value, dict):
        raise StackFailure("Pulumi's answer is not a JSON object: update the Pulumi CLI")
    return value


def _access(root: Path, settings: Settings, chosen: list[str]) -> Access:
    """Region and credentials that the AWS provider will use: the stack's settings, then the environment."""
    region = (
        settings.text("region", "aws")
        or os.environ.get("AWS_REGION", "")
        or os.environ.get("AWS_DEFAULT_REGION", "")
    )
    if not region:
        raise StackFailure("no region is set: pulumi config set aws:region us-west-2")
    keys = {
        # Only this command shows a key that the stack keeps as a secret.
        name: _pulumi(root, "config", "get", f"aws:{name}", *chosen).strip()
        for name in ("accessKey", "secretKey", "token")
        if name in settings.names("aws")
    }
    return Access(
        region=region,
        profile=settings.text("profile", "aws") or None,
        access_key=keys.get("accessKey"),
        secret_key=keys.get("secretKey"),
        token=keys.get("token"),
    )


def _resources(state: Mapping[str, Any]) -> tuple[Resource, ...]:
    found = (state.get("deployment") or {}).get("resources") or []
    return tuple(
        Resource(str(one["type"]), str(one["id"])) for one in found if one.get("id") and not one.get("delete")
    )
