"""Reads the services of a cluster and what they run."""

from prove.aws import Answer, Aws
from prove.world import Container, Service, Task


def read_services(aws: Aws, cluster: str) -> tuple[Service, ...]:
    """Read every service of the cluster. Raises ValueError where there is no such cluster."""
    found = aws.get("ecs", "describe_clusters", clusters=[cluster])["clusters"]
    if not any(one["status"] == "ACTIVE" for one in found):
        raise ValueError(f"there is no cluster {cluster}")
    arns = aws.all("ecs", "list_services", "serviceArns", cluster=cluster)
    services: list[Service] = []
    for start in range(0, len(arns), 10):  # AWS describes ten at a time.
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
    """The ARN without the field, stage and version that may follow the seven parts of a secret's ARN."""
    return ":".join(reference.split(":")[:7])


def _names_version(reference: str) -> bool:
    """Whether a reference ends in the id of a version, and names no stage: ARN:field:stage:version."""
    parts = reference.split(":")
    return len(parts) == 10 and not parts[8] and bool(parts[9])
