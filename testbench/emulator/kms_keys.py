"""KMS keys and their policies: requests that AWS refuses and moto accepts.

Sources: the KMS API reference at CreateKey and the other actions; for key policies, the developer guide: AWS
refuses a policy that would lock out everybody who could change it.
"""

from __future__ import annotations

from emulator import principals
from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters
from emulator.policy_documents import MalformedPolicy, allows, statements

_WAITING_DAYS = range(7, 30 + 1)


@checks("kms", "create_key")
def usage_must_fit_the_specification(_call: Call, parameters: Parameters) -> None:
    spec, usage = parameters.get("KeySpec", "SYMMETRIC_DEFAULT"), parameters.get("KeyUsage")
    if spec == "SYMMETRIC_DEFAULT" and usage not in (None, "ENCRYPT_DECRYPT"):
        refuse("ValidationException", f"KeyUsage {usage} is not compatible with KeySpec {spec}")
    if spec != "SYMMETRIC_DEFAULT" and usage is None:
        refuse("ValidationException", f"You must specify a KeyUsage value for KeySpec {spec}")


@checks("kms", "schedule_key_deletion")
def waiting_period_must_be_allowed(_call: Call, parameters: Parameters) -> None:
    days = parameters.get("PendingWindowInDays", _WAITING_DAYS[-1])
    if days not in _WAITING_DAYS:
        refuse("ValidationException", f"PendingWindowInDays is {days}; it must be from 7 to 30.")


@checks("kms", "enable_key_rotation")
def only_symmetric_keys_rotate(call: Call, parameters: Parameters) -> None:
    key = call.backend.keys.get(parameters["KeyId"].rsplit("/", 1)[-1])
    if key is not None and key.key_spec != "SYMMETRIC_DEFAULT":
        refuse("UnsupportedOperationException", f"The key {key.id} is not a symmetric encryption key.")


@checks("kms", "create_key", "put_key_policy")
def policy_must_be_valid_and_changeable(call: Call, parameters: Parameters) -> None:
    document = parameters.get("Policy")
    if document is None:
        return
    try:
        listed = statements(document)
        principals.must_exist(call, listed)
    except MalformedPolicy as error:
        refuse("MalformedPolicyDocumentException", str(error))
    for statement in listed:
        if "Principal" not in statement or "Resource" not in statement:
            refuse("MalformedPolicyDocumentException", "A key policy statement needs Principal and Resource.")
    if parameters.get("BypassPolicyLockoutSafetyCheck"):
        return
    callers = (f"arn:aws:iam::{call.account}:root", call.account)
    if not any(allows(listed, "AWS", caller, "kms:PutKeyPolicy", {}) for caller in callers):
        refuse(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )
