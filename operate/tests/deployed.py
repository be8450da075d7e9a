"""A small model of a working deployment: the answers of ECS, the load balancer and the log groups."""

import json
import time
from pathlib import Path
from typing import Any

from operate.aws import Access, Aws
from operate.stack import Settings, Stack
from operate.tests.pages import PASSWORD, USERNAME, Pages
from operate.tests.wire import Answer, Wire
from operate.verify.deployment import SERVICES, Deployment

REGION = "us-west-2"
DIGEST = "sha256:" + "a" * 64
CONTAINERS = "/computer-use-sandbox/dev/containers"
FLOWS = "/computer-use-sandbox/dev/flow-logs"
QUERIES = "/computer-use-sandbox/dev/dns-queries"
INSIGHTS = "/aws/ecs/containerinsights/computer-use-sandbox-dev/performance"
GROUPS = (CONTAINERS, FLOWS, QUERIES, INSIGHTS)
# CloudWatch Logs accepts a key only if the key's policy admits the service.
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}],
}


def outputs(console: Pages, viewer: Pages, fingerprint: str) -> dict[str, Any]:
    """What `pulumi stack output --json --show-secrets` prints."""
    return {
        "clusterName": "computer-use-sandbox-dev",
        "environmentServiceName": "environment-1",
        "orchestrationServiceName": "orchestration-1",
        "orchestrationUrl": console.url,
        "environmentUrl": viewer.url,
        "username": USERNAME,
        "password": PASSWORD,
        "tlsCertificateSha256": fingerprint,
        "ingressMode": "open-to-deployer",
        "ingressCidr": "203.0.113.1/32",
        "logGroupName": CONTAINERS,
        "flowLogGroupName": FLOWS,
        "dnsQueryLogGroupName": QUERIES,
        "containerInsightsLogGroupName": INSIGHTS,
    }


def deployment(
    stack_outputs: dict[str, Any], folder: Path, asks: bool = False, **settings: object
) -> Deployment:
    """A stack with these outputs."""
    values = {"displayWidth": 64, "displayHeight": 48, "defaultProvider": "bedrock", "defaultModel": "m.x"}
    shown = {
        f"computer-use-sandbox:{key}": {"value": str(value)} for key, value in {**values, **settings}.items()
    }
    access = Access(REGION)
    return Deployment(
        Stack("dev", Settings(shown), access, outputs=stack_outputs, secrets=(PASSWORD,)),
        Aws(access),
        folder,
        asks,
    )


def service(name: str, **changes: Any) -> Answer:
    """One service of DescribeServices."""
    return {
        "serviceName": f"{name}-1",
        "status": "ACTIVE",
        "runningCount": 1,
        "desiredCount": 1,
        "deployments": [{"status": "PRIMARY", "rolloutState": "COMPLETED"}],
        "events": [{"message": f"(service {name}-1) has reached a steady state."}],
        "loadBalancers": [{"targetGroupArn": f"arn:{name}", "containerName": name, "containerPort": 8443}],
        **changes,
    }


def task(name: str, **container: Any) -> Answer:
    """One task of DescribeTasks."""
    return {
        "taskArn": f"arn:aws:ecs:us-west-2:123456789012:task/c/{name}-task",
        "taskDefinitionArn": f"arn:aws:ecs:us-west-2:123456789012:task-definition/{name}:1",
        "containers": [
            {
                "name": name,
                "imageDigest": DIGEST,
                "lastStatus": "RUNNING",
                "healthStatus": "HEALTHY",
                **container,
            }
        ],
    }


def definition(image: str = f"1.dkr.ecr.us-west-2.amazonaws.com/computer-use-sandbox-1@{DIGEST}") -> Any:
    """DescribeTaskDefinition, by the name in its ARN."""

    def answer(parameters: Any) -> Answer:
        name = parameters["taskDefinition"].rpartition("/")[2].partition(":")[0]
        return {"taskDefinition": {"containerDefinitions": [{"name": name, "image": image}]}}

    return answer


def health(state: str = "healthy") -> Answer:
    """DescribeTargetHealth."""
    return {"TargetHealthDescriptions": [{"TargetHealth": {"State": state, "Description": "because"}}]}


def prepare(wire: Wire, client: Any) -> str:
    """Let ECS and the load balancer answer as for a working deployment, and create its log groups.

    Returns the ARN of the key that encrypts them.
    """

    def tasks_of(parameters: Any) -> Answer:
        return {"taskArns": [parameters["serviceName"].removesuffix("-1")]}

    wire.answers |= {
        ("ecs", "DescribeServices"): {"services": [service(name) for name in SERVICES]},
        ("ecs", "ListTasks"): tasks_of,
        ("ecs", "DescribeTasks"): lambda parameters: {"tasks": [task(parameters["tasks"][0])]},
        ("ecs", "DescribeTaskDefinition"): definition(),
        ("elbv2", "DescribeTargetHealth"): health(),
    }
    logs = client("logs")
    key = str(client("kms").create_key(Policy=json.dumps(KEY_POLICY))["KeyMetadata"]["Arn"])
    for group in GROUPS:
        logs.create_log_group(logGroupName=group, kmsKeyId=key)
        logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    for name in SERVICES:
        write(logs, CONTAINERS, f"{name}/{name}/{name}-task", "started")
    write(logs, FLOWS, "eni-1", "2 - - - -")
    write(logs, INSIGHTS, "FargateTelemetry-1", "{}")
    query(logs, "pypi.org.", answers=[{"Rdata": "192.0.2.1", "Type": "A", "Class": "IN"}])
    query(logs, "example.net.", answers=[], firewall_rule_action="BLOCK")
    write(logs, CONTAINERS, "orchestration/orchestration/orchestration-task", answer_event())
    return key


def answer_event(**changes: object) -> str:
    """The line that the agent logs when its model has answered."""
    event = {"source": "record", "seq": 1, "time": "2026-11-30T20:00:00Z", "kind": "answer", "data": {}}
    return json.dumps({**event, **changes})


def query(logs: Any, name: str, **fields: object) -> None:
    """One entry of the query log."""
    entry = {
        "query_name": name,
        "query_timestamp": "2026-11-30T20:00:00Z",
        "rcode": "NOERROR",
        "answers": [],
        **fields,
    }
    write(logs, QUERIES, "vpc-1", json.dumps(entry))


def write(logs: Any, group: str, stream: str, message: str, hours_ago: float = 0) -> None:
    """Write one event, and create the stream if it does not exist."""
    found = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]
    if all(one["logStreamName"] != stream for one in found):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    when = int((time.time() - hours_ago * 3600) * 1000)
    event = {"timestamp": when, "message": message}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
