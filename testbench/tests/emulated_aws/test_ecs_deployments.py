"""How deployments end, as ListServiceDeployments shows it to a client that waits for one."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Account
from fargate_scene import Fargate, rollout


@pytest.fixture
def followed(fargate: Fargate) -> Fargate:
    """A cluster with a task runner attached."""
    fargate.say({})
    return fargate


def _history(fargate: Fargate, **filters: Any) -> list[dict[str, Any]]:
    """The service's deployments, the newest first."""
    arguments = {"cluster": "c", "service": "web", **filters}
    listed: list[dict[str, Any]] = fargate.ecs.list_service_deployments(**arguments)["serviceDeployments"]
    return listed


def _statuses(fargate: Fargate) -> list[str]:
    return [one["status"] for one in _history(fargate)]


def test_without_a_runner_a_deployment_succeeds_at_once(fargate: Fargate) -> None:
    fargate.create()
    fargate.update(taskDefinition=fargate.define())
    assert _statuses(fargate) == ["SUCCESSFUL", "SUCCESSFUL"]


def test_a_deployment_is_in_progress_until_the_runner_says_otherwise(followed: Fargate) -> None:
    followed.create()
    followed.report(followed.task("PENDING"), rollout=rollout())
    (begun,) = _history(followed)
    assert (begun["status"], "finishedAt" in begun) == ("IN_PROGRESS", False)
    followed.report(followed.task(), rollout=rollout("COMPLETED"))
    (ended,) = _history(followed)
    assert (ended["status"], ended["finishedAt"] >= ended["startedAt"]) == ("SUCCESSFUL", True)
    (shown,) = followed.deployments()
    assert shown["rolloutState"] == "COMPLETED"
    assert shown["rolloutStateReason"] == f"ECS deployment {shown['id']} completed."


def test_a_deployment_is_found_in_the_history_by_its_number(followed: Fargate) -> None:
    # A client that waits for a deployment knows only its number, and looks for it in the ARNs.
    followed.create()
    number = followed.deployments()[0]["id"].removeprefix("ecs-svc/")
    (entry,) = _history(followed)
    assert number in entry["targetServiceRevisionArn"]
    assert entry["serviceDeploymentArn"].endswith(f":service-deployment/c/web/{number}")


def test_a_failed_deployment_is_stopped_and_says_why(followed: Fargate) -> None:
    followed.create()
    followed.report(rollout=rollout("COMPLETED"))
    second = followed.define()
    followed.update(taskDefinition=second)
    followed.report(rollout=rollout("FAILED", 3, "tasks failed to start: no display"))
    newest, before = _history(followed)
    assert (newest["status"], newest["statusReason"]) == ("STOPPED", "tasks failed to start: no display")
    assert before["status"] == "SUCCESSFUL"
    service = followed.service()
    assert service["taskDefinition"] == second
    assert [(one["status"], one["rolloutState"], one["failedTasks"]) for one in service["deployments"]] == [
        ("PRIMARY", "FAILED", 3)
    ]


