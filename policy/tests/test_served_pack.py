"""The pack as the engine runs it: a process that prints its port and answers over gRPC."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from sandbox_policy.catalogue import RESOURCE_RULES, STACK_RULES

PACK = Path(__file__).parent.parent
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


class PackEndedError(Exception):
    """The pack ended before it printed its port."""


@contextmanager
def served(config: str | None) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """Start the pack as `pulumi-analyzer-policy-python` does and connect to it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI")}
    environment |= {"PULUMI_PROJECT": "computer-use-sandbox", "PULUMI_STACK": "it", "PULUMI_DRY_RUN": "true"}
    if config is not None:
        environment["PULUMI_CONFIG"] = config
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    with subprocess.Popen(command, cwd=PACK, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise PackEndedError
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def diagnostics(config: str | None, **properties: object) -> list[tuple[str, int]]:
    """Rule and enforcement level of each finding of the served pack about one ingress rule."""
    inputs = struct_pb2.Struct()
    inputs.update({"ipProtocol": "tcp", "fromPort": 8443, "toPort": 8443, **properties})
    with served(config) as stub:
        response = stub.Analyze(
            proto.AnalyzeRequest(type=INGRESS, urn="urn:it", name="it", properties=inputs)
        )
    return [(diagnostic.policyName, diagnostic.enforcementLevel) for diagnostic in response.diagnostics]


def test_every_rule_is_served_and_mandatory() -> None:
    with served("{}") as stub:
        info = stub.GetAnalyzerInfo(empty_pb2.Empty())
    assert {policy.name for policy in info.policies} == {
        rule.name for rule in (*RESOURCE_RULES, *STACK_RULES)
    }
    assert {policy.enforcementLevel for policy in info.policies} == {proto.MANDATORY}


def test_ingress_from_the_deployer_passes() -> None:
    config = json.dumps({"computer-use-sandbox:deployerIp": "203.0.113.0/24"})
    assert diagnostics(config, cidrIpv4="203.0.113.0/24") == []


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "203.0.114.0/24", UNKNOWN_STRING_VALUE])
def test_ingress_from_elsewhere_is_a_mandatory_violation_and_so_is_an_unknown_source(cidr: str) -> None:
    config = json.dumps({"computer-use-sandbox:deployerIp": "203.0.113.0/24"})
    assert diagnostics(config, cidrIpv4=cidr) == [("ingress-rule", proto.MANDATORY)]


def test_without_a_configuration_nobody_is_admitted() -> None:
    assert diagnostics(None, cidrIpv4="203.0.113.0/24") == [("ingress-rule", proto.MANDATORY)]
    assert diagnostics(None, cidrIpv4="255.255.255.255/32") == []


@pytest.mark.parametrize("config", ["", "{", "[]"])
def test_with_an_unreadable_configuration_the_pack_does_not_start_and_nothing_is_deployed(
    config: str,
) -> None:
    with pytest.raises(PackEndedError), served(config):
        pass
