"""Rule: principals in policy documents exist."""

import re
from collections.abc import Iterator

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.partitions import DNS_SUFFIX, dns_suffix_of, foreign_partition
from sandbox_policy.policy_documents import POLICY_HOLDERS, statements
from sandbox_policy.service_reference import service_exists

KINDS = ("AWS", "CanonicalUser", "Federated", "Service")

IDENTITY = re.compile(
    r"[0-9]{12}"
    r"|arn:[a-z-]+:iam::[0-9]{12}:(root|(user|role)/[\w+=,.@/-]+)"
    r"|arn:[a-z-]+:sts::[0-9]{12}:(assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+)"
)
"""An account, or a user, role or session of one. AWS allows no wildcard inside."""

SUFFIXES = sorted(set(DNS_SUFFIX.values()))
SERVICE = re.compile(
    rf"(?P<name>[a-z0-9-]+(\.[a-z0-9-]+)*?)\.(?P<suffix>{'|'.join(map(re.escape, SUFFIXES))})"
)
USUAL_SUFFIX = "amazonaws.com"
"""Suffixes of service principals. Most are the same in every partition; some use the partition's own suffix.
"""

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]")

OTHERWISE_NAMED = frozenset(
    {"build.apprunner", "tasks.apprunner", "delivery.logs", "ecs-tasks", "edgelambda", "logging.s3"}
    | {"replicator.lambda", "spot", "spotfleet", "transitgateway", "vpc-flow-logs"}
)
"""Service principals, without the domain, whose name differs from the prefix of the service's actions."""


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each principal that does not exist."""
    for _, statement in statements(resource, context):
        for kind, value in statement.principals or ():
            if problem := _problem(kind, value, context):
                yield f"{statement.label} names the principal {kind} {value!r}: {problem}"


def _problem(kind: str, value: str, context: Context) -> str | None:
    if kind == "*" or (kind == "AWS" and value == "*"):
        return None
    if kind not in KINDS:
        return f"the kinds of principals are {', '.join(KINDS)}"
    if kind == "AWS":
        if not IDENTITY.fullmatch(value):
            return "write an account id, or the full ARN of a user or role"
        return foreign_partition(value, context.config.region)
    if kind == "Service":
        return _service_problem(value, context.config.region)
    return None


def _service_problem(value: str, region: str | None) -> str | None:
    match = SERVICE.fullmatch(value)
    if match is None:
        return "a service principal is written service.amazonaws.com"
    if region is not None and match["suffix"] not in (USUAL_SUFFIX, dns_suffix_of(region)):
        return f"service principals in {region} end in {USUAL_SUFFIX} or {dns_suffix_of(region)}"
    labels = match["name"].split(".")
    if REGION.fullmatch(labels[-1]):
        if region is not None and labels[-1] != region:
            return f"it is the service of a region other than {region}"
        labels.pop()
    name = ".".join(labels)
    if name in OTHERWISE_NAMED or service_exists(name):
        return None
    return f"AWS has no service principal {name}.amazonaws.com"


RULE = ResourceRule(
    name="policy-principals",
    promise="Every principal in a policy document is one that can exist.",
    why="AWS refuses an unknown principal when half of the stack already exists.",
    types=POLICY_HOLDERS,
    check=check,
)
