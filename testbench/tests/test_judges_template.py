"""A checkpoint becomes a template with nothing left out: types, inputs, references."""

from __future__ import annotations

import json
from typing import Any

import pytest

from judges.checkpoint import Resource, resources
from judges.inputs import Unconverted
from judges.template import template

_URN = "urn:pulumi:local::computer-use-sandbox::"


def _resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"custom": True, "type": kind, "urn": f"{_URN}{kind}::{name}", "id": f"{name}-id", **more}


def _read(*raw: dict[str, Any]) -> list[Resource]:
    return resources(json.dumps({"version": 3, "deployment": {"resources": raw}}))


def _vpc(**inputs: Any) -> dict[str, Any]:
    return _resource("aws:ec2/vpc:Vpc", "sandbox", inputs={"cidrBlock": "10.0.0.0/16", **inputs})


def test_a_type_that_the_conversion_lacks_is_an_error_that_names_it() -> None:
    unknown = _read(_resource("aws:s3/bucketV2:BucketV2", "record", inputs={}))
    with pytest.raises(Unconverted, match=r"s3\.BucketV2 record: .* aws:s3/bucketV2:BucketV2"):
        template(unknown)


def test_an_input_that_the_conversion_lacks_is_an_error_that_names_it() -> None:
    with pytest.raises(Unconverted, match=r"ec2\.Vpc sandbox: .* ipv4IpamPoolId"):
        template(_read(_vpc(ipv4IpamPoolId="ipam-pool-1")))


def test_a_part_without_a_parent_is_an_error() -> None:
    version = _resource(
        "aws:secretsmanager/secretVersion:SecretVersion",
        "login",
        inputs={"secretId": "arn", "secretString": "x"},
    )
    with pytest.raises(Unconverted, match=r"SecretVersion login: its secretId names no resource"):
        template(_read(version))


def test_a_value_becomes_a_reference_only_where_it_comes_from_that_resource() -> None:
    vpc = _vpc()
    subnet = _resource(
        "aws:ec2/subnet:Subnet",
        "private-0",
        inputs={"vpcId": "sandbox-id", "availabilityZone": "sandbox-id"},
        propertyDependencies={"vpcId": [vpc["urn"]]},
    )
    properties = template(_read(vpc, subnet))["Resources"]["Ec2SubnetPrivate0"]["Properties"]
    assert properties == {"VpcId": {"Ref": "Ec2VpcSandbox"}, "AvailabilityZone": "sandbox-id"}


def test_references_reach_into_lists_and_json_documents() -> None:
    role = _resource(
        "aws:iam/role:Role",
        "agent",
        inputs={"name": "agent", "assumeRolePolicy": "{}"},
        outputs={"name": "agent", "arn": "arn:aws:iam::1:role/agent"},
    )
    key = _resource(
        "aws:kms/key:Key",
        "sandbox",
        inputs={"policy": json.dumps({"Statement": [{"Principal": {"AWS": ["arn:aws:iam::1:role/agent"]}}]})},
        outputs={"keyId": "k", "arn": "arn:aws:kms:::key/k"},
        propertyDependencies={"policy": [role["urn"]]},
    )
    policy = template(_read(role, key))["Resources"]["KmsKeySandbox"]["Properties"]["KeyPolicy"]
    assert policy["Statement"][0]["Principal"]["AWS"] == [{"Fn::GetAtt": ["IamRoleAgent", "Arn"]}]


def test_the_tags_are_those_that_aws_was_given() -> None:
    vpc = _vpc(tags={"Name": "sandbox"}) | {"outputs": {"tagsAll": {"Name": "sandbox", "Project": "P"}}}
    tags = template(_read(vpc))["Resources"]["Ec2VpcSandbox"]["Properties"]["Tags"]
    assert tags == [{"Key": "Name", "Value": "sandbox"}, {"Key": "Project", "Value": "P"}]


def test_a_resource_that_is_several_in_cloudformation_becomes_several() -> None:
    made = template(_read(_vpc(assignGeneratedIpv6CidrBlock=True)))["Resources"]
    assert made["Ec2VpcSandboxIpv6Block"]["Properties"]["VpcId"] == {"Ref": "Ec2VpcSandbox"}


def test_no_secret_is_read_out_of_a_checkpoint() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hidden"'}
    (read,) = _read(_resource("aws:x/y:Y", "z", inputs={"secretString": secret}))
    assert read.inputs == {"secretString": "(secret)"}


def test_components_and_the_engines_own_resources_are_left_out() -> None:
    component = _resource("computer-use-sandbox:network:SandboxVpc", "sandbox") | {"custom": False}
    assert _read(component, _resource("pulumi:providers:aws", "default")) == []
