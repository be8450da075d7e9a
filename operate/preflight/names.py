"""Whether names that the stack needs are taken by something that is not in its state.

A name of the program's own choosing makes `pulumi up` stop or, worse, adopt what it did not make. Names
with a random end cannot collide; of these, what an earlier stack of the same name left behind is told.
"""

from collections.abc import Callable, Iterator, Mapping

from operate.checks import attempt
from operate.findings import Finding, failure, ok, warning
from operate.preflight.plan import Plan, PlanCheck
from operate.stack import PROJECT

NAMESPACE = "computer-use.local"


def find(plan: Plan) -> Iterator[Finding]:
    """See the module."""
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
            f"the log group {name} exists already and is not this stack's",
            f"keep what is in it if you need it, then aws logs delete-log-group --log-group-name {name}",
        )
    if free:
        yield ok(f"{free} of {len(plan.stack.log_groups)} log group names are free or this stack's")


def _roles(plan: Plan) -> Iterator[Finding]:
    path = f"/{PROJECT}/{plan.stack.name}/"
    own = plan.stack.owned("aws:iam/role:Role")
    roles = (str(role["RoleName"]) for role in plan.aws.all("iam", "list_roles", "Roles", PathPrefix=path))
    yield from _left(
        f"no IAM role under {path}",
        "roles of another origin",
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
        "secrets of another origin",
        left,
        "aws secretsmanager delete-secret --force-delete-without-recovery --secret-id NAME",
    )


def _repositories(plan: Plan) -> Iterator[Finding]:
    """By name they may belong to another stack as well, so they are only told."""
    own = plan.stack.owned("aws:ecr/repository:Repository")
    found = plan.aws.all("ecr", "describe_repositories", "repositories")
    other = {
        str(repository["repositoryName"])
        for repository in found
        if str(repository["repositoryName"]).startswith(PROJECT)
    } - own
    yield from _left(
        f"no ECR repository {PROJECT}…",
        "repositories of another origin, perhaps of another stack",
        other,
        "if no stack uses it: aws ecr delete-repository --force --repository-name NAME",
    )


def _namespaces(plan: Plan) -> Iterator[Finding]:
    """Several VPCs may have a private DNS namespace of the same name, so this never is a collision."""
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
        "namespaces of another origin; they do not collide, since each belongs to one VPC",
        other,
        "if its VPC is gone: aws servicediscovery delete-namespace --id ID",
    )


def _left(nothing: str, something: str, names: set[str], fix: str) -> Iterator[Finding]:
    if names:
        yield warning(f"{something}: {', '.join(sorted(names))}", fix)
    else:
        yield ok(f"{nothing} but this stack's")


PARTS: Mapping[str, Callable[[Plan], Iterator[Finding]]] = {
    "log groups": _log_groups,
    "IAM roles": _roles,
    "secrets": _secrets,
    "ECR repositories": _repositories,
    "Cloud Map namespaces": _namespaces,
}
CHECK = PlanCheck(
    "names", "No name that the stack needs is taken by something that is not in its state.", find
)
