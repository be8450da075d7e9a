"""Cloud Map, and the list of what is left."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from conftest import LOCAL, REGION, Account, Aws, Refused


def test_a_namespace_with_services_cannot_be_deleted(aws: Aws, refused: Refused, vpc: str) -> None:
    names = aws("servicediscovery")
    names.create_private_dns_namespace(Name="a.local", Vpc=vpc)
    assert [zone["Name"] for zone in aws("route53").list_hosted_zones()["HostedZones"]] == ["a.local."]
    namespace = names.list_namespaces()["Namespaces"][0]["Id"]
    records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
    service = names.create_service(Name="web", NamespaceId=namespace, DnsConfig=records)["Service"]["Id"]
    assert refused(names.delete_namespace, Id=namespace) == "ResourceInUse"
    names.register_instance(ServiceId=service, InstanceId="i", Attributes={"AWS_INSTANCE_IPV4": "10.0.0.4"})
    assert refused(names.delete_service, Id=service) == "ResourceInUse"
    names.deregister_instance(ServiceId=service, InstanceId="i")
    names.delete_service(Id=service)
    names.delete_namespace(Id=namespace)
    assert aws("route53").list_hosted_zones()["HostedZones"] == []


@pytest.fixture
def leftovers(url: str) -> Any:
    """Runs `python -m emulator.leftovers` in the standard account."""
    variables = {
        **os.environ,
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def run() -> tuple[int, list[str]]:
        command = [sys.executable, "-m", "emulator.leftovers"]
        ended = subprocess.run(command, cwd=LOCAL, env=variables, capture_output=True, text=True, check=False)
        assert not ended.stderr, ended.stderr
        return ended.returncode, ended.stdout.splitlines()

    return run


def test_leftovers_are_found_and_an_empty_account_has_none(
    leftovers: Any, aws: Aws, accounts: Account
) -> None:
    client = aws("ec2")
    accounts.current = "123456789012"
    assert leftovers() == (0, [])
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    made = client.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    logs = accounts.client("logs")
    logs.create_log_group(logGroupName="left")
    code, lines = leftovers()
    assert code == 1
    assert f"ec2 vpc {vpc}" in lines
    assert f"ec2 network-interface {made}" in lines
    assert "logs log-group left" in lines
    client.delete_network_interface(NetworkInterfaceId=made)
    client.delete_subnet(SubnetId=subnet)
    client.delete_vpc(VpcId=vpc)
    logs.delete_log_group(logGroupName="left")
    assert leftovers() == (0, [])
