"""What a service tells a new task: its definition, network and registrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runner.ecs.definition import TaskDefinition
from runner.ecs.registration import Registration


@dataclass(frozen=True)
class Order:
    """`overrides` are environment variables that the runner adds to the task definition's."""

    service: str
    cluster_arn: str
    deployment: str
    definition: TaskDefinition
    subnets: Sequence[str]
    groups: Sequence[str]
    registration: Registration
    overrides: Mapping[str, str]
