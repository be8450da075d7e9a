"""Lists what is left in an AWS account and region: `python -m emulator.leftovers`, with AWS's variables.

Prints one line for each resource of a kind that the stack creates and `pulumi destroy` must remove, and exits
with status 1 if there is any. KMS keys that await their deletion and deregistered task definitions are not
listed, since AWS removes them only later. The default VPC belongs to the account.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3

Lister = Callable[[], Iterator[str]]


def leftovers(session: boto3.Session) -> list[str]:
    """Names such as `ec2 vpc vpc-0a1b2c`, in a fixed order."""
    found: list[str] = []
    for service, kind, lister in _listers(session):
        found.extend(f"{service} {kind} {name}" for name in lister())
    return found


def _listers(session: boto3.Session) -> Iterator[tuple[str, str, Lister]]:
    ec2 = session.client("ec2")
    default = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc["IsDefault"]}

    def names(answer: Any, key: str, name: str) -> Lister:
        return lambda: (one[name] for one in answer()[key] if one.get("VpcId") not in default)

    yield "ec2", "vpc", names(ec2.describe_vpcs, "Vpcs", "VpcId")
    yield "ec2", "subnet", names(ec2.describe_subnets, "Subnets", "SubnetId")
    yield "ec2", "security-group", names(ec2.describe_security_groups, "SecurityGroups", "GroupId")
    yield (
        "ec2",
        "network-interface",
        names(ec2.describe_network_interfaces, "NetworkInterfaces", "NetworkInterfaceId"),
    )
    yield "ec2", "route-table", names(ec2.describe_route_tables, "RouteTables", "RouteTableId")
    yield (
        "ec2",
        "internet-gateway",
        names(ec2.describe_internet_gateways, "InternetGateways", "InternetGatewayId"),
    )
    yield "ec2", "address", names(ec2.describe_addresses, "Addresses", "AllocationId")
    yield "ec2", "flow-log", names(ec2.describe_flow_logs, "FlowLogs", "FlowLogId")
    yield "ec2", "nat-gateway", lambda: _active_nat_gateways(ec2)
    balancers = session.client("elbv2")
    yield (
        "elbv2",
        "load-balancer",
        names(balancers.describe_load_balancers, "LoadBalancers", "LoadBalancerName"),
    )
    yield "elbv2", "target-group", names(balancers.describe_target_groups, "TargetGroups", "TargetGroupName")
    ecr = session.client("ecr")
    yield "ecr", "repository", names(ecr.describe_repositories, "repositories", "repositoryName")
    yield "ecs", "cluster", lambda: _active_clusters(session.client("ecs"))
    yield (
        "ecs",
        "task-definition",
        lambda: iter(session.client("ecs").list_task_definitions()["taskDefinitionArns"]),
    )
    logs = session.client("logs")
    yield "logs", "log-group", names(logs.describe_log_groups, "logGroups", "logGroupName")
    secrets = session.client("secretsmanager")
    yield "secretsmanager", "secret", names(secrets.list_secrets, "SecretList", "Name")
    yield "kms", "key", lambda: _enabled_keys(session.client("kms"))
    iam = session.client("iam")
    yield "iam", "role", names(iam.list_roles, "Roles", "RoleName")
    cloud_map = session.client("servicediscovery")
    yield "servicediscovery", "namespace", names(cloud_map.list_namespaces, "Namespaces", "Name")
    yield "servicediscovery", "service", names(cloud_map.list_services, "Services", "Name")
    dns = session.client("route53")
    yield "route53", "hosted-zone", names(dns.list_hosted_zones, "HostedZones", "Name")
    resolver = session.client("route53resolver")
    yield (
        "route53resolver",
        "domain-list",
        names(resolver.list_firewall_domain_lists, "FirewallDomainLists", "Name"),
    )
    yield (
        "route53resolver",
        "rule-group",
        names(resolver.list_firewall_rule_groups, "FirewallRuleGroups", "Name"),
    )
    yield (
        "route53resolver",
        "query-log-config",
        names(resolver.list_resolver_query_log_configs, "ResolverQueryLogConfigs", "Name"),
    )


def _active_nat_gateways(ec2: Any) -> Iterator[str]:
    for gateway in ec2.describe_nat_gateways()["NatGateways"]:
        if gateway["State"] not in ("deleted", "deleting"):
            yield gateway["NatGatewayId"]


def _active_clusters(ecs: Any) -> Iterator[str]:
    arns = ecs.list_clusters()["clusterArns"]
    for cluster in ecs.describe_clusters(clusters=arns)["clusters"] if arns else []:
        if cluster["status"] == "ACTIVE":
            yield cluster["clusterName"]


def _enabled_keys(kms: Any) -> Iterator[str]:
    for key in kms.list_keys()["Keys"]:
        metadata = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if metadata["KeyState"] != "PendingDeletion" and metadata["KeyManager"] == "CUSTOMER":
            yield key["KeyId"]


def main() -> int:
    found = leftovers(boto3.Session())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
