"""Reads the VPC: subnets, security groups, ACLs, interfaces, load balancers, and every other way
into the VPC or out of it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from prove.addresses import EVERYWHERE, IPV6, NOWHERE, AddressSet
from prove.aws import Answer, Aws
from prove.read_balancers import read_balancers, read_target_groups
from prove.read_resolver import log_group_of
from prove.world import (
    ALL_PORTS,
    ANY_PROTOCOL,
    Acl,
    AclEntry,
    Balancer,
    FlowLog,
    Group,
    Interface,
    Rule,
    Subnet,
    TargetGroup,
)

PROTOCOL_NAMES = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
WITH_PORTS = ("tcp", "udp")


@dataclass(frozen=True)
class Network:
    """The network part of a world; see `world.World`."""

    addresses: AddressSet
    subnets: dict[str, Subnet]
    groups: dict[str, Group]
    default_group: str
    interfaces: tuple[Interface, ...]
    balancers: tuple[Balancer, ...]
    target_groups: dict[str, TargetGroup]
    flow_logs: tuple[FlowLog, ...]
    other_ways: tuple[str, ...]


def read_network(aws: Aws, vpc: str, pool: Executor) -> Network:
    """Read the network of the VPC. Raises ValueError if the VPC does not exist."""

    def later(operation: str, key: str, by: str | None = "vpc-id") -> Callable[[], list[Any]]:
        filters = {} if by is None else {"Filters": [{"Name": by, "Values": [vpc]}]}
        return pool.submit(aws.all, "ec2", operation, key, **filters).result

    vpcs = later("describe_vpcs", "Vpcs")
    subnets = later("describe_subnets", "Subnets")
    tables = later("describe_route_tables", "RouteTables")
    acls = later("describe_network_acls", "NetworkAcls")
    groups = later("describe_security_groups", "SecurityGroups")
    interfaces = later("describe_network_interfaces", "NetworkInterfaces")
    nat_gateways = later("describe_nat_gateways", "NatGateways", None)
    flow_logs = later("describe_flow_logs", "FlowLogs", None)
    endpoints = later("describe_vpc_endpoints", "VpcEndpoints")
    peerings = later("describe_vpc_peering_connections", "VpcPeeringConnections", None)
    gateways = later("describe_vpn_gateways", "VpnGateways", None)
    transits = later("describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments", None)
    outlets = later("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", None)
    exports = later("describe_vpc_endpoint_service_configurations", "ServiceConfigurations", None)
    target_groups = pool.submit(read_target_groups, aws, vpc)
    balancers = pool.submit(read_balancers, aws, vpc)
    found = [one for one in vpcs() if one["VpcId"] == vpc]
    if not found:
        raise ValueError(f"there is no VPC {vpc} in {aws.region}")
    read_groups = {raw["GroupId"]: _group(aws, raw) for raw in groups()}
    own_balancers = balancers.result()
    other_ways = [
        *_endpoints(endpoints()),
        *_peerings(peerings(), vpc),
        *(
            f"VPN gateway {one['VpnGatewayId']}"
            for one in gateways()
            if _attached(one, "VpcAttachments", vpc)
        ),
        *(f"transit gateway {one['TransitGatewayId']}" for one in transits() if one.get("VpcId") == vpc),
        *(
            f"egress-only gateway {one['EgressOnlyInternetGatewayId']}"
            for one in outlets()
            if _attached(one, "Attachments", vpc)
        ),
        *_exports(exports(), {balancer.arn for balancer in own_balancers}),
    ]
    addresses = AddressSet.of(
        *(one["CidrBlock"] for one in found[0].get("CidrBlockAssociationSet", [])),
        *(one["Ipv6CidrBlock"] for one in found[0].get("Ipv6CidrBlockAssociationSet", [])),
        found[0]["CidrBlock"],
    )
    nat_interfaces = {
        one["NetworkInterfaceId"]
        for gateway in nat_gateways()
        for one in gateway.get("NatGatewayAddresses", [])
        if "NetworkInterfaceId" in one
    }
    own_subnets = {
        raw["SubnetId"]: _subnet(raw, tables(), acls(), has_ipv6=bool(addresses & IPV6)) for raw in subnets()
    }
    return Network(
        addresses=addresses,
        subnets=own_subnets,
        groups=read_groups,
        default_group=next((id for id, group in read_groups.items() if group.name == "default"), ""),
        interfaces=tuple(_interface(raw, nat_interfaces) for raw in interfaces()),
        balancers=own_balancers,
        target_groups=target_groups.result(),
        flow_logs=tuple(_flow_log(raw) for raw in flow_logs() if raw["ResourceId"] == vpc),
        other_ways=tuple(other_ways),
    )


def _attached(gateway: Answer, key: str, vpc: str) -> bool:
    states = ("attached", "attaching", "available")
    return any(one["VpcId"] == vpc and one["State"] in states for one in gateway.get(key, []))


def _peerings(peerings: list[Answer], vpc: str) -> Iterator[str]:
    for peering in peerings:
        ends = (peering.get("AccepterVpcInfo", {}), peering.get("RequesterVpcInfo", {}))
        ended = peering.get("Status", {}).get("Code") in ("deleted", "rejected", "failed", "expired")
        if not ended and any(end.get("VpcId") == vpc for end in ends):
            yield f"peering connection {peering['VpcPeeringConnectionId']}"


def _endpoints(endpoints: list[Answer]) -> Iterator[str]:
    for endpoint in endpoints:
        if str(endpoint.get("State", "available")).lower() not in (
            "deleted",
            "deleting",
            "rejected",
            "failed",
        ):
            yield f"VPC endpoint {endpoint['VpcEndpointId']} to {endpoint['ServiceName']}"


def _exports(services: list[Answer], balancers: set[str]) -> Iterator[str]:
    for service in services:
        if balancers & set(service.get("NetworkLoadBalancerArns", [])):
            yield f"endpoint service {service['ServiceId']}, which opens the load balancer to other accounts"


def _flow_log(raw: Answer) -> FlowLog:
    return FlowLog(
        id=raw["FlowLogId"],
        traffic=raw["TrafficType"],
        active=raw["FlowLogStatus"] == "ACTIVE",
        destination=raw.get("LogGroupName") or log_group_of(raw.get("LogDestination", "")),
        role=raw.get("DeliverLogsPermissionArn", ""),
    )


def _interface(raw: Answer, nat_interfaces: set[str]) -> Interface:
    private = [one["PrivateIpAddress"] for one in raw.get("PrivateIpAddresses", [])]
    ipv6 = [one["Ipv6Address"] for one in raw.get("Ipv6Addresses", [])]
    associations = [
        raw.get("Association", {}),
        *(one.get("Association", {}) for one in raw.get("PrivateIpAddresses", [])),
    ]
    public = [one["PublicIp"] for one in associations if one.get("PublicIp")]
    return Interface(
        id=raw["NetworkInterfaceId"],
        kind="nat_gateway" if raw["NetworkInterfaceId"] in nat_interfaces else raw["InterfaceType"],
        description=raw.get("Description", ""),
        subnet=raw["SubnetId"],
        groups=frozenset(group["GroupId"] for group in raw.get("Groups", [])),
        private=AddressSet.of(*private, *ipv6),
        public=AddressSet.of(*public, *ipv6),
    )


def _group(aws: Aws, raw: Answer) -> Group:
    name = raw["GroupName"]
    return Group(
        id=raw["GroupId"],
        name=_tag(raw, "Name") if name != "default" else name,
        ingress=tuple(_rules(aws, raw["IpPermissions"], f"ingress of {raw['GroupId']}")),
        egress=tuple(_rules(aws, raw["IpPermissionsEgress"], f"egress of {raw['GroupId']}")),
    )


def _tag(raw: Answer, key: str) -> str:
    values = [tag["Value"] for tag in raw.get("Tags", []) if tag["Key"] == key]
    return str(values[0]) if values else str(raw.get("GroupName") or raw.get("SubnetId", ""))


def _rules(aws: Aws, permissions: list[Answer], label: str) -> Iterator[Rule]:
    for permission in permissions:
        protocol = _protocol(permission["IpProtocol"])
        ports = ALL_PORTS
        if protocol in WITH_PORTS:
            ports = (int(permission.get("FromPort", 0)), int(permission.get("ToPort", ALL_PORTS[1])))
        written = f"{protocol} {ports[0]}-{ports[1]}" if protocol in WITH_PORTS else protocol
        for one in permission.get("IpRanges", []):
            cidr = one["CidrIp"]
            yield Rule(f"{label}: {written} {cidr}", protocol, ports, AddressSet.of(cidr))
        for one in permission.get("Ipv6Ranges", []):
            cidr = one["CidrIpv6"]
            yield Rule(f"{label}: {written} {cidr}", protocol, ports, AddressSet.of(cidr))
        for one in permission.get("PrefixListIds", []):
            prefixes = one["PrefixListId"]
            yield Rule(f"{label}: {written} {prefixes}", protocol, ports, _prefix_list(aws, prefixes))
        for one in permission.get("UserIdGroupPairs", []):
            other = one["GroupId"]
            yield Rule(f"{label}: {written} {other}", protocol, ports, NOWHERE, frozenset({other}))


def _protocol(number_or_name: str) -> str:
    return PROTOCOL_NAMES.get(number_or_name, number_or_name)


def _prefix_list(aws: Aws, prefixes: str) -> AddressSet:
    entries = aws.all("ec2", "get_managed_prefix_list_entries", "Entries", PrefixListId=prefixes)
    # An empty answer may mean that these credentials can't see the entries, so assume any address.
    return AddressSet.of(*(entry["Cidr"] for entry in entries)) if entries else EVERYWHERE


def _subnet(raw: Answer, tables: list[Answer], acls: list[Answer], *, has_ipv6: bool) -> Subnet:
    id = raw["SubnetId"]
    own_tables = [one for one in tables if _associated(one, id)]
    main_tables = [one for one in tables if any(link.get("Main") for link in one["Associations"])]
    own_acls = [one for one in acls if _associated(one, id)]
    default_acls = [one for one in acls if one["IsDefault"]]
    ipv6 = [
        one["Ipv6CidrBlock"]
        for one in raw.get("Ipv6CidrBlockAssociationSet", [])
        if one.get("Ipv6CidrBlockState", {}).get("State", "associated") == "associated"
    ]
    return Subnet(
        id=id,
        name=_tag(raw, "Name"),
        addresses=AddressSet.of(raw["CidrBlock"], *ipv6),
        acl=_acl((own_acls or default_acls)[0], has_ipv6=has_ipv6),
        to_internet=_routed((own_tables or main_tables)[0], "GatewayId", "igw-"),
        to_nat=_routed((own_tables or main_tables)[0], "NatGatewayId", "nat-"),
    )


def _associated(owner: Answer, subnet: str) -> bool:
    return any(link.get("SubnetId") == subnet for link in owner["Associations"])


def _routed(table: Answer, key: str, prefix: str) -> AddressSet:
    return AddressSet.of(
        *(
            route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"]
            for route in table["Routes"]
            if str(route.get(key, "")).startswith(prefix)
            and (route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock"))
        )
    )


def _acl(raw: Answer, *, has_ipv6: bool) -> Acl:
    entries = sorted(raw["Entries"], key=lambda entry: int(entry["RuleNumber"]))
    directions = []
    for egress in (False, True):
        read = [_entry(entry) for entry in entries if bool(entry["Egress"]) is egress]
        if raw["IsDefault"] and has_ipv6 and not any(entry.addresses & IPV6 for entry in read):
            # AWS adds an entry for IPv6 to its default ACL once the VPC has IPv6, but an emulator may not.
            # Assuming the entry can only make more reachable, never less.
            read.append(AclEntry(32766, True, ANY_PROTOCOL, ALL_PORTS, IPV6))
        directions.append(tuple(read))
    return Acl(raw["NetworkAclId"], directions[0], directions[1])


def _entry(raw: Answer) -> AclEntry:
    protocol = _protocol(raw["Protocol"])
    ports = raw.get("PortRange", {}) if protocol in WITH_PORTS else {}
    return AclEntry(
        number=int(raw["RuleNumber"]),
        allow=raw["RuleAction"] == "allow",
        protocol=protocol,
        ports=(int(ports.get("From", 0)), int(ports.get("To", ALL_PORTS[1]))),
        addresses=AddressSet.of(raw.get("CidrBlock") or raw["Ipv6CidrBlock"]),
    )
