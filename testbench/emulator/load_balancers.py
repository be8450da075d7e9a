"""Elastic Load Balancing: network load balancers that AWS refuses."""

from __future__ import annotations

from emulator.actions import checks, refuse
from emulator.ec2_gateways import has_internet_gateway
from emulator.moto_adapter import Call, Parameters

NETWORK_PROTOCOLS = {"TCP", "UDP", "TCP_UDP", "TLS", "QUIC", "TCP_QUIC"}


@checks("elbv2", "create_load_balancer")
def network_must_fit(call: Call, parameters: Parameters) -> None:
    if any(one.name == parameters["Name"] for one in call.backend.load_balancers.values()):
        refuse(
            "DuplicateLoadBalancerName", f"A load balancer with the same name '{parameters['Name']}' exists."
        )
    backend = call.backend_of("ec2")
    mapped = [mapping["SubnetId"] for mapping in parameters.get("SubnetMappings", [])]
    subnets = [backend.get_subnet(subnet_id) for subnet_id in [*parameters.get("Subnets", []), *mapped]]
    vpcs = {subnet.vpc_id for subnet in subnets}
    zones = [subnet.availability_zone for subnet in subnets]
    if len(vpcs) > 1:
        refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC.")
    if len(set(zones)) < len(zones):
        refuse(
            "InvalidConfigurationRequest", "A load balancer cannot have two subnets in one Availability Zone."
        )
    for group_id in parameters.get("SecurityGroups", []):
        group = backend.get_security_group_from_id(group_id)
        if group is None or group.vpc_id not in vpcs:
            refuse("InvalidSecurityGroup", f"Security group '{group_id}' does not exist in the VPC.")
    internal = parameters.get("Scheme") == "internal"
    if not internal and not all(has_internet_gateway(backend, vpc_id) for vpc_id in vpcs):
        refuse("InvalidSubnet", f"VPC {', '.join(vpcs)} has no internet gateway")
    if parameters.get("IpAddressType") == "dualstack" and not all(
        subnet.ipv6_cidr_block_association_set for subnet in subnets
    ):
        refuse("InvalidSubnet", "You must specify subnets with an associated IPv6 CIDR block.")


@checks("elbv2", "set_security_groups")
def groups_cannot_be_added_later(call: Call, parameters: Parameters) -> None:
    balancer = call.backend.load_balancers.get(parameters["LoadBalancerArn"])
    if balancer and balancer.type == "network" and not balancer.security_groups:
        refuse(
            "InvalidConfigurationRequest",
            "You cannot add security groups to a Network Load Balancer that was created without one.",
        )
