"""CloudWatch Logs: names that AWS keeps for itself, and KMS keys that the service must be allowed to use."""

from __future__ import annotations

from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters
from emulator.policy_documents import allows, statements

# API reference, CreateLogGroup: "Log group names can't start with the string aws/".
_RESERVED = "aws/"
_NEEDED = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


@checks("logs", "create_log_group")
def name_must_not_be_reserved(_call: Call, parameters: Parameters) -> None:
    name = parameters["logGroupName"]
    if name.startswith(_RESERVED):
        refuse("InvalidParameterException", f"Log group names can't start with {_RESERVED}: {name}")


@checks("logs", "create_log_group")
def logs_must_be_able_to_use_the_key(call: Call, parameters: Parameters) -> None:
    key = parameters.get("kmsKeyId")
    if key is not None:
        _check(call, key, parameters["logGroupName"])


def _check(call: Call, key: str, group: str) -> None:
    arn = f"arn:aws:logs:{call.region}:{call.account}:log-group:{group}"
    if not _allowed(call, key, arn):
        refuse(
            "AccessDeniedException",
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'",
        )


def _allowed(call: Call, key_arn: str, log_group_arn: str) -> bool:
    key = call.backend_of("kms").keys.get(key_arn.rsplit("/", 1)[-1])
    if key is None or key.key_state != "Enabled":
        return False
    listed = statements(key.policy)
    context = {"kms:EncryptionContext:aws:logs:arn": log_group_arn, "aws:SourceAccount": call.account}
    service = f"logs.{call.region}.amazonaws.com"
    return all(allows(listed, "Service", service, action, context) for action in _NEEDED)
