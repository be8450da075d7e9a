"""One emulator for the whole run, on a free port of loopback; an AWS account of its own for each test.

Accounts share nothing, and a new one costs nothing, while emptying the emulator takes seconds.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from fargate_scene import Fargate

LOCAL = Path(__file__).resolve().parents[1]
REGION = "us-west-2"

Aws = Callable[[str], Any]
Refused = Callable[..., str]


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    with emulator() as url:
        yield url


@pytest.fixture(scope="module")
def own_url() -> Iterator[str]:
    """An emulator that no other file's tests use."""
    with emulator() as url:
        yield url


@contextlib.contextmanager
def emulator() -> Iterator[str]:
    """A new one; where it listens."""
    command = [sys.executable, "-m", "emulator", "--exit-with-parent"]
    with subprocess.Popen(
        command, cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        assert first_line.startswith("listening on http://127.0.0.1:"), first_line
        yield first_line.removeprefix("listening on ").strip()
        assert process.stdin is not None
        process.stdin.close()


class Account:
    """Clients that all act in the account that is current."""

    def __init__(self, url: str) -> None:
        self.numbers = itertools.count(100_000_000_000)
        self.current = ""
        self._url = url
        self._session = boto3.Session("test", "test", region_name=REGION)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            # The emulator is to judge what is sent, not botocore.
            config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
            make: Any = self._session.client
            client = make(service, endpoint_url=self._url, config=config)
            client.meta.events.register("before-sign.*", self._name_account)
            self._clients[service] = client
        return self._clients[service]

    def _name_account(self, request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = self.current


@pytest.fixture(scope="session")
def accounts(url: str) -> Account:
    return Account(url)


@pytest.fixture
def aws(accounts: Account) -> Aws:
    """Clients by service name, in an account that is new."""
    accounts.current = str(next(accounts.numbers))
    return accounts.client


@pytest.fixture
def fargate(url: str, aws: Aws, accounts: Account) -> Fargate:
    """An ECS cluster in the account of `aws`."""
    return Fargate(url, aws, accounts.current)


@pytest.fixture
def refused() -> Refused:
    """Call, expect an AWS error, return its code."""

    def call(function: Callable[..., Any], **arguments: Any) -> str:
        with pytest.raises(ClientError) as error:
            function(**arguments)
        return error.value.response["Error"]["Code"]

    return call


def create_role(aws: Aws, name: str, service: str) -> str:
    """A role that the service may assume; its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    created = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
    return str(created["Role"]["Arn"])


@pytest.fixture
def vpc(aws: Aws) -> str:
    return str(
        aws("ec2").create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    )


@pytest.fixture
def internet_gateway(aws: Aws, vpc: str) -> str:
    """Attached to the VPC."""
    gateway = str(aws("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    aws("ec2").attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return gateway


@pytest.fixture
def ipv6_subnets(aws: Aws, vpc: str) -> list[str]:
    """Two dual-stack subnets in two zones."""
    ec2 = aws("ec2")
    block = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    prefix = block.removesuffix("00::/56")
    return [
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.0.{number}.0/24",
            Ipv6CidrBlock=f"{prefix}0{number}::/64",
            AvailabilityZone=f"{REGION}{zone}",
        )["Subnet"]["SubnetId"]
        for number, zone in ((0, "a"), (1, "b"))
    ]
