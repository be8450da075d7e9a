"""Theorems about permissions in the account."""

from collections.abc import Iterator

from prove.policies import Statement, within
from prove.theorems import AGENT, DESKTOP, Case, Theorem
from prove.world import Role, Service, World

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
WRITE_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
WRITE_FLOW_LOGS = (*WRITE_LOGS, "logs:DescribeLogStreams")
LIST_LOG_GROUPS = "logs:DescribeLogGroups"
"""AWS can't limit this action to log groups."""

INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
EXACTLY = ("StringEquals", "ArnEquals")


def _the_desktop_has_no_identity(case: Case) -> Iterator[str]:
    for service in case.services(DESKTOP):
        if service.task.task_role:
            yield f"{service.name} has the role {service.task.task_role}"
    for service in case.world.services:
        if service.exec:
            yield f"{service.name} allows shells with ECS Exec"


def _the_agent_only_invokes_models(case: Case) -> Iterator[str]:
    for service in case.services(AGENT):
        if not service.task.task_role:
            continue  # Without a role it has no permissions in AWS.
        role = case.world.roles[service.task.task_role]
        yield from _managed(role)
        for statement in _grants(role):
            for reason in _no_model(statement, case):
                yield f"{role.name}: {reason} ({statement})"


def _no_model(statement: Statement, case: Case) -> Iterator[str]:
    if statement.excludes:
        yield "allows everything except some actions"
    for action in statement.actions:
        if action not in INVOKE:
            yield f"allows {action}"
    profiles = statement.values_of("bedrock:InferenceProfileArn", *EXACTLY)
    for resource in statement.resources:
        if resource == default_project(case.world):
            continue
        _, found, model = resource.partition(":foundation-model/")
        if not found:
            _, found, model = resource.partition(":inference-profile/")
        if not resource.startswith("arn:") or ":bedrock:" not in resource or not found:
            yield f"names {resource}, which is not a model"
        elif "*" in model or "?" in model:
            yield f"names every model that matches {model}"
        elif case.expected.models is not None and model not in case.expected.models:
            allowed = {profile.rpartition("/")[2] for profile in profiles or ()}
            ends = {name.split(".", 1)[1] for name in allowed if "." in name}
            if not allowed or not allowed <= case.expected.models or ends != {model}:
                yield f"names {model}, which is not configured"


def default_project(world: World) -> str:
    """The ARN of the project of a call that names none. AWS requires permission on it too."""
    return f"arn:{world.partition}:bedrock:{world.region}:{world.account}:project/default"


def _starting_a_task_needs_no_more(case: Case) -> Iterator[str]:
    for service in case.world.services:
        arn = service.task.execution_role
        if not arn:
            yield f"{service.name} has no execution role, so its image can't be pulled"
            continue
        role = case.world.roles[arn]
        yield from _managed(role)
        for statement in _grants(role):
            yield from (f"{role.name}: {reason}" for reason in _too_much(statement, service, case.world))


def _too_much(statement: Statement, service: Service, world: World) -> Iterator[str]:
    containers = service.task.containers
    images = [one.arn for one in world.repositories if any(c.image.startswith(one.uri) for c in containers)]
    groups = [world.log_groups[c.log_group].arn for c in containers if c.log_group in world.log_groups]
    secrets = [arn for container in containers for arn in container.secrets]
    keys = {world.secrets[arn].key for arn in secrets if arn in world.secrets}
    limits: dict[str, list[str]] = {
        "ecr:GetAuthorizationToken": ["*"],
        **{action: images for action in PULL},
        **{action: [f"{group}:*" for group in groups] for action in WRITE_LOGS},
        "secretsmanager:GetSecretValue": secrets,
        "kms:Decrypt": [world.keys[key].arn for key in keys if key in world.keys],
    }
    yield from _beyond(statement, limits)
    if "kms:Decrypt" in statement.actions:
        through = statement.values_of("kms:ViaService", *EXACTLY)
        if through != (f"secretsmanager.{world.region}.{world.dns_suffix}",):
            yield f"may decrypt without going through Secrets Manager ({statement})"


