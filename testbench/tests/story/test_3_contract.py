"""The task definitions and the images agree: a definition that lacks something fails, and is rolled back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.ecs import secrets
from runner.ecs.definition import ContainerDefinition
from story import contract
from story.sandbox import Sandbox, wait_for

# With which status each image ends when its configuration is not complete.
REFUSED = {"environment": 78, "orchestration": 1}
SERVICES = tuple(REFUSED)


def definition(sandbox: Sandbox, which: str) -> dict[str, Any]:
    """The service's, as it is registered."""
    found: dict[str, Any] = sandbox.machine.aws("ecs").describe_task_definition(
        taskDefinition=sandbox.service(which)["taskDefinition"]
    )["taskDefinition"]
    return found


@pytest.mark.parametrize("which", SERVICES)
def test_each_variable_that_an_image_needs_is_in_the_definition_and_missed_when_it_is_not(
    sandbox: Sandbox, which: str
) -> None:
    (container,) = definition(sandbox, which)["containerDefinitions"]
    parsed = ContainerDefinition.of(container)
    manager = sandbox.machine.aws("secretsmanager")
    variables = {**parsed.environment, **secrets.read(manager, parsed.secrets)}
    needed = contract.required(sandbox, which)
    assert len(needed) >= 5 and set(needed) <= variables.keys()
    cases = [
        {"container": container, "variables": {n: value for n, value in variables.items() if n != name}}
        for name in needed
    ]
    python = (".local/venv/bin/python", "testbench/tests/story/start_containers.py")
    said = sandbox.machine.run(*python, variables={"PYTHONPATH": "testbench"}, text=json.dumps(cases))
    for name, outcome in zip(needed, json.loads(said), strict=True):
        assert outcome["status"] == REFUSED[which] and name in outcome["output"], (name, outcome)


def test_definitions_that_lack_a_variable_or_name_a_wrong_health_check_are_rolled_back(
    sandbox: Sandbox,
) -> None:
    good = {which: definition(sandbox, which) for which in SERVICES}
    (console,) = good["orchestration"]["containerDefinitions"]
    (desktop,) = good["environment"]["containerDefinitions"]
    # The console would have its start period before a failed check counts.
    wrong = {"command": ["CMD", "/usr/local/bin/no-check"], "startPeriod": 1, "interval": 5, "retries": 1}
    broken = {
        "environment": contract.changed(
            good["environment"], secrets=contract.without(desktop["secrets"], "CONTROL_TOKEN")
        ),
        "orchestration": contract.changed(
            good["orchestration"], healthCheck={**console["healthCheck"], **wrong}
        ),
    }
    ecs = sandbox.machine.aws("ecs")
    arns = {}
    for which, one in broken.items():
        arns[which] = ecs.register_task_definition(**one)["taskDefinition"]["taskDefinitionArn"]
        ecs.update_service(
            cluster=sandbox.outputs["clusterName"],
            service=sandbox.outputs[f"{which}ServiceName"],
            taskDefinition=arns[which],
        )
    for which in SERVICES:
        wait_for(lambda which=which: is_back(sandbox, which, good[which]["taskDefinitionArn"]))  # type: ignore[misc]
    wait_for(sandbox.is_open)
    for arn in arns.values():
        # It is ours, not the stack's: `make destroy` would find it.
        ecs.deregister_task_definition(taskDefinition=arn)
    reasons = {which: failures(sandbox, which, arns[which]) for which in SERVICES}
    said = f"exited with status {REFUSED['environment']}: environment: CONTROL_TOKEN: is missing"
    assert all(said in one for one in reasons["environment"]), reasons
    assert all("failed container health checks" in one for one in reasons["orchestration"]), reasons
    # The breaker's threshold for one task.
    assert [len(one) for one in reasons.values()] == [3, 3]


def is_back(sandbox: Sandbox, which: str, arn: str) -> bool:
    """Whether the service runs that definition again, after a rollback."""
    service = sandbox.service(which)
    (primary,) = [one for one in service["deployments"] if one["status"] == "PRIMARY"]
    rolled_back = any("rolling back to" in event["message"] for event in service["events"])
    return rolled_back and primary["taskDefinition"] == arn and primary["rolloutState"] == "COMPLETED"


def failures(sandbox: Sandbox, which: str, arn: str) -> list[str]:
    """Why the tasks of that definition stopped."""
    stopped = sandbox.tasks(which, "STOPPED")
    return [one["stoppedReason"] for one in stopped if one["taskDefinitionArn"] == arn]
