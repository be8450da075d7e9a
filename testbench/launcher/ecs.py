"""Asks the local AWS for the deployments of services, with the standard library alone.

The AWS provider of this version waits for as many running tasks as desired and looks at nothing else: it does
not wait until they are healthy, a deployment that failed and was rolled back looks like success to it, and
one with nothing to go back to is waited for until its timeout, twenty minutes, with no reason given.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from launcher import local_aws

_FAILED = ("ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED", "STOPPED")
_SECONDS = 10.0


@dataclass(frozen=True)
class Deployment:
    """One deployment of a service, identified by its `arn`."""

    arn: str
    service: str
    status: str
    reason: str

    @property
    def is_under_way(self) -> bool:
        return self.status == "IN_PROGRESS"

    @property
    def has_failed(self) -> bool:
        return self.status in _FAILED

    @property
    def is_given_up(self) -> bool:
        """It has failed and there is no earlier deployment to roll back to, so no task runs."""
        return self.status == "STOPPED"

    def complaint(self) -> str:
        """A sentence that tells the user what has failed."""
        then = "No task of it runs." if self.is_given_up else "The tasks of the deployment before run again."
        return f"The deployment of {self.service} failed. {self.reason.rstrip('.')}. {then}"


def deployments(url: str) -> list[Deployment]:
    """All deployments in the local AWS at `url`. Raises `OSError` if it does not answer."""
    return [
        Deployment(
            one["serviceDeploymentArn"],
            one["serviceArn"].rpartition("/")[2],
            one["status"],
            one.get("statusReason", ""),
        )
        for cluster in _ask(url, "ListClusters", {})["clusterArns"]
        for service in _ask(url, "ListServices", {"cluster": cluster})["serviceArns"]
        for one in _ask(url, "ListServiceDeployments", {"cluster": cluster, "service": service})[
            "serviceDeployments"
        ]
    ]


def _ask(url: str, action: str, parameters: dict[str, str]) -> dict[str, Any]:
    credential = f"Credential=test/20260101/{local_aws.REGION}/ecs/aws4_request"
    request = urllib.request.Request(
        url,
        json.dumps(parameters).encode(),
        {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{action}",
            "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=none",
        },
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=_SECONDS) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
