"""A service of the emulated ECS, and a task runner that says what a test has it say."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Fargate:
    """The cluster `c` of an account."""

    def __init__(self, url: str, aws: Callable[[str], Any], account: str) -> None:
        """`aws` gives clients in that account."""
        self.url, self.account = url, account
        self.ecs = aws("ecs")
        self.region = self.ecs.meta.region_name
        self.subnet = aws("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        self.ecs.create_cluster(clusterName="c")

    # --- what is wanted

    def define(self, family: str = "web") -> str:
        container = {"name": "web", "image": "x@sha256:" + "a" * 64}
        defined = self.ecs.register_task_definition(
            family=family,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[container],
        )
        return str(defined["taskDefinition"]["taskDefinitionArn"])

    def create(
        self, name: str = "web", breaker: tuple[bool, bool] = (True, False), **changes: Any
    ) -> dict[str, Any]:
        """A service; `breaker` says whether it is on, and whether it rolls back."""
        network = {"subnets": [self.subnet], "securityGroups": []}
        arguments = {
            "cluster": "c",
            "serviceName": name,
            "desiredCount": 1,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": network},
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": {"enable": breaker[0], "rollback": breaker[1]}
            },
            **changes,
        }
        if "taskDefinition" not in arguments:
            arguments["taskDefinition"] = self.define()
        created: dict[str, Any] = self.ecs.create_service(**arguments)["service"]
        return created

    def update(self, **changes: Any) -> dict[str, Any]:
        updated: dict[str, Any] = self.ecs.update_service(cluster="c", service="web", **changes)["service"]
        return updated

    # --- what the runner says

    def send(self, method: str, body: bytes | None = None, query: str = "") -> tuple[int, str]:
        """Status and text of the answer."""
        request = urllib.request.Request(f"{self.url}/_emulator/fargate{query}", body, method=method)
        try:
            with OPENER.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def say(self, services: dict[str, Any], **changes: Any) -> tuple[int, str]:
        """A report about services by ARN."""
        report = {
            "account": self.account,
            "region": self.region,
            "validSeconds": 60,
            "services": services,
            **changes,
        }
        return self.send("PUT", json.dumps(report).encode())

    def report(
        self,
        *tasks: dict[str, Any],
        rollout: dict[str, Any] | None = None,
        events: list[str] | None = None,
        **changes: Any,
    ) -> None:
        """About the service `web`, whose newest deployment has come as far as `rollout` says."""
        service = self.service()
        rollouts = {self.deployments()[0]["id"]: rollout} if rollout else {}
        said = {"tasks": list(tasks), "rollouts": rollouts, "events": events or []}
        status, answer = self.say({service["serviceArn"]: said}, **changes)
        assert status == 204, answer

    def withdraw(self) -> None:
        assert self.send("DELETE", query=f"?account={self.account}&region={self.region}")[0] == 204

    def task(
        self, status: str = "RUNNING", deployment: dict[str, Any] | None = None, **changes: Any
    ) -> dict[str, Any]:
        """Of the service `web`, its newest deployment unless another is named."""
        service = self.service()
        of = deployment or service["deployments"][0]
        place = service["clusterArn"].partition(":cluster/")
        return {
            "taskArn": f"{place[0]}:task/{place[2]}/{uuid.uuid4().hex}",
            "clusterArn": service["clusterArn"],
            "taskDefinitionArn": of["taskDefinition"],
            "group": "service:web",
            "startedBy": of["id"],
            "lastStatus": status,
            "desiredStatus": "STOPPED" if status == "STOPPED" else "RUNNING",
            **changes,
        }

    # --- what is seen

    def service(self, name: str = "web") -> dict[str, Any]:
        found: dict[str, Any] = self.ecs.describe_services(cluster="c", services=[name])["services"][0]
        return found

    def counts(self, name: str = "web") -> tuple[int, int, int]:
        """Tasks that are desired, running, pending."""
        found = self.service(name)
        return found["desiredCount"], found["runningCount"], found["pendingCount"]

    def deployments(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.service()["deployments"]
        return found

    def messages(self) -> list[str]:
        """The service's events, the newest first."""
        return [event["message"] for event in self.service()["events"]]

    def list_tasks(self, **filters: Any) -> list[str]:
        found: list[str] = self.ecs.list_tasks(**{"cluster": "c", **filters})["taskArns"]
        return found


def rollout(state: str = "IN_PROGRESS", failed: int = 0, reason: str = "") -> dict[str, Any]:
    return {"state": state, "failedTasks": failed, "reason": reason}
