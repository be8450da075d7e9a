"""cfn-lint finds nothing in what is deployed, whatever the configuration, and finds what is made wrong."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from judged.conftest import PLACES, Stack
from judges import cfn_lint
from judges.checkpoint import Resource
from judges.conversion import NoCounterpart
from judges.conversions import CONVERSIONS
from judges.places_in_inputs import put
from judges.template import template

# Each is deployed on top of the previous one. Together they have every choice of the configuration that
# changes which resources exist or what AWS is asked for.
CONFIGURATIONS: dict[str, dict[str, str]] = {
    "every other choice": {
        "anthropicApiKey": "sk-ant-api03-a-key-for-the-test",
        "cpuArchitecture": "X86_64",
        "deployerIp": "2001:db8::1/128",
        "natGateways": "2",
        "orchestrationCpu": "4096",
        "orchestrationMemory": "8192",
        "tcpIdleTimeoutSeconds": "6000",
        "domainPreset": "none",
    },
    "Amazon DCV, Bedrock, the other limits": {
        "defaultProvider": "bedrock",
        "defaultModel": "us.anthropic.claude-sonnet-5-5",
        "deployerIp": "203.0.113.0/24",
        "dcvArchiveSha256": "'" + "0" * 64 + "'",
        "dcvKeyFingerprint": "'" + "0" * 40 + "'",
        "domainPreset": "tight",
        "tcpIdleTimeoutSeconds": "60",
        "viewer": "dcv",
    },
}

# Label, place and wrong value, and the rule that finds it.
WRONG: tuple[tuple[str, str, Any, str], ...] = (
    ("ecs.TaskDefinition environment", "memory", "512", "E3047"),
    ("ecs.Service environment", "launchType", "SERVERLESS", "E3030"),
    ("lb.TargetGroup console", "port", 65536, "E3034"),
    ("lb.LoadBalancer computer-use-sandbox", "ipAddressType", "ipv6", "E3030"),
    ("cloudwatch.LogGroup containers", "retentionInDays", 31, "E3030"),
    ("route53.ResolverFirewallRule block-the-rest", "action", "DENY", "E3030"),
    ("ec2.Subnet private-0", "cidrBlock", "10.42.0.0/8", "E3002"),
    ("iam.RolePolicy orchestration-task", "policy!Statement.0.Effect", "allow", "E3510"),
    ("secretsmanager.Secret login", "description", "x" * 2049, "E3033"),
)


def _findings(stack: Mapping[str, list[Resource]]) -> dict[str, list[str]]:
    templates = {name: template(resources) for name, resources in stack.items()}
    found = cfn_lint.findings(PLACES.cfn_lint, templates)
    return {name: [str(finding) for finding in listed] for name, listed in found.items()}


def test_nothing_is_found_in_the_deployed_stack(stack: Stack) -> None:
    assert _findings({"defaults": list(stack.recorded.resources)}) == {}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_nothing_is_found_in_another_configuration(stack: Stack, name: str) -> None:
    assert _findings({name: stack.deploy(CONFIGURATIONS[name])}) == {}


def test_every_kind_of_resource_is_judged_or_says_why_not(stack: Stack) -> None:
    kinds = {resource.type for resource in stack.recorded.resources}
    unjudged = {kind for kind in kinds if isinstance(CONVERSIONS[kind], NoCounterpart)}
    assert len(kinds - unjudged) > 25
    assert unjudged == {
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        "docker:index/image:Image",
    }


def test_every_way_of_breaking_a_deployed_resource_is_found(stack: Stack) -> None:
    wrong = {}
    for label, place, value, rule in WRONG:
        changed = [
            _changed(one, place, value) if one.label == label else one for one in stack.recorded.resources
        ]
        assert changed != list(stack.recorded.resources)
        wrong[f"{rule} {label} {place}"] = changed
    found = _findings(wrong)
    missed = [name for name in wrong if not any(name.startswith(one[:5]) for one in found.get(name, []))]
    assert missed == [], found


def _changed(resource: Resource, place: str, value: Any) -> Resource:
    inputs = copy.deepcopy(dict(resource.inputs))
    put(inputs, place, value)
    return replace(resource, inputs=inputs)