def _flow_logs_only_write(case: Case) -> Iterator[str]:
    for log in case.world.flow_logs:
        if not log.role:
            continue
        role = case.world.roles[log.role]
        yield from _managed(role)
        group = case.world.log_groups.get(log.destination)
        resources = [group.arn, f"{group.arn}:*"] if group else []
        for statement in _grants(role):
            limits = {LIST_LOG_GROUPS: ["*"], **dict.fromkeys(WRITE_FLOW_LOGS, resources)}
            yield from (f"{role.name}: {reason}" for reason in _beyond(statement, limits))


def _beyond(statement: Statement, limits: dict[str, list[str]]) -> Iterator[str]:
    """Yield a message for each permission of the statement beyond the limits (action → resources)."""
    if statement.excludes:
        yield f"allows everything except some actions ({statement})"
        return
    for action in statement.actions:
        if action not in limits:
            yield f"may {action} ({statement})"
            continue
        for resource in statement.resources:
            if not within(resource, *limits[action]):
                yield f"may {action} on {resource}"


def _grants(role: Role) -> Iterator[Statement]:
    return (statement for statement in role.rights if statement.allows)


def _managed(role: Role) -> Iterator[str]:
    for policy in role.managed:
        yield f"{role.name} has the managed policy {policy}"


def _nobody_else_becomes_a_role(case: Case) -> Iterator[str]:
    world = case.world
    flow_log_roles = {log.role for log in world.flow_logs}
    for role in world.roles.values():
        service = "vpc-flow-logs.amazonaws.com" if role.arn in flow_log_roles else "ecs-tasks.amazonaws.com"
        for statement in role.trust:
            if not statement.allows:
                continue
            if statement.excludes or set(statement.principals) != {f"Service:{service}"}:
                yield f"{role.name} can be assumed: {statement}"
            if statement.values_of("aws:SourceAccount", "StringEquals") != (world.account,):
                yield f"{role.name} can be assumed by {service} for other accounts"


def _nobody_else_uses_the_key(case: Case) -> Iterator[str]:
    world = case.world
    for key in world.keys.values():
        if not key.rotates:
            yield f"{key.arn} is not rotated"
        if not key.enabled:
            yield f"{key.arn} is not enabled"
        for statement in (one for one in key.policy if one.allows):
            for principal in statement.principals:
                if principal == f"AWS:arn:{world.partition}:iam::{world.account}:root":
                    continue
                groups = statement.values_of("kms:EncryptionContext:aws:logs:arn", "ArnLike", "ArnEquals")
                own = f":{world.region}:{world.account}:log-group:"
                if (
                    principal != f"Service:logs.{world.region}.{world.dns_suffix}"
                    or not groups
                    or not all(own in group for group in groups)
                ):
                    yield f"{key.arn}: {statement}"
            if statement.excludes or not statement.principals:
                yield f"{key.arn}: {statement}"


def _secrets_are_read_by_their_tasks_only(case: Case) -> Iterator[str]:
    for secret in case.world.secrets.values():
        if not secret.key:
            yield f"{secret.arn} is encrypted with the account's default key"
        for statement in secret.policy:
            if statement.allows:
                yield f"{secret.arn}: {statement}"
    for repository in case.world.repositories:
        for statement in repository.policy:
            if statement.allows:
                yield f"{repository.arn}: {statement}"


IDENTITY = (
    Theorem(
        "desktop-identity",
        "The desktop has no AWS identity, and nobody can open a shell in a task.",
        _the_desktop_has_no_identity,
    ),
    Theorem(
        "agent-rights",
        "The agent may invoke the configured models and nothing else.",
        _the_agent_only_invokes_models,
    ),
    Theorem(
        "start-rights",
        "Execution roles may pull their image, write their log and read their secrets, and nothing else.",
        _starting_a_task_needs_no_more,
    ),
    Theorem(
        "flow-log-rights", "Flow logs may write to their log group and nothing else.", _flow_logs_only_write
    ),
    Theorem(
        "role-trust",
        "Only ECS tasks and flow logs of this account can assume these roles.",
        _nobody_else_becomes_a_role,
    ),
    Theorem(
        "key",
        "The key is rotated and can be used by this account and this region's log groups only.",
        _nobody_else_uses_the_key,
    ),
    Theorem(
        "sharing",
        "No secret and no image is shared, and no secret is encrypted with the account's default key.",
        _secrets_are_read_by_their_tasks_only,
    ),
)
