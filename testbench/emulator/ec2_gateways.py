"""EC2 routes, NAT and internet gateways: what a request names must exist, in the same VPC, and be unused."""

from __future__ import annotations

import ipaddress
from typing import Any

from emulator.actions import checks, corrects, refuse
from emulator.moto_adapter import Answer, Call, Parameters

# EC2 API reference, CreateRoute: "You must specify one of the targets".
_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "EgressOnlyInternetGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "VpcEndpointId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)

_DESTINATIONS: dict[str, type[ipaddress.IPv4Network] | type[ipaddress.IPv6Network]] = {
    "DestinationCidrBlock": ipaddress.IPv4Network,
    "DestinationIpv6CidrBlock": ipaddress.IPv6Network,
}


@checks("ec2", "create_route", "replace_route")
def route_target_must_exist(call: Call, parameters: Parameters) -> None:
    backend = call.backend
    vpc_id = backend.get_route_table(parameters["RouteTableId"]).vpc_id
    nat_id, gateway_id = parameters.get("NatGatewayId"), parameters.get("GatewayId", "")
    if not any(parameters.get(target) for target in _TARGETS):
        refuse("MissingParameter", f"The request must contain exactly one of {', '.join(_TARGETS)}.")
    _destination_must_be_a_block(parameters)
    if nat_id is not None:
        nat = backend.nat_gateways.get(nat_id)
        if nat is None or nat.state != "available":
            refuse("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat_id}' does not exist")
        _same_network(vpc_id, nat.vpc_id, parameters["RouteTableId"], nat_id)
    if gateway_id.startswith("igw-"):
        gateway = backend.internet_gateways.get(gateway_id)
        if gateway is None:
            refuse("InvalidGatewayID.NotFound", f"The gateway ID '{gateway_id}' does not exist")
        _same_network(vpc_id, gateway.vpc.id if gateway.vpc else None, parameters["RouteTableId"], gateway_id)


def _destination_must_be_a_block(parameters: Parameters) -> None:
    for key, family in _DESTINATIONS.items():
        if key not in parameters:
            continue
        try:
            family(parameters[key], strict=False)
        except ValueError:
            refuse("InvalidParameterValue", f"Value ({parameters[key]}) for {key} is not a valid CIDR block.")


def _same_network(vpc_id: str, other: str | None, route_table_id: str, gateway_id: str) -> None:
    if vpc_id != other:
        refuse(
            "InvalidParameterValue",
            f"route table {route_table_id} and network gateway {gateway_id} belong to different networks",
        )


@checks("ec2", "create_nat_gateway")
def nat_gateway_must_reach_the_internet(call: Call, parameters: Parameters) -> None:
    backend = call.backend
    vpc_id = backend.get_subnet(parameters["SubnetId"]).vpc_id
    if parameters.get("ConnectivityType", "public") == "private":
        return
    allocation = parameters.get("AllocationId")
    if allocation is None:
        refuse("MissingParameter", "The request must include the AllocationId parameter.")
    if allocation not in [address.allocation_id for address in backend.addresses]:
        refuse("InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist")
    if not has_internet_gateway(backend, vpc_id):
        refuse("Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached")


def has_internet_gateway(backend: Any, vpc_id: str) -> bool:
    """Whether an internet gateway is attached to the VPC."""
    return any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in backend.internet_gateways.values())


@checks("ec2", "detach_internet_gateway")
def public_addresses_must_be_gone(call: Call, parameters: Parameters) -> None:
    vpc_id = parameters["VpcId"]
    gateways = call.backend.nat_gateways.values()
    if any(nat.vpc_id == vpc_id and nat.state == "available" for nat in gateways):
        refuse(
            "DependencyViolation", f"Network {vpc_id} has some mapped public address(es). Please unmap those."
        )


@corrects("ec2", "delete_nat_gateway")
def delete_the_interface_of_a_nat_gateway(call: Call, parameters: Parameters, _answer: Answer) -> None:
    backend = call.backend
    interface = backend.nat_gateways[parameters["NatGatewayId"]]._eni
    if interface.id in backend.enis:
        if interface.public_ip:
            backend.disassociate_address(address=interface.public_ip)
        backend.delete_network_interface(interface.id)


@checks("ec2", "delete_subnet")
def subnet_must_be_empty(call: Call, parameters: Parameters) -> None:
    subnet_id = parameters["SubnetId"]
    if any(interface.subnet.id == subnet_id for interface in call.backend.enis.values()):
        refuse("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")


@checks("ec2", "delete_vpc")
def vpc_must_be_empty(call: Call, parameters: Parameters) -> None:
    backend, vpc_id = call.backend, parameters["VpcId"]
    groups = [group for group in backend.describe_security_groups() if group.vpc_id == vpc_id]
    if has_internet_gateway(backend, vpc_id) or any(not group.is_default for group in groups):
        refuse("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


@checks("ec2", "attach_internet_gateway")
def vpc_must_have_no_other_gateway(call: Call, parameters: Parameters) -> None:
    vpc_id = parameters["VpcId"]
    if has_internet_gateway(call.backend, vpc_id):
        refuse("Resource.AlreadyAssociated", f"Network {vpc_id} already has an internet gateway attached")


@checks("ec2", "associate_route_table")
def subnet_must_be_in_the_same_vpc(call: Call, parameters: Parameters) -> None:
    if "SubnetId" not in parameters:
        return
    table_id, subnet_id = parameters["RouteTableId"], parameters["SubnetId"]
    backend = call.backend
    if backend.get_route_table(table_id).vpc_id != backend.get_subnet(subnet_id).vpc_id:
        refuse(
            "InvalidParameterValue",
            f"Route table {table_id} and subnet {subnet_id} belong to different networks",
        )
    for other in backend.describe_route_tables(filters={"association.subnet-id": [subnet_id]}):
        if other.id != table_id:
            refuse("Resource.AlreadyAssociated", f"Subnet {subnet_id} is associated with {other.id}.")


@checks("ec2", "release_address")
def address_must_be_free(call: Call, parameters: Parameters) -> None:
    for nat in call.backend.nat_gateways.values():
        in_use = [one.get("allocationId") for one in nat.address_set if nat.state == "available"]
        if parameters.get("AllocationId") in in_use:
            refuse("InvalidIPAddress.InUse", f"Address {parameters['AllocationId']} is in use by {nat.id}.")
