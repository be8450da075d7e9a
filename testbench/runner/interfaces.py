"""The network interfaces of tasks, as the emulated EC2 knows them: each gives a task its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.aws import Aws

# In the description of a Fargate task's interface, as on AWS; also how a killed runner's are found again.
_ATTACHMENT = ":attachment/"


def create(ec2: Any, subnets: Sequence[str], groups: Sequence[str], task_arn: str) -> Mapping[str, Any]:
    """A new one in the first subnet; EC2's description of it."""
    place, _, rest = task_arn.partition(":task/")
    task_id = rest.rpartition("/")[2]
    created: Mapping[str, Any] = ec2.create_network_interface(
        SubnetId=subnets[0], Groups=list(groups), Description=f"{place}{_ATTACHMENT}{task_id}"
    )["NetworkInterface"]
    return created


def delete(ec2: Any, interface_id: str) -> None:
    ec2.delete_network_interface(NetworkInterfaceId=interface_id)


def remove_leftovers(aws: Aws) -> None:
    """Those that a killed runner has left."""
    for one in aws.every("ec2", "describe_network_interfaces", "NetworkInterfaces"):
        if _ATTACHMENT in one.get("Description", ""):
            delete(aws.client("ec2"), one["NetworkInterfaceId"])
