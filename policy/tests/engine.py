"""Runs rules as the engine does: through the SDK's policy classes and its proxies for unknown values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import unknown_checking_proxy

from sandbox_policy.model import Context
from sandbox_policy.policies import all_policies, context_from

OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])
PROVIDER = PolicyProviderResource("pulumi:providers:aws", {}, "urn:provider", "default")
NO_EXCEPTIONS = Path("no-such-file.json")


def engine_context(
    config: Mapping[str, object], *, preview: bool, exceptions: Path = NO_EXCEPTIONS
) -> Context:
    """The context of a pack that the engine runs for a stack with this configuration.

    Keys without a colon belong to this project.
    """
    values = {
        key if ":" in key else f"computer-use-sandbox:{key}": value
        if isinstance(value, str)
        else json.dumps(value)
        for key, value in config.items()
    }
    environment = {"PULUMI_DRY_RUN": "true" if preview else "false", "PULUMI_CONFIG": json.dumps(values)}
    return context_from(environment, exceptions)


@dataclass
class Stub:
    """One resource as a test describes it: inputs or outputs, and the resources that they depend on."""

    type: str
    name: str
    properties: dict[str, object]
    ties: dict[str, list[str]] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        """The URN that Pulumi would give this resource."""
        return f"urn:pulumi:local::computer-use-sandbox::{self.type}::{self.name}"


def judge_resource(rule: str, stub: Stub, context: Context) -> list[str]:
    """Return the messages that the policy of this name reports for the resource."""
    policy = next(policy for policy in all_policies(context) if policy.name == rule)
    assert isinstance(policy, ResourceValidationPolicy)
    messages: list[str] = []

    def report(message: str, _urn: str | None = None) -> None:
        messages.append(message)

    props = unknown_checking_proxy(stub.properties)
    policy.validate(ResourceValidationArgs(stub.type, props, stub.urn, stub.name, OPTIONS, PROVIDER), report)
    return messages


def judge_stack(rule: str, stubs: Sequence[Stub], context: Context) -> list[str]:
    """Return the messages that the policy of this name reports for the stack."""
    policy = next(policy for policy in all_policies(context) if policy.name == rule)
    assert isinstance(policy, StackValidationPolicy)
    messages: list[str] = []

    def report(message: str, _urn: str | None = None) -> None:
        messages.append(message)

    resources = {
        stub.urn: PolicyResource(
            stub.type,
            unknown_checking_proxy(stub.properties),
            stub.urn,
            stub.name,
            OPTIONS,
            PROVIDER,
            None,
            [],
            {},
        )
        for stub in stubs
    }
    for stub in stubs:
        resources[stub.urn].property_dependencies = {
            key: [resources[urn] for urn in urns if urn in resources] for key, urns in stub.ties.items()
        }
    policy.validate(StackValidationArgs(list(resources.values())), report)
    return messages
