"""Secrets Manager: requests that AWS refuses and moto accepts."""

from __future__ import annotations

from emulator import encryption_keys, principals
from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters
from emulator.policy_documents import MalformedPolicy, statements


@checks("secretsmanager", "create_secret", "put_secret_value", "update_secret")
def one_value_only(_call: Call, parameters: Parameters) -> None:
    if parameters.get("SecretString") is not None and parameters.get("SecretBinary") is not None:
        refuse("InvalidParameterException", "You can't specify both a binary secret value and a string one.")


@checks("secretsmanager", "create_secret", "update_secret")
def key_must_exist(call: Call, parameters: Parameters) -> None:
    key = parameters.get("KmsKeyId")
    if key and not encryption_keys.usable(call, key):
        refuse("ResourceNotFoundException", f"Secrets Manager can't find or use the KMS key {key}.")


@checks("secretsmanager", "create_secret", "tag_resource")
def tags_must_not_be_reserved(_call: Call, parameters: Parameters) -> None:
    # Secrets Manager guide, "Tag secrets": aws: is reserved.
    for tag in parameters.get("Tags", []):
        if tag.get("Key", "").lower().startswith("aws:"):
            refuse(
                "InvalidParameterException", f"The tag key {tag['Key']} begins with aws:, which is reserved."
            )


@checks("secretsmanager", "put_resource_policy")
def policy_must_be_valid(call: Call, parameters: Parameters) -> None:
    try:
        principals.must_exist(call, statements(parameters["ResourcePolicy"]))
    except MalformedPolicy as error:
        refuse("MalformedPolicyDocumentException", str(error))
