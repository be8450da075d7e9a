"""A container's health from the results of its health check. Pure: time comes in, states go out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from runner.ecs.definition import HealthCheck

# While a container starts, it is asked this often, so that it counts as healthy soon after it is (as Docker's
# `--health-start-interval`; ECS has no such setting).
_START_INTERVAL = 1.0


class Health(Enum):
    """As DescribeTasks shows it."""

    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


@dataclass(frozen=True)
class HealthState:
    """`failures` counts those in a row that matter: none while the container may still be starting."""

    health: Health = Health.UNKNOWN
    failures: int = 0

    def after(self, check: HealthCheck, succeeded: bool, age: float) -> HealthState:
        """With one more result, `age` seconds after the container's start."""
        if succeeded:
            return HealthState(Health.HEALTHY)
        if self.health is Health.UNKNOWN and age < check.start_period:
            return self
        failures = self.failures + 1
        return HealthState(Health.UNHEALTHY if failures >= check.retries else self.health, failures)

    def wait(self, check: HealthCheck, age: float) -> float:
        """Seconds until the next check."""
        if self.health is Health.UNKNOWN and age < check.start_period:
            return min(_START_INTERVAL, check.interval)
        return check.interval
