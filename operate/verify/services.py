"""Whether both services run their task and are in a steady state."""

from collections.abc import Iterator

from operate.aws import Answer
from operate.findings import Finding, failure, ok
from operate.verify.deployment import SERVICES, Deployment, DeploymentCheck

EVENTS = 3
"""How many of a service's latest events are shown."""


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    found = {service["serviceName"]: service for service in deployment.services()}
    for name in SERVICES:
        wanted = deployment.output(f"{name}ServiceName")
        if wanted in found:
            yield _judge(name, found[wanted])
        else:
            yield failure(f"{name}: the service {wanted} does not exist", "pulumi refresh, then pulumi up")


def _judge(name: str, service: Answer) -> Finding:
    running, desired = service["runningCount"], service["desiredCount"]
    deployments = service.get("deployments", [])
    states = [str(one.get("rolloutState", "without a state")) for one in deployments]
    if desired > 0 and running == desired and states == ["COMPLETED"]:
        return ok(f"{name}: {running} of {desired} tasks run, the deployment is complete")
    events = [str(event["message"]) for event in service.get("events", [])[:EVENTS]]
    return failure(
        f"{name}: {running} of {desired} tasks run, deployments: {', '.join(states) or 'none'}. "
        f"Last events: {' | '.join(events) or 'none'}",
        "wait if a deployment is in progress; otherwise see the events and the container log",
    )


CHECK = DeploymentCheck("services", "Both services run their task and are in a steady state.", find)
