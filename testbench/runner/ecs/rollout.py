"""What a service needs next: which tasks to start and to stop. Pure.

The rules are ECS's for a rolling update (ECS guide, "Deploy Amazon ECS services by replacing tasks" and "How
the Amazon ECS deployment circuit breaker detects failures").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_SMALLEST_THRESHOLD, _LARGEST_THRESHOLD = 3, 200
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0


class Stage(Enum):
    """Where a task is. Only a READY one serves; one that is STOPPING still takes its place."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


@dataclass(frozen=True)
class Running:
    """One task that exists."""

    id: str
    deployment: str
    stage: Stage


@dataclass(frozen=True)
class Wanted:
    """What the service says."""

    deployment: str
    desired: int
    minimum_percent: int
    maximum_percent: int

    @property
    def least_ready(self) -> int:
        return math.ceil(self.desired * self.minimum_percent / 100)

    @property
    def most(self) -> int:
        return math.floor(self.desired * self.maximum_percent / 100)


@dataclass(frozen=True)
class Step:
    """Tasks of the wanted deployment to start, and ids of tasks to stop."""

    start: int
    stop: tuple[str, ...]


def next_step(wanted: Wanted, tasks: Sequence[Running]) -> Step:
    """Never below the minimum of ready tasks, never above the maximum of tasks."""
    own = [one for one in tasks if one.deployment == wanted.deployment and one.stage is not Stage.STOPPING]
    old = [one for one in tasks if one.deployment != wanted.deployment and one.stage is not Stage.STOPPING]
    excess = own[wanted.desired :]
    ready = sum(one.stage is Stage.READY for one in (*own, *old))
    stop = [one.id for one in excess]
    ready -= sum(one.stage is Stage.READY for one in excess)
    for one in sorted(old, key=lambda task: task.stage is Stage.READY):
        if one.stage is Stage.READY:
            if ready <= wanted.least_ready:
                continue
            ready -= 1
        stop.append(one.id)
    room = wanted.most - len(tasks)
    return Step(max(0, min(wanted.desired - len(own), room)), tuple(stop))


def is_complete(wanted: Wanted, tasks: Sequence[Running]) -> bool:
    """Every task is of the wanted deployment, ready, and as many as desired."""
    return len(tasks) == wanted.desired and all(
        one.deployment == wanted.deployment and one.stage is Stage.READY for one in tasks
    )


def breaks_circuit(desired: int, failures: int) -> bool:
    """Whether so many tasks have failed to start that the deployment has failed."""
    return failures >= min(max(_SMALLEST_THRESHOLD, math.ceil(desired / 2)), _LARGEST_THRESHOLD)


def wait_after(failures: int) -> float:
    """Seconds between the end of a task that failed and the start of the next."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (failures - 1)) if failures else 0.0
