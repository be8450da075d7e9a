"""The subject of the `verify` checks: a deployed stack, its outputs, and its tasks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from operate.aws import Answer, Aws
from operate.checks import Check
from operate.stack import Stack

SERVICES = ("environment", "orchestration")
"""Names of the two services' containers; the names of their outputs begin with them."""
PAGES = ("orchestrationUrl", "environmentUrl")
"""The outputs with the addresses of console and viewer."""


class MissingOutput(Exception):
    """The stack lacks an output: it was deployed with an older program, or not completely."""


@dataclass(frozen=True)
class Deployment:
    """A stack with its outputs, and read-only access to its account."""

    stack: Stack
    aws: Aws
    folder: Path
    """The folder where a check may write a file for the report."""
    asks_model: bool = False
    """Whether a model may be asked one question, which costs a fraction of a cent."""

    def output(self, name: str) -> str:
        """One output as text. Raises MissingOutput."""
        value = self.stack.outputs.get(name)
        if not isinstance(value, str) or not value:
            raise MissingOutput(name)
        return value

    def services(self) -> list[Answer]:
        """Those of the two ECS services that exist."""
        names = [self.output(f"{name}ServiceName") for name in SERVICES]
        answer = self.aws.get("ecs", "describe_services", cluster=self.output("clusterName"), services=names)
        return [service for service in answer["services"] if service["status"] != "INACTIVE"]

    def tasks(self) -> Iterator[Answer]:
        """The running tasks of both services."""
        cluster = self.output("clusterName")
        for name in SERVICES:
            arns = list(
                self.aws.all(
                    "ecs",
                    "list_tasks",
                    "taskArns",
                    cluster=cluster,
                    serviceName=self.output(f"{name}ServiceName"),
                    desiredStatus="RUNNING",
                )
            )
            if arns:
                yield from self.aws.get("ecs", "describe_tasks", cluster=cluster, tasks=arns)["tasks"]


DeploymentCheck = Check[Deployment]
