"""Reads the load balancers of the VPC and the targets that they forward to."""

from prove.aws import Answer, Aws
from prove.world import Balancer, Listener, TargetGroup


def read_balancers(aws: Aws, vpc: str) -> tuple[Balancer, ...]:
    """Read every load balancer of the VPC, whoever created it."""
    found = aws.all("elbv2", "describe_load_balancers", "LoadBalancers")
    return tuple(_balancer(aws, raw) for raw in found if raw["VpcId"] == vpc)


def _balancer(aws: Aws, raw: Answer) -> Balancer:
    arn = raw["LoadBalancerArn"]
    listeners = aws.all("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
    return Balancer(
        arn=arn,
        name=raw["LoadBalancerName"],
        public=raw.get("Scheme", "internet-facing") == "internet-facing",
        dual_stack=raw.get("IpAddressType", "ipv4") != "ipv4",
        subnets=tuple(zone["SubnetId"] for zone in raw.get("AvailabilityZones", [])),
        groups=frozenset(raw.get("SecurityGroups", [])),
        listeners=tuple(_listener(aws, listener) for listener in listeners),
    )


def _listener(aws: Aws, raw: Answer) -> Listener:
    actions = list(raw.get("DefaultActions", []))
    if raw.get("Protocol") in ("HTTP", "HTTPS"):
        for rule in aws.all("elbv2", "describe_rules", "Rules", ListenerArn=raw["ListenerArn"]):
            actions += rule.get("Actions", [])
    groups: set[str] = set()
    for action in actions:
        groups |= {one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", [])}
        if action.get("TargetGroupArn"):
            groups.add(action["TargetGroupArn"])
    return Listener(int(raw["Port"]), raw["Protocol"], tuple(sorted(groups)))


def read_target_groups(aws: Aws, vpc: str) -> dict[str, TargetGroup]:
    """Read every target group of the VPC with its registered targets, by ARN."""
    found = {}
    for raw in aws.all("elbv2", "describe_target_groups", "TargetGroups"):
        if raw.get("VpcId") != vpc:
            continue
        arn = raw["TargetGroupArn"]
        attributes = aws.get("elbv2", "describe_target_group_attributes", TargetGroupArn=arn)["Attributes"]
        keeps = {one["Key"]: one["Value"] for one in attributes}.get("preserve_client_ip.enabled")
        health = aws.get("elbv2", "describe_target_health", TargetGroupArn=arn)["TargetHealthDescriptions"]
        found[arn] = TargetGroup(
            arn=arn,
            name=raw["TargetGroupName"],
            port=int(raw["Port"]),
            # By default AWS preserves the client's address for instance targets, and for IP targets with UDP
            # only.
            keeps_client=keeps == "true" if keeps else raw["TargetType"] != "ip" or "UDP" in raw["Protocol"],
            targets=tuple((one["Target"]["Id"], int(one["Target"]["Port"])) for one in health),
        )
    return found
