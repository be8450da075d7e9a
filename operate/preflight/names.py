"""Whether names that the stack needs are used by resources that are not in its state.

If a fixed name is taken, `pulumi up` stops or, worse, adopts a resource that it did not create. Names with a
random suffix cannot collide; for those, the check reports what an earlier stack of the same name left behind.
"""

from collections.abc import Callable, Iterator, Mapping

from operate.checks import attempt
from operate.findings import Finding, failure, ok, warning
from operate.preflight.plan import Plan, PlanCheck
from operate.stack import PROJECT

NAMESPACE = "computer-use.local"


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    for what, part in PARTS.items():
        yield from attempt(what, lambda part=part: part(plan))  # type: ignore[misc]


def _log_groups(plan: Plan) -> Iterator[Finding]:
    own = plan.stack.owned("aws:cloudwatch/logGroup:LogGroup")
    free = 0
    for name in plan.stack.log_groups:
        groups = plan.aws.all("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
        if name in own or all(group["logGroupName"] != name for group in groups):
            free += 1
            continue
        yield failure(
            f"the log group {name} exists already and does not belong to this stack",
            f"save its content if you need it, then aws logs delete-log-group --log-group-name {name}",
        )
    if free:
        yield ok(f"{free} of {len(plan.stack.log_groups)} log group names are free or belong to this stack")


def _roles(plan: Plan) -> Iterator[Finding]:
    path = f"/{PROJECT}/{plan.stack.name}/"
    own = plan.stack.owned("aws:iam/role:Role")
    roles = (str(role["RoleName"]) for role in plan.aws.all("iam", "list_roles", "Roles", PathPrefix=path))
    yield from _left(
        f"no IAM role under {path}",
        "roles that do not belong to this stack",
        set(roles) - own,
        "aws iam delete-role --role-name NAME",
    )


def _secrets(plan: Plan) -> Iterator[Finding]:
    prefix = f"{PROJECT}/{plan.stack.name}/"
    secrets = list(
        plan.aws.all(
            "secretsmanager",
            "list_secrets",
            "SecretList",
            IncludePlannedDeletion=True,
            Filters=[{"Key": "name", "Values": [prefix]}],
        )
    )
    own = plan.stack.owned("aws:secretsmanager/secret:Secret")
    left = {
        f"{secret['Name']}{' (scheduled for deletion)' if secret.get('DeletedDate') else ''}"
        for secret in secrets
        if secret["ARN"] not in own
    }
    yield from _left(
        f"no secret under {prefix}",
        "secrets that do not belong to this stack",
        left,
        "aws secretsmanager delete-secret --force-delete-without-recovery --secret-id NAME",
    )


def _repositories(plan: Plan) -> Iterator[Finding]:
    """Report repositories, only as warnings: by their names they may also belong to another stack."""
    own = plan.stack.owned("aws:ecr/repository:Repository")
    found = plan.aws.all("ecr", "describe_repositories", "repositories")
    other = {
        str(repository["repositoryName"])
        for repository in found
        if str(repository["repositoryName"]).startswith(PROJECT)
    } - own
    yield from _left(
        f"no ECR repository {PROJECT}…",
        "repositories that do not belong to this stack, but perhaps to another one",
        other,
        "if no stack uses it: aws ecr delete-repository --force --repository-name NAME",
    )


def _namespaces(plan: Plan) -> Iterator[Finding]:
    """Report namespaces. Several VPCs may have one of the same name, so they never collide."""
    found = plan.aws.all(
        "servicediscovery",
        "list_namespaces",
        "Namespaces",
        Filters=[{"Name": "TYPE", "Values": ["DNS_PRIVATE"], "Condition": "EQ"}],
    )
    own = plan.stack.owned("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace")
    other = {str(one["Id"]) for one in found if one["Name"] == NAMESPACE} - own
    yield from _left(
        f"no Cloud Map namespace {NAMESPACE}",
        "namespaces that do not belong to this stack; they do not collide, since each belongs to one VPC",
        other,
        "if its VPC is gone: aws servicediscovery delete-namespace --id ID",
    )


def _left(nothing: str, something: str, names: set[str], fix: str) -> Iterator[Finding]:
    if names:
        yield warning(f"{something}: {', '.join(sorted(names))}", fix)
    else:
        yield ok(f"{nothing} except this stack's")


PARTS: Mapping[str, Callable[[Plan], Iterator[Finding]]] = {
    "log groups": _log_groups,
    "IAM roles": _roles,
    "secrets": _secrets,
    "ECR repositories": _repositories,
    "Cloud Map namespaces": _namespaces,
}
CHECK = PlanCheck("names", "No name that the stack needs is used by a resource outside its state.", find)
