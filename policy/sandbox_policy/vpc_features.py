"""Finds VPCs without a feature that every VPC of the stack must have, such as a flow log."""

from collections.abc import Iterator

from sandbox_policy.links import linked
from sandbox_policy.model import Finding, Resource, Stack

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"


def vpcs_without(stack: Stack, feature: str, key: str) -> Iterator[Resource]:
    """Yield each VPC to which no resource of the type `feature` refers in its property `key`."""
    served = {vpc.urn for resource in stack.of_type(feature) for vpc in linked(stack, resource, key, VPC)}
    yield from (vpc for vpc in stack.of_type(VPC) if vpc.urn not in served)


def missing(stack: Stack, feature: str, key: str, message: str) -> Iterator[Finding]:
    """Yield a finding with `message` for each VPC without the feature."""
    yield from (Finding(f"{vpc.name} {message}", vpc.urn) for vpc in vpcs_without(stack, feature, key))
