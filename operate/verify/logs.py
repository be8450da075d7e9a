"""Whether every log group is encrypted, has a retention period, and is being written to."""

import time
from collections.abc import Iterator

from operate.aws import Answer
from operate.checks import attempt
from operate.findings import Finding, failure, ok, warning
from operate.verify.deployment import Deployment, DeploymentCheck

OUTPUTS = ("logGroupName", "flowLogGroupName", "dnsQueryLogGroupName", "containerInsightsLogGroupName")
FRESH_HOURS = 2
"""CloudWatch usually updates the time of a stream's last event within an hour (DescribeLogStreams)."""


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    for output in OUTPUTS:
        name = deployment.output(output)
        yield from attempt(name, lambda name=name: _group(deployment, name))  # type: ignore[misc]
    yield from attempt("streams of the tasks", lambda: _task_streams(deployment))


def _group(deployment: Deployment, name: str) -> Iterator[Finding]:
    groups = deployment.aws.all("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    group: Answer | None = next((one for one in groups if one["logGroupName"] == name), None)
    if group is None:
        yield failure(f"{name} does not exist", "pulumi refresh, then pulumi up")
        return
    if not group.get("kmsKeyId"):
        yield failure(
            f"{name} is not encrypted with the stack's key", "pulumi up --refresh encrypts it again"
        )
    elif not group.get("retentionInDays"):
        yield failure(f"{name} is kept forever", "pulumi up --refresh sets the retention again")
    else:
        yield ok(f"{name} is encrypted, and kept for {group['retentionInDays']} days")
    yield _freshness(deployment, name)


def _freshness(deployment: Deployment, name: str) -> Finding:
    answer = deployment.aws.get(
        "logs",
        "describe_log_streams",
        logGroupName=name,
        orderBy="LastEventTime",
        descending=True,
        limit=1,
    )
    last = max((int(stream.get("lastEventTimestamp", 0)) for stream in answer["logStreams"]), default=0)
    age = time.time() - last / 1000
    if not last:
        return failure(f"{name} has no entry", "wait 15 minutes after a deployment, then run this again")
    if age > FRESH_HOURS * 3600:
        return warning(
            f"{name} had its last entry {age / 3600:.0f} hours ago", "use the desktop, then run this again"
        )
    return ok(f"{name} had its last entry less than {FRESH_HOURS} hours ago")


def _task_streams(deployment: Deployment) -> Iterator[Finding]:
    """Check that each running container has its log stream, which awslogs names PREFIX/CONTAINER/TASK."""
    group = deployment.output("logGroupName")
    for task in deployment.tasks():
        task_id = str(task["taskArn"]).rsplit("/", 1)[-1]
        for container in task["containers"]:
            stream = f"{container['name']}/{container['name']}/{task_id}"
            answer = deployment.aws.find(
                "logs",
                "describe_log_streams",
                "ResourceNotFoundException",
                logGroupName=group,
                logStreamNamePrefix=stream,
            )
            if any(one["logStreamName"] == stream for one in (answer or {}).get("logStreams", [])):
                yield ok(f"{container['name']}: the running task writes its log")
            else:
                yield failure(
                    f"{container['name']}: the running task has no log stream {stream}",
                    "the execution role must be allowed logs:CreateLogStream: pulumi up --refresh",
                )


CHECK = DeploymentCheck(
    "logs", "Every log group is encrypted, has a retention period, and is written to.", find
)
