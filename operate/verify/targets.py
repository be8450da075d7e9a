"""Whether the load balancer considers both tasks healthy."""

from collections.abc import Iterator

from operate.findings import Finding, failure, ok
from operate.verify.deployment import Deployment, DeploymentCheck


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    groups = {
        balancer["targetGroupArn"]: f"{balancer['containerName']}, port {balancer['containerPort']}"
        for service in deployment.services()
        for balancer in service.get("loadBalancers", [])
    }
    if not groups:
        yield failure("no service is behind the load balancer", "pulumi refresh, then pulumi up")
    for group, name in sorted(groups.items(), key=lambda item: item[1]):
        answer = deployment.aws.get("elbv2", "describe_target_health", TargetGroupArn=group)
        states = [one["TargetHealth"] for one in answer["TargetHealthDescriptions"]]
        healthy = sum(state["State"] == "healthy" for state in states)
        if healthy:
            yield ok(f"{name}: the load balancer has {healthy} healthy target(s)")
            continue
        reported = [f"{state['State']} ({state.get('Description', 'no reason given')})" for state in states]
        yield failure(
            f"{name}: no target is healthy: {', '.join(reported) or 'none is registered'}",
            "wait two minutes after a start; then look at the task's log and its security group",
        )


CHECK = DeploymentCheck("targets", "The load balancer has a healthy task behind each port.", find)
