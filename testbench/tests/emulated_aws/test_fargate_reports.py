"""What runs is what the task runner reports: counts, tasks, events, and the end of a service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Account, Refused
from fargate_scene import Fargate, rollout


def wait_for(holds: Callable[[], bool]) -> None:
    # The timeout of the test run is the limit.
    while not holds():
        pass


def test_with_a_runner_a_new_service_has_no_task_until_one_is_reported(fargate: Fargate) -> None:
    fargate.say({})
    created = fargate.create(desiredCount=2)
    assert (created["desiredCount"], created["runningCount"], created["pendingCount"]) == (2, 0, 0)
    first = created["deployments"][0]
    assert (first["status"], first["rolloutState"], first["runningCount"]) == ("PRIMARY", "IN_PROGRESS", 0)
    fargate.report(fargate.task(), fargate.task("PENDING"))
    assert fargate.counts() == (2, 1, 1)


def test_the_first_report_ends_the_tasks_that_only_counted_as_running(fargate: Fargate) -> None:
    fargate.create()
    assert fargate.counts() == (1, 1, 0)
    fargate.say({})
    assert fargate.counts() == (1, 0, 0)


@pytest.mark.parametrize(
    ("status", "running", "pending"),
    [
        ("PROVISIONING", 0, 1),
        ("PENDING", 0, 1),
        ("ACTIVATING", 0, 1),
        ("RUNNING", 1, 0),
        ("DEACTIVATING", 0, 0),
        ("STOPPING", 0, 0),
        ("DEPROVISIONING", 0, 0),
        ("STOPPED", 0, 0),
    ],
)
def test_a_task_counts_by_its_state(fargate: Fargate, status: str, running: int, pending: int) -> None:
    fargate.create()
    fargate.report(fargate.task(status))
    assert fargate.counts() == (1, running, pending)
    only = fargate.deployments()[0]
    assert (only["runningCount"], only["pendingCount"]) == (running, pending)


def test_a_report_replaces_the_one_before(fargate: Fargate) -> None:
    fargate.create(desiredCount=2)
    kept, gone = fargate.task(), fargate.task()
    fargate.report(kept, gone)
    fargate.report(kept)
    assert fargate.list_tasks() == [kept["taskArn"]]
    fargate.say({})
    assert fargate.list_tasks() == []
    assert fargate.counts() == (2, 0, 0)


def test_another_desired_count_starts_and_stops_nothing_by_itself(fargate: Fargate) -> None:
    fargate.create()
    fargate.report(fargate.task())
    for desired in (3, 0):
        updated = fargate.update(desiredCount=desired)
        assert (updated["desiredCount"], updated["runningCount"], updated["pendingCount"]) == (desired, 1, 0)
        assert [one["desiredCount"] for one in updated["deployments"]] == [desired]


@pytest.mark.parametrize("change", ["taskDefinition", "forceNewDeployment"])
def test_a_new_deployment_leaves_the_older_one_its_tasks_until_they_are_gone(
    fargate: Fargate, change: str
) -> None:
    fargate.create()
    old = fargate.task()
    fargate.report(old, rollout=rollout("COMPLETED"))
    updated = fargate.update(
        **{change: fargate.define() if change == "taskDefinition" else True, "desiredCount": 2}
    )
    assert updated["runningCount"] == 1
    assert [one["id"] == old["startedBy"] for one in updated["deployments"]] == [False, True]

    fargate.report(old, fargate.task("ACTIVATING"), rollout=rollout())
    new, older = fargate.deployments()
    assert (new["status"], new["desiredCount"], new["runningCount"], new["pendingCount"]) == (
        *("PRIMARY", 2, 0),
        1,
    )
    assert (older["status"], older["desiredCount"], older["runningCount"]) == ("ACTIVE", 0, 1)

    fargate.report({**old, "lastStatus": "STOPPING"}, fargate.task())
    assert [one["status"] for one in fargate.deployments()] == ["PRIMARY", "ACTIVE"]
    fargate.report({**old, "lastStatus": "STOPPED"}, fargate.task(), rollout=rollout("COMPLETED"))
    assert [one["rolloutState"] for one in fargate.deployments()] == ["COMPLETED"]
    assert fargate.counts() == (2, 1, 0)


def test_failed_tasks_are_counted(fargate: Fargate) -> None:
    fargate.say({})
    fargate.create()
    fargate.report(rollout=rollout(failed=2))
    assert fargate.deployments()[0]["failedTasks"] == 2


def test_events_are_shown_once_and_the_newest_come_first(fargate: Fargate) -> None:
    fargate.create()
    fargate.report(events=["one", "two"])
    fargate.report(events=["three"])
    assert fargate.messages() == ["three", "two", "one"]
    fargate.report(events=[str(number) for number in range(100)])
    assert fargate.messages() == [str(number) for number in reversed(range(100))]
    events = fargate.service()["events"]
    assert len({event["id"] for event in events}) == 100


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, "running"),
        ({"cluster": "arn:aws:ecs:us-west-2:{account}:cluster/c"}, "running"),
        ({"cluster": "other"}, None),
        ({"serviceName": "web"}, "running"),
        ({"serviceName": "arn:aws:ecs:us-west-2:{account}:service/c/web"}, "running"),
        ({"serviceName": "we"}, None),
        ({"family": "web"}, "running"),
        ({"family": "we"}, None),
        ({"startedBy": "ecs-svc/1"}, "running"),
        ({"startedBy": "ecs-svc/2"}, None),
        ({"desiredStatus": "RUNNING"}, "running"),
        ({"desiredStatus": "STOPPED"}, "stopped"),
    ],
    ids=str,
)
def test_tasks_can_be_listed_by_each_filter(
    fargate: Fargate, filters: dict[str, str], found: str | None
) -> None:
    fargate.create()
    fargate.ecs.create_cluster(clusterName="other")
    tasks = {
        "running": fargate.task(startedBy="ecs-svc/1"),
        "stopped": fargate.task("STOPPED", startedBy="ecs-svc/1"),
    }
    fargate.report(*tasks.values())
    wanted = {key: value.format(account=fargate.account) for key, value in filters.items()}
    assert fargate.list_tasks(**wanted) == ([tasks[found]["taskArn"]] if found else [])


def test_a_task_is_described_as_the_runner_describes_it(fargate: Fargate) -> None:
    fargate.create()
    address = {"name": "privateIPv4Address", "value": "10.0.0.4"}
    attachment = {
        "id": "eni-0123456789abcdef0",
        "type": "ElasticNetworkInterface",
        "status": "ATTACHED",
        "details": [address],
    }
    task = fargate.task(
        "STOPPED",
        createdAt=1_700_000_000.5,
        startedAt=1_700_000_010,
        stoppingAt=1_700_000_020,
        stoppedAt=1_700_000_030,
        stopCode="EssentialContainerExited",
        stoppedReason="Essential container in task exited with status 1: no display",
        healthStatus="UNHEALTHY",
        containers=[{"name": "web", "exitCode": 1, "lastStatus": "STOPPED"}],
        attachments=[attachment],
    )
    fargate.report(task, fargate.task())
    name = task["taskArn"].rpartition("/")[2]
    for named in (task["taskArn"], name):
        (shown,) = fargate.ecs.describe_tasks(cluster="c", tasks=[named])["tasks"]
        times = {key: shown.pop(key).timestamp() for key in list(shown) if key.endswith("At")}
        assert {**shown, **times} == task


def test_a_task_is_found_in_its_own_cluster_only(fargate: Fargate) -> None:
    fargate.create()
    fargate.ecs.create_cluster(clusterName="other")
    task = fargate.task()
    fargate.report(task)
    assert fargate.ecs.describe_tasks(cluster="other", tasks=[task["taskArn"]])["tasks"] == []


def test_a_deleted_service_drains_until_no_task_lives(fargate: Fargate, refused: Refused) -> None:
    fargate.create()
    task = fargate.task()
    fargate.report(task)
    deleted = fargate.ecs.delete_service(cluster="c", service="web", force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"], deleted["runningCount"]) == ("DRAINING", 0, 1)
    for status in ("RUNNING", "STOPPING"):
        fargate.report({**task, "lastStatus": status})
        assert fargate.service()["status"] == "DRAINING"
    assert refused(fargate.create) == "InvalidParameterException"
    assert refused(fargate.ecs.delete_cluster, cluster="c") == "ClusterContainsTasksException"
    fargate.report({**task, "lastStatus": "STOPPED"})
    assert fargate.service()["status"] == "INACTIVE"
    fargate.ecs.delete_cluster(cluster="c")


@pytest.mark.parametrize("attached", [True, False])
def test_a_deleted_service_without_tasks_ends_at_once(fargate: Fargate, attached: bool) -> None:
    if attached:
        fargate.say({})
    fargate.create()
    deleted = fargate.ecs.delete_service(cluster="c", service="web", force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"], deleted["runningCount"]) == ("INACTIVE", 0, 0)


def test_when_reports_stop_the_tasks_count_as_stopped_and_an_event_says_so(
    fargate: Fargate,
) -> None:
    fargate.create()
    task = fargate.task()
    fargate.report(task, validSeconds=0.2)
    wait_for(lambda: fargate.counts() == (1, 0, 0))
    said = "(web) the task runner has stopped reporting: its tasks count as stopped."
    assert fargate.messages() == [said]
    assert fargate.list_tasks() == []
    assert fargate.ecs.describe_tasks(cluster="c", tasks=[task["taskArn"]])["tasks"] == []
    fargate.create("later")
    assert fargate.counts("later") == (1, 0, 0)
    assert fargate.messages() == [said]
    fargate.report(task)
    assert fargate.counts() == (1, 1, 0)


def test_a_draining_service_ends_when_reports_stop(fargate: Fargate) -> None:
    fargate.create()
    fargate.report(fargate.task())
    fargate.ecs.delete_service(cluster="c", service="web", force=True)
    fargate.report(fargate.task(), validSeconds=0.2)
    wait_for(lambda: fargate.service()["status"] == "INACTIVE")


def test_without_the_runner_nothing_runs_and_new_services_count_as_running(fargate: Fargate) -> None:
    fargate.create()
    fargate.report(fargate.task())
    fargate.withdraw()
    assert fargate.counts() == (1, 0, 0)
    assert fargate.list_tasks() == []
    fargate.create("later")
    assert fargate.counts("later") == (1, 1, 0)


def test_accounts_do_not_see_each_others_tasks(fargate: Fargate, accounts: Account, url: str) -> None:
    mine = fargate.create()
    task = fargate.task()
    fargate.report(task)
    accounts.current = str(next(accounts.numbers))
    other = Fargate(url, accounts.client, accounts.current)
    other.create()
    assert other.counts() == (1, 1, 0)
    said = {"tasks": [task], "rollouts": {}, "events": ["not yours"]}
    assert other.say({mine["serviceArn"]: said})[0] == 204
    assert other.list_tasks() == []
    assert other.messages() == []
    other.withdraw()
    accounts.current = fargate.account
    assert fargate.list_tasks() == [task["taskArn"]]
    assert fargate.messages() == []


def test_reports_of_unknown_services_and_deployments_are_ignored(fargate: Fargate) -> None:
    service = fargate.create()
    said = {"tasks": [fargate.task()], "rollouts": {"ecs-svc/1": rollout("FAILED", 3, "no")}, "events": []}
    assert fargate.say({service["serviceArn"]: said, service["serviceArn"] + "x": said})[0] == 204
    assert len(fargate.list_tasks()) == 1
    assert [one["rolloutState"] for one in fargate.deployments()] == ["COMPLETED"]


_SERVICE = ("services", "web")


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("account",), "1", 'account is "1"; it must be 12 digits'),
        (("account",), 123456789012, "account is 123456789012; it must be text"),
        (("region",), "../x", "region is"),
        (("region",), "us-nowhere-1", "region is us-nowhere-1"),
        (("validSeconds",), 0, "validSeconds is 0; it must be above 0"),
        (("validSeconds",), True, "validSeconds is true"),
        (("validSeconds",), float("inf"), "validSeconds is Infinity"),
        (("services",), [], "services is []; it must be an object"),
        (_SERVICE, None, "services.web is null"),
        ((*_SERVICE, "tasks"), None, "services.web.tasks is null; it must be a list"),
        ((*_SERVICE, "tasks", 0), "x", 'services.web.tasks[0] is "x"; it must be an object'),
        (
            (*_SERVICE, "tasks", 0, "lastStatus"),
            "LOST",
            'lastStatus is "LOST"; it must be one of PROVISIONING',
        ),
        ((*_SERVICE, "tasks", 0, "desiredStatus"), "x", "services.web.tasks[0].desiredStatus is"),
        ((*_SERVICE, "tasks", 0, "startedBy"), None, "services.web.tasks[0].startedBy is null"),
        ((*_SERVICE, "tasks", 0, "startedAt"), "noon", 'services.web.tasks[0].startedAt is "noon"'),
        ((*_SERVICE, "tasks", 0, "startedAt"), 1e300, "services.web.tasks[0].startedAt is 1e+300"),
        ((*_SERVICE, "rollouts", "ecs-svc/1"), [], "services.web.rollouts.ecs-svc/1 is []"),
        ((*_SERVICE, "rollouts", "ecs-svc/1", "state"), "LOST", "services.web.rollouts.ecs-svc/1.state is"),
        ((*_SERVICE, "rollouts", "ecs-svc/1", "failedTasks"), "3", "ecs-svc/1.failedTasks is"),
        ((*_SERVICE, "rollouts", "ecs-svc/1", "reason"), None, "ecs-svc/1.reason is null"),
        ((*_SERVICE, "events"), [1], "services.web.events[0] is 1; it must be text"),
    ],
)
def test_an_invalid_report_is_refused_and_changes_nothing(
    fargate: Fargate, path: tuple[Any, ...], value: Any, named: str
) -> None:
    service = fargate.create()
    in_order = {"tasks": [], "rollouts": {}, "events": ["may not be taken"]}
    report: Any = {
        "account": fargate.account,
        "region": fargate.region,
        "validSeconds": 60,
        "services": {
            service["serviceArn"]: in_order,
            "web": {"tasks": [fargate.task()], "rollouts": {"ecs-svc/1": rollout()}, "events": []},
        },
    }
    place = report
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    status, answer = fargate.send("PUT", json.dumps(report).encode())
    assert (status, named in answer) == (400, True), answer
    assert fargate.counts() == (1, 1, 0)
    assert fargate.messages() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_not_a_report_is_refused(fargate: Fargate, body: bytes) -> None:
    status, answer = fargate.send("PUT", body)
    assert status == 400
    assert "report" in answer


@pytest.mark.parametrize("query", ["", "?account=1&region=us-west-2", "?account=123456789012&region=x"])
def test_detaching_a_runner_needs_its_account_and_region(fargate: Fargate, query: str) -> None:
    status, answer = fargate.send("DELETE", query=query)
    assert status == 400
    assert "account" in answer or "region" in answer


def test_other_methods_are_refused(fargate: Fargate) -> None:
    body = json.dumps({"account": fargate.account}).encode()
    assert [fargate.send("GET")[0], fargate.send("POST", body)[0]] == [405, 405]
