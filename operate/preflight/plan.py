"""The subject of the preflight checks: the stack to deploy and the account to deploy it to."""

from dataclasses import dataclass

from operate.aws import Aws
from operate.checks import Check
from operate.stack import Stack


@dataclass(frozen=True)
class Plan:
    """A stack and read-only access to AWS with its region and credentials."""

    stack: Stack
    aws: Aws

    @property
    def uses_bedrock(self) -> bool:
        """Whether the agent uses Bedrock by default."""
        return self.stack.settings.text("defaultProvider") != "anthropic"

    @property
    def task_cpus(self) -> float:
        """The vCPUs of both tasks together."""
        settings = self.stack.settings
        return (settings.number("environmentCpu", 2048) + settings.number("orchestrationCpu", 2048)) / 1024

    @property
    def zones_with_nat(self) -> int:
        """The number of zones with a NAT gateway and an Elastic IP address."""
        return self.stack.settings.number("natGateways", 1)


PlanCheck = Check[Plan]
