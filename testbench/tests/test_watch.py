"""A deployment that fails is said with its reason, and nobody waits for it in vain."""

from __future__ import annotations

import threading
from typing import Any

import boto3
import pytest

from conftest import REGION
from fargate_scene import Fargate
from launcher import ecs
from launcher.watch import Watch, watching

FAILED = {"state": "FAILED", "failedTasks": 3, "reason": "the last said: LOGIN_PASSWORD is missing."}
COMPLETED = {"state": "COMPLETED", "failedTasks": 0, "reason": ""}


@pytest.fixture
def scene(own_url: str) -> Fargate:
    """The account that the launcher asks about, with a runner that reports."""

    def client(service: str) -> Any:
        make: Any = boto3.Session("test", "test", region_name=REGION).client
        return make(service, endpoint_url=own_url)

    made = Fargate(own_url, client, "123456789012")
    assert made.say({})[0] == 204
    if made.ecs.list_services(cluster="c")["serviceArns"]:
        made.ecs.delete_service(cluster="c", service="web", force=True)
    return made


def test_a_deployment_with_nothing_to_go_back_to_ends_the_wait(scene: Fargate) -> None:
    gave_up = threading.Event()
    with watching(scene.url, gave_up.set) as watch:
        scene.create()
        scene.report(rollout=FAILED)
        assert gave_up.wait(30)
    assert len(watch.failures) == 1
    assert "The deployment of web failed." in watch.failures[0]
    assert "LOGIN_PASSWORD is missing. No task of it runs." in watch.failures[0]


def test_a_rollback_is_reported_and_awaited(scene: Fargate, capsys: pytest.CaptureFixture[str]) -> None:
    scene.create(breaker=(True, True))
    good = scene.task()
    scene.report(good, rollout=COMPLETED)
    watch = Watch(scene.url)
    scene.update(taskDefinition=scene.define())
    assert next(one.is_under_way for one in watch.look())
    scene.report(good, rollout=FAILED)
    assert not watch.look()[1].is_given_up
    assert "The tasks of the deployment before run again." in watch.failures[0]
    scene.report(scene.task(), rollout=COMPLETED)
    watch.settle()
    assert capsys.readouterr().err.count("The deployment of web failed.") == 1


def test_earlier_failures_are_not_reported_again(scene: Fargate) -> None:
    scene.create()
    scene.report(rollout=FAILED)
    watch = Watch(scene.url)
    watch.settle()
    assert watch.failures == []
    assert any(one.has_failed for one in ecs.deployments(scene.url))
