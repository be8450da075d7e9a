"""KMS key policies: AWS refuses one that is no policy, and one that its author could never change again."""

from __future__ import annotations

from typing import Any

from moto.kms.responses import KmsResponse

from emulator import principals
from emulator.actions import Parameters, checks, refuse
from emulator.policy_documents import MalformedPolicy, allows, statements


@checks(KmsResponse, "create_key", "put_key_policy")
def policy_must_be_valid_and_leave_a_way_back(call: Any, parameters: Parameters) -> None:
    document = parameters.get("Policy")
    if document is None:
        return
    try:
        listed = statements(document)
        principals.must_exist(call.current_account, listed)
    except MalformedPolicy as error:
        refuse("MalformedPolicyDocumentException", str(error))
    for statement in listed:
        if "Principal" not in statement or "Resource" not in statement:
            refuse("MalformedPolicyDocumentException", "A key policy statement needs Principal and Resource.")
    if parameters.get("BypassPolicyLockoutSafetyCheck"):
        return
    account = call.current_account
    callers = (f"arn:aws:iam::{account}:root", account)
    if not any(allows(listed, "AWS", caller, "kms:PutKeyPolicy", {}) for caller in callers):
        refuse(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )
