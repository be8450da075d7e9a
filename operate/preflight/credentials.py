"""Whether AWS accepts the credentials, and whether they belong to an account that the stack allows."""

from collections.abc import Iterator

from operate.aws import AwsFailure
from operate.findings import Finding, failure, ok, warning
from operate.preflight.plan import Plan, PlanCheck

# Settings that make the AWS provider use another identity than these checks.
OTHER_IDENTITY = frozenset(
    {
        "assumeRole",
        "assumeRoles",
        "assumeRoleWithWebIdentity",
        "customCaBundle",
        "sharedConfigFiles",
        "sharedCredentialsFile",
        "sharedCredentialsFiles",
    }
)


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    settings = plan.stack.settings
    try:
        identity = plan.aws.get("sts", "get_caller_identity")
    except AwsFailure as failed:
        yield failure(
            f"AWS does not accept the credentials in {plan.aws.region}: {failed}",
            "sign in again (aws sso login, or new keys), set aws:profile to the right profile or, for a "
            f"region that is not enabled yet, aws account enable-region --region-name {plan.aws.region}",
        )
        return
    account, arn = str(identity["Account"]), str(identity["Arn"])
    allowed = settings.items("allowedAccountIds", "aws")
    if allowed and account not in allowed:
        yield failure(
            f"the credentials belong to {account}, but aws:allowedAccountIds lists {', '.join(allowed)}",
            "use credentials of an allowed account, or set aws:allowedAccountIds",
        )
    elif account in settings.items("forbiddenAccountIds", "aws"):
        yield failure(
            f"the credentials belong to account {account}, which aws:forbiddenAccountIds lists",
            "use credentials of another account",
        )
    else:
        yield ok(f"account {account}, as {arn}")
    if arn.endswith(":root"):
        yield warning(
            "these are the account's root credentials, which policies cannot limit",
            "deploy as a role or user that has the deployer's policy",
        )
    other = sorted(settings.names("aws") & OTHER_IDENTITY)
    if other:
        yield warning(
            f"the deployment uses {', '.join(f'aws:{name}' for name in other)}, but this check does not",
            "run it with the credentials of that role, for instance with a profile that has role_arn",
        )


CHECK = PlanCheck("credentials", "AWS accepts the credentials, and the account is an allowed one.", find)
