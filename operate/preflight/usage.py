"""How much of each quota the account already uses."""

from collections import Counter

from operate.preflight.plan import Plan

GONE = frozenset({"deleted", "deleting", "failed"})


def elastic_addresses(plan: Plan) -> int:
    """Elastic IP addresses in the region."""
    return len(plan.aws.get("ec2", "describe_addresses")["Addresses"])


def vpcs(plan: Plan) -> int:
    """VPCs in the region, the default one included."""
    return sum(1 for _ in plan.aws.all("ec2", "describe_vpcs", "Vpcs"))


def internet_gateways(plan: Plan) -> int:
    """Internet gateways in the region."""
    return sum(1 for _ in plan.aws.all("ec2", "describe_internet_gateways", "InternetGateways"))


def security_groups(plan: Plan) -> int:
    """Security groups in the region."""
    return sum(1 for _ in plan.aws.all("ec2", "describe_security_groups", "SecurityGroups"))


def nat_gateways(plan: Plan) -> int:
    """NAT gateways in the zone that has the most, since the stack may be placed in any zone."""
    gateways = [
        gateway
        for gateway in plan.aws.all("ec2", "describe_nat_gateways", "NatGateways")
        if gateway["State"] not in GONE
    ]
    zones = {
        subnet["SubnetId"]: subnet["AvailabilityZone"]
        for subnet in plan.aws.all("ec2", "describe_subnets", "Subnets")
    }
    # Regional NAT gateways have no subnet and therefore no zone.
    counted = Counter(zones[gateway["SubnetId"]] for gateway in gateways if gateway.get("SubnetId") in zones)
    return max(counted.values(), default=0)


def network_load_balancers(plan: Plan) -> int:
    """Network Load Balancers in the region."""
    balancers = plan.aws.all("elbv2", "describe_load_balancers", "LoadBalancers")
    return sum(1 for balancer in balancers if balancer.get("Type") == "network")


def target_groups(plan: Plan) -> int:
    """Target groups in the region."""
    return sum(1 for _ in plan.aws.all("elbv2", "describe_target_groups", "TargetGroups"))


def fargate_cpus(plan: Plan) -> float:
    """vCPUs of the Fargate tasks outside the stack's cluster, whose own tasks a deployment replaces."""
    units = 0
    own = plan.stack.owned("aws:ecs/cluster:Cluster")
    for cluster in plan.aws.all("ecs", "list_clusters", "clusterArns"):
        if cluster in own:
            continue
        tasks = list(plan.aws.all("ecs", "list_tasks", "taskArns", cluster=cluster, launchType="FARGATE"))
        for first in range(0, len(tasks), 100):
            answer = plan.aws.get("ecs", "describe_tasks", cluster=cluster, tasks=tasks[first : first + 100])
            units += sum(int(task.get("cpu", 0)) for task in answer["tasks"])
    return units / 1024


def nothing(_: Plan) -> int:
    """No usage: for quotas that apply to each resource which the stack creates, not to the account."""
    return 0
