"""Runs a rule the way the engine does: through the SDK's policy classes and its proxies for
unknown values.
"""

import json
from collections.abc import Callable, Mapping

import pytest
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)
from pulumi_policy.proxy import unknown_checking_proxy

from sandbox_policy.policies import all_policies

Judge = Callable[..., list[str]]

OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


def environment(config: Mapping[str, object] | None, *, preview: bool) -> dict[str, str]:
    """The environment that the engine gives a pack for a stack with this configuration."""
    values = {"PULUMI_DRY_RUN": "true" if preview else "false"}
    if config is not None:
        values["PULUMI_CONFIG"] = json.dumps(
            {
                f"computer-use-sandbox:{key}": value if isinstance(value, str) else json.dumps(value)
                for key, value in config.items()
            }
        )
    return values


@pytest.fixture
def judge() -> Judge:
    """Return `judge(rule, type, inputs, config={}, preview=True)` → the messages of that rule's policy."""

    def run(
        rule: str,
        resource_type: str,
        inputs: dict[str, object],
        config: Mapping[str, object] | None = None,
        *,
        preview: bool = True,
    ) -> list[str]:
        policies = {
            policy.name: policy for policy in all_policies(environment(config or {}, preview=preview))
        }
        policy = policies[rule]
        assert isinstance(policy, ResourceValidationPolicy)
        messages: list[str] = []

        def report(message: str, _urn: str | None = None) -> None:
            messages.append(message)

        provider = PolicyProviderResource("pulumi:providers:aws", {}, "urn:provider", "default")
        policy.validate(
            ResourceValidationArgs(
                resource_type, unknown_checking_proxy(inputs), "urn:it", "it", OPTIONS, provider
            ),
            report,
        )
        return messages

    return run
