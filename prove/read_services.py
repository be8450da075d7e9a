"""Reads the services of a cluster and their task definitions."""

from prove.aws import Answer, Aws
from prove.world import Container, Service, Task


def read_services(aws: Aws, cluster: str) -> tuple[Service, ...]:
    """Read every service of the cluster. Raises ValueError if the cluster does not exist."""
    found = aws.get("ecs", "describe_clusters", clusters=[cluster])["clusters"]
    if not any(one["status"] == "ACTIVE" for one in found):
        raise ValueError(f"there is no cluster {cluster}")
    arns = aws.all("ecs", "list_services", "serviceArns", cluster=cluster)
    services: list[Service] = []
    for start in range(0, len(arns), 10):  # DescribeServices accepts ten at a time.
        batch = aws.get("ecs", "describe_services", cluster=cluster, services=arns[start : start + 10])
        services += [_service(aws, raw) for raw in batch["services"] if raw["status"] != "INACTIVE"]
    return tuple(sorted(services, key=lambda service: service.name))


def _service(aws: Aws, raw: Answer) -> Service:
    network = raw.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return Service(
        name=raw["serviceName"],
        task=_task(aws.get("ecs", "describe_task_definition", taskDefinition=raw["taskDefinition"])),
        subnets=tuple(network.get("subnets", ())),
        groups=frozenset(network.get("securityGroups", ())),
        public_address=network.get("assignPublicIp", "DISABLED") != "DISABLED",
        exec=bool(raw.get("enableExecuteCommand")),
        behind=tuple(
            (balancer["targetGroupArn"], int(balancer["containerPort"]))
            for balancer in raw.get("loadBalancers", ())
            if "targetGroupArn" in balancer
        ),
    )


def _task(answer: Answer) -> Task:
    raw = answer["taskDefinition"]
    return Task(
        arn=raw["taskDefinitionArn"],
        containers=tuple(_container(container) for container in raw["containerDefinitions"]),
        task_role=raw.get("taskRoleArn") or "",
        execution_role=raw.get("executionRoleArn") or "",
    )


def _container(raw: Answer) -> Container:
    return Container(
        name=raw["name"],
        image=raw["image"],
        ports=frozenset(int(mapping["containerPort"]) for mapping in raw.get("portMappings", ())),
        privileged=bool(raw.get("privileged")),
        environment=tuple(variable["name"] for variable in raw.get("environment", ())),
        secrets=tuple(sorted({_secret_arn(secret["valueFrom"]) for secret in raw.get("secrets", ())})),
        unpinned=tuple(
            secret["name"] for secret in raw.get("secrets", ()) if not _names_version(secret["valueFrom"])
        ),
        log_group=raw.get("logConfiguration", {}).get("options", {}).get("awslogs-group", ""),
    )


def _secret_arn(reference: str) -> str:
    """The secret's ARN, without the field, stage and version that may follow its seven parts."""
    return ":".join(reference.split(":")[:7])


def _names_version(reference: str) -> bool:
    """Whether a reference (ARN:field:stage:version) has a version id and no stage."""
    parts = reference.split(":")
    return len(parts) == 10 and not parts[8] and bool(parts[9])
