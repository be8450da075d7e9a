"""CloudWatch Logs: keys of log groups, which must have a policy that lets the service use them."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends
from moto.logs.responses import LogsResponse

from emulator.actions import Parameters, Result, answers, checks, refuse
from emulator.policy_documents import allows, statements

_NEEDED = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


@checks(LogsResponse, "create_log_group")
def logs_must_be_able_to_use_the_key(call: Any, parameters: Parameters) -> None:
    key = parameters.get("kmsKeyId")
    if key is not None:
        _check(call, key, parameters["logGroupName"])


@answers(LogsResponse)
def associate_kms_key(call: Any, parameters: Parameters) -> Result:
    group = _group(call, parameters)
    _check(call, parameters["kmsKeyId"], group.name)
    group.kms_key_id = parameters["kmsKeyId"]
    return {}


@answers(LogsResponse)
def disassociate_kms_key(call: Any, parameters: Parameters) -> Result:
    _group(call, parameters).kms_key_id = None
    return {}


def _group(call: Any, parameters: Parameters) -> Any:
    name = parameters["logGroupName"]
    if name not in call.logs_backend.groups:
        refuse("ResourceNotFoundException", "The specified log group does not exist.")
    return call.logs_backend.groups[name]


def _check(call: Any, key: str, group: str) -> None:
    arn = f"arn:aws:logs:{call.region}:{call.current_account}:log-group:{group}"
    if not _allowed(call, key, arn):
        refuse(
            "AccessDeniedException",
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'",
        )


def _allowed(call: Any, key_arn: str, log_group_arn: str) -> bool:
    key = kms_backends[call.current_account][call.region].keys.get(key_arn.rsplit("/", 1)[-1])
    if key is None or key.key_state != "Enabled":
        return False
    listed = statements(key.policy)
    context = {"kms:EncryptionContext:aws:logs:arn": log_group_arn, "aws:SourceAccount": call.current_account}
    service = f"logs.{call.region}.amazonaws.com"
    return all(allows(listed, "Service", service, action, context) for action in _NEEDED)
