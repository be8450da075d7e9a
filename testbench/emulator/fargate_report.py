"""Parses and validates one report of the task runner. `fargate_report_endpoint` receives it over HTTP.

{"account": "123456789012", "region": "us-west-2", "validSeconds": 15,
 "services": {SERVICE_ARN: {
     "tasks": [as DescribeTasks shows them, times in seconds since 1970],
     "rollouts": {DEPLOYMENT_ID: {"state": "IN_PROGRESS", "failedTasks": 0, "reason": ""}},
     "events": ["what happened since the last report"]}}}
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_NAMES = ("taskArn", "clusterArn", "taskDefinitionArn", "group", "startedBy")
_TIMES = ("createdAt", "startedAt", "stoppedAt", "stoppingAt", "connectivityAt", "executionStoppedAt")
# ECS guide, "Amazon ECS task lifecycle".
PENDING = ("PROVISIONING", "PENDING", "ACTIVATING")
_STATUSES = (*PENDING, "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")
_ROLLOUT_STATES = ("IN_PROGRESS", "COMPLETED", "FAILED")


class InvalidReport(ValueError):
    """A report that is not valid. The message names the value and says what it must be."""


@dataclass(frozen=True)
class AccountAndRegion:
    """Whose tasks they are."""

    account: str
    region: str

    def __post_init__(self) -> None:
        _must(bool(re.fullmatch(r"\d{12}", self.account)), "account", self.account, "12 digits")
        _must(bool(re.fullmatch(r"[a-z\d-]+", self.region)), "region", self.region, "such as us-west-2")


@dataclass(frozen=True)
class Rollout:
    """The state of a deployment; `reason` says why it has failed."""

    state: str
    failed_tasks: int
    reason: str


@dataclass(frozen=True)
class ServiceReport:
    """What runs for a service: `tasks` as DescribeTasks shows them, and `rollouts` by deployment id."""

    tasks: tuple[dict[str, Any], ...] = ()
    rollouts: dict[str, Rollout] = field(default_factory=dict)
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything that runs in an account and region, by the ARN of the service. Valid for `valid_seconds`."""

    location: AccountAndRegion
    valid_seconds: float
    services: dict[str, ServiceReport]


def parse(body: bytes) -> Report:
    """Raises `InvalidReport`."""
    try:
        raw = json.loads(body)
    except ValueError as error:
        raise InvalidReport(f"The report is not JSON: {error}.") from error
    _must(isinstance(raw, dict), "the report", raw, "an object")
    seconds = _field(raw, "validSeconds", (int, float), "a number")
    _must(math.isfinite(seconds) and seconds > 0, "validSeconds", seconds, "above 0")
    services = _field(raw, "services", dict, "an object")
    return Report(
        AccountAndRegion(_field(raw, "account", str, "text"), _field(raw, "region", str, "text")),
        seconds,
        {arn: _service(said, f"services.{arn}.") for arn, said in services.items()},
    )


def _service(raw: Any, where: str) -> ServiceReport:
    _must(isinstance(raw, dict), where.rstrip("."), raw, "an object")
    tasks = _field(raw, "tasks", list, "a list", where)
    rollouts = _field(raw, "rollouts", dict, "an object", where)
    events = _field(raw, "events", list, "a list", where)
    for number, event in enumerate(events):
        _must(isinstance(event, str), f"{where}events[{number}]", event, "text")
    return ServiceReport(
        tuple(_task(task, f"{where}tasks[{number}]") for number, task in enumerate(tasks)),
        {name: _rollout(said, f"{where}rollouts.{name}") for name, said in rollouts.items()},
        tuple(events),
    )


def _task(raw: Any, where: str) -> dict[str, Any]:
    _must(isinstance(raw, dict), where, raw, "an object")
    for key in _NAMES:
        _field(raw, key, str, "text", f"{where}.")
    _one_of(raw, "lastStatus", _STATUSES, where)
    _one_of(raw, "desiredStatus", ("RUNNING", "STOPPED"), where)
    times = {}
    for key in _TIMES:
        if key in raw:
            seconds = _field(raw, key, (int, float), "seconds since 1970", f"{where}.")
            _must(0 <= seconds < 2**40, f"{where}.{key}", seconds, "seconds since 1970")
            times[key] = datetime.fromtimestamp(seconds, UTC)
    return {**raw, **times}


def _rollout(raw: Any, where: str) -> Rollout:
    _must(isinstance(raw, dict), where, raw, "an object")
    _one_of(raw, "state", _ROLLOUT_STATES, where)
    return Rollout(
        raw["state"],
        _field(raw, "failedTasks", int, "a number", f"{where}."),
        _field(raw, "reason", str, "text", f"{where}."),
    )


def _one_of(raw: dict[str, Any], key: str, known: tuple[str, ...], where: str) -> None:
    _must(raw.get(key) in known, f"{where}.{key}", raw.get(key), f"one of {', '.join(known)}")


def _field(raw: dict[str, Any], key: str, kind: Any, description: str, where: str = "") -> Any:
    value = raw.get(key)
    # In Python, a Boolean is an integer too; in JSON it is not.
    _must(isinstance(value, kind) and not isinstance(value, bool), f"{where}{key}", value, description)
    return value


def _must(holds: bool, what: str, value: Any, wanted: str) -> None:
    if not holds:
        raise InvalidReport(f"{what} is {json.dumps(value, default=str)[:200]}; it must be {wanted}.")