def test_a_rollback_returns_to_the_last_definition_that_succeeded(followed: Fargate) -> None:
    good = followed.create(breaker=(True, True))["taskDefinition"]
    followed.report(rollout=rollout("COMPLETED"))
    bad = followed.define()
    followed.update(taskDefinition=bad)
    failing = followed.task("STOPPING")
    followed.report(failing, rollout=rollout("FAILED", 3, "no display"))
    service = followed.service()
    assert service["taskDefinition"] == good
    assert [(one["status"], one["taskDefinition"]) for one in service["deployments"]] == [
        ("PRIMARY", good),
        ("ACTIVE", bad),
    ]
    assert followed.messages() == [f"(web) rolling back to {good}."]
    history = _history(followed)
    assert [one["status"] for one in history] == ["IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    assert history[1]["statusReason"] == "no display"
    followed.report(followed.task(), rollout=rollout("COMPLETED"))
    assert [one["taskDefinition"] for one in followed.deployments()] == [good]
    assert _statuses(followed)[0] == "SUCCESSFUL"


@pytest.mark.parametrize("breaker", [(True, False), (False, True)])
def test_no_other_breaker_rolls_back(followed: Fargate, breaker: tuple[bool, bool]) -> None:
    followed.create(breaker=breaker)
    followed.report(rollout=rollout("COMPLETED"))
    second = followed.define()
    followed.update(taskDefinition=second)
    followed.report(rollout=rollout("FAILED", 3, "no display"))
    assert followed.service()["taskDefinition"] == second
    assert _statuses(followed) == ["STOPPED", "SUCCESSFUL"]


def test_a_failed_first_deployment_is_not_rolled_back(followed: Fargate) -> None:
    followed.create(breaker=(True, True))
    followed.report(rollout=rollout("FAILED", 3, "no display"))
    assert _statuses(followed) == ["STOPPED"]
    assert [one["rolloutState"] for one in followed.deployments()] == ["FAILED"]


def test_a_rollback_never_returns_to_a_definition_that_failed(followed: Fargate) -> None:
    followed.create(breaker=(True, True))
    followed.report(rollout=rollout("COMPLETED"))
    followed.update(forceNewDeployment=True)
    followed.report(rollout=rollout("FAILED", 3, "no display"))
    assert _statuses(followed) == ["STOPPED", "SUCCESSFUL"]


def test_a_rollback_ignores_an_earlier_service_of_the_same_name(followed: Fargate) -> None:
    followed.create()
    followed.report(rollout=rollout("COMPLETED"))
    followed.ecs.delete_service(cluster="c", service="web", force=True)
    bad = followed.create(breaker=(True, True))["taskDefinition"]
    followed.report(rollout=rollout("FAILED", 3, "no display"))
    assert followed.service()["taskDefinition"] == bad
    assert _statuses(followed) == ["STOPPED"]


def test_a_deployment_ends_only_once(followed: Fargate) -> None:
    followed.create(breaker=(True, True))
    followed.report(rollout=rollout("COMPLETED"))
    followed.report(rollout=rollout("FAILED", 3, "too late"))
    assert _statuses(followed) == ["SUCCESSFUL"]


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED"])
def test_a_replaced_deployment_stays_stopped_whatever_is_reported_later(
    followed: Fargate, state: str
) -> None:
    followed.create(breaker=(True, True))
    followed.report(rollout=rollout("COMPLETED"))
    followed.update(taskDefinition=followed.define())
    replaced, task = followed.deployments()[0], followed.task()
    newest = followed.define()
    followed.update(taskDefinition=newest)
    assert _statuses(followed) == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]
    said = {"tasks": [task], "rollouts": {replaced["id"]: rollout(state, 3, "late")}, "events": []}
    assert followed.say({followed.service()["serviceArn"]: said})[0] == 204
    assert followed.service()["taskDefinition"] == newest
    assert _statuses(followed) == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]
    assert "replaced" in _history(followed)[1]["statusReason"]


def test_a_deleted_service_has_no_deployment_in_progress(followed: Fargate) -> None:
    followed.create()
    followed.report(followed.task(), rollout=rollout())
    followed.ecs.delete_service(cluster="c", service="web", force=True)
    (entry,) = _history(followed)
    assert (entry["status"], entry["statusReason"]) == ("STOPPED", "The service was deleted.")


def test_deployments_are_listed_by_service_cluster_and_status(followed: Fargate) -> None:
    service = followed.create()
    followed.report(rollout=rollout("COMPLETED"))
    followed.update(taskDefinition=followed.define())
    followed.create("other")
    followed.ecs.create_cluster(clusterName="d")
    newest, first = _history(followed)
    assert newest["createdAt"] >= first["createdAt"]
    assert _history(followed, service=service["serviceArn"], cluster=service["clusterArn"]) == [newest, first]
    assert _history(followed, status=["SUCCESSFUL", "STOPPED"]) == [first]
    assert _history(followed, cluster="d") == []


def test_accounts_do_not_see_each_others_deployments(fargate: Fargate, accounts: Account, url: str) -> None:
    fargate.create()
    accounts.current = str(next(accounts.numbers))
    assert _history(Fargate(url, accounts.client, accounts.current)) == []
