"""Reads the roles, keys, log groups, images and secrets that the services use."""

from collections.abc import Iterable
from concurrent.futures import Executor

from prove.aws import Aws
from prove.policies import Statement, parse
from prove.world import Key, LogGroup, Repository, Role, Secret


def read_roles(aws: Aws, arns: Iterable[str], pool: Executor) -> dict[str, Role]:
    """Read each role with all its policies, by ARN."""
    wanted = sorted(arns)
    return dict(zip(wanted, pool.map(lambda arn: _role(aws, arn), wanted), strict=True))


def _role(aws: Aws, arn: str) -> Role:
    name = arn.rsplit("/", 1)[1]
    raw = aws.get("iam", "get_role", RoleName=name)["Role"]
    rights: list[Statement] = []
    for policy in aws.all("iam", "list_role_policies", "PolicyNames", RoleName=name):
        document = aws.get("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"]
        rights += parse(document)
    attached = aws.all("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    for policy in attached:
        version = aws.get("iam", "get_policy", PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        answer = aws.get("iam", "get_policy_version", PolicyArn=policy["PolicyArn"], VersionId=version)
        rights += parse(answer["PolicyVersion"]["Document"])
    return Role(
        arn=arn,
        name=name,
        trust=parse(raw["AssumeRolePolicyDocument"]),
        rights=tuple(rights),
        managed=tuple(policy["PolicyName"] for policy in attached),
    )


def read_keys(aws: Aws, ids: Iterable[str]) -> dict[str, Key]:
    """Read each key, by the ARN or id by which another resource refers to it."""
    found = {}
    for key in sorted(ids):
        raw = aws.get("kms", "describe_key", KeyId=key)["KeyMetadata"]
        policy = aws.get("kms", "get_key_policy", KeyId=key, PolicyName="default")["Policy"]
        rotates = raw.get("KeyManager") == "AWS" or bool(
            aws.get("kms", "get_key_rotation_status", KeyId=key)["KeyRotationEnabled"]
        )
        found[key] = Key(raw["Arn"], rotates, raw["KeyState"] == "Enabled", parse(policy))
    return found


def read_log_groups(aws: Aws, names: Iterable[str]) -> dict[str, LogGroup]:
    """Read each log group, by name. Groups that do not exist are omitted."""
    found = {}
    for name in sorted(names):
        for raw in aws.all("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name):
            if raw["logGroupName"] == name:
                arn = raw["arn"].removesuffix(":*")
                found[name] = LogGroup(name, arn, raw.get("kmsKeyId", ""), int(raw.get("retentionInDays", 0)))
    return found


def read_repositories(aws: Aws, images: Iterable[str]) -> tuple[Repository, ...]:
    """Read the ECR repositories of the images. Repositories of other registries are omitted."""
    wanted = {
        image.split("@")[0].rsplit(":", 1)[0] if "@" not in image else image.split("@")[0] for image in images
    }
    found = []
    for raw in aws.all("ecr", "describe_repositories", "repositories"):
        if raw["repositoryUri"] not in wanted:
            continue
        encryption = raw.get("encryptionConfiguration", {})
        name = raw["repositoryName"]
        policy = aws.get_or_none(
            "ecr", "get_repository_policy", "RepositoryPolicyNotFoundException", repositoryName=name
        )
        found.append(
            Repository(
                arn=raw["repositoryArn"],
                uri=raw["repositoryUri"],
                key=encryption.get("kmsKey", "") if encryption.get("encryptionType") == "KMS" else "",
                scanned=bool(raw.get("imageScanningConfiguration", {}).get("scanOnPush")),
                policy=parse(policy["policyText"] if policy else None),
            )
        )
    return tuple(found)


def read_secrets(aws: Aws, arns: Iterable[str], pool: Executor) -> dict[str, Secret]:
    """Read the metadata of each secret, but never its value."""

    def one(arn: str) -> Secret:
        raw = aws.get("secretsmanager", "describe_secret", SecretId=arn)
        policy = aws.get("secretsmanager", "get_resource_policy", SecretId=arn).get("ResourcePolicy")
        return Secret(raw["ARN"], raw.get("KmsKeyId", ""), parse(policy))

    wanted = sorted(arn for arn in arns if ":secretsmanager:" in arn)
    return dict(zip(wanted, pool.map(one, wanted), strict=True))
