"""IAM trust policies: AWS refuses fields that only a permission policy may have."""

from __future__ import annotations

from typing import Any

from moto.iam.responses import IamResponse

from emulator.actions import Parameters, checks, refuse
from emulator.policy_documents import MalformedPolicy, statements


@checks(IamResponse, "create_role", "update_assume_role_policy")
def trust_policy_must_be_valid(_call: Any, parameters: Parameters) -> None:
    document = parameters.get("AssumeRolePolicyDocument") or parameters.get("PolicyDocument", "")
    try:
        listed = statements(document)
    except MalformedPolicy as error:
        refuse("MalformedPolicyDocument", str(error))
    for statement in listed:
        for prohibited in ("Resource", "NotResource"):
            if prohibited in statement:
                refuse("MalformedPolicyDocument", f"Has prohibited field {prohibited}")
        if "Principal" not in statement:
            refuse("MalformedPolicyDocument", "Missing required field Principal")
