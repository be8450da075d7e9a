"""ECR repositories: keys, policies and tags that AWS refuses and moto accepts."""

from __future__ import annotations

import json
from typing import Any

from moto.ecr.responses import ECRResponse

from emulator import encryption_keys, principals
from emulator.actions import Parameters, checks, refuse
from emulator.policy_documents import MalformedPolicy, statements


@checks(ECRResponse, "create_repository")
def key_must_exist(call: Any, parameters: Parameters) -> None:
    encryption = parameters.get("encryptionConfiguration", {})
    key = encryption.get("kmsKey")
    if key is None:
        return
    if encryption.get("encryptionType") not in ("KMS", "KMS_DSSE"):
        refuse("InvalidParameterException", "A kmsKey needs the encryptionType KMS or KMS_DSSE.")
    if not encryption_keys.usable(call, key):
        refuse("KmsException", f"The KMS key {key} does not exist here or cannot be used.")


@checks(ECRResponse, "set_repository_policy")
def policy_must_be_valid(call: Any, parameters: Parameters) -> None:
    try:
        listed = statements(parameters["policyText"])
        principals.must_exist(call.current_account, listed)
        if any("Resource" in statement for statement in listed):
            raise MalformedPolicy("A repository policy has no Resource.")
    except MalformedPolicy as error:
        refuse("InvalidParameterException", f"Invalid parameter at 'PolicyText': {error}")


@checks(ECRResponse, "put_lifecycle_policy")
def expiry_by_age_needs_a_unit(_call: Any, parameters: Parameters) -> None:
    # ECR guide, "Lifecycle policy parameters"; moto checks the rest.
    try:
        rules = json.loads(parameters["lifecyclePolicyText"])["rules"]
        selections = [rule["selection"] for rule in rules]
    except (ValueError, KeyError, TypeError):
        return
    for selection in selections:
        by_age = str(selection.get("countType", "")).startswith("since")
        if by_age and selection.get("countUnit") != "days":
            refuse("InvalidParameterException", "Lifecycle policy: an age needs the countUnit days.")
        if not by_age and "countUnit" in selection:
            refuse("InvalidParameterException", "Lifecycle policy: countUnit is for ages only.")


@checks(ECRResponse, "put_image")
def immutable_tags_must_be_new(call: Any, parameters: Parameters) -> None:
    """moto refuses them too, but with the error for an image that is pushed twice."""
    repository = call.ecr_backend.repositories.get(parameters["repositoryName"])
    tag = parameters.get("imageTag")
    if repository is None or repository.image_tag_mutability != "IMMUTABLE":
        return
    for image in repository.images:
        if tag in image.image_tags and image.image_manifest != parameters["imageManifest"]:
            refuse(
                "ImageTagAlreadyExistsException",
                f"The image tag '{tag}' already exists in the '{repository.name}' repository "
                "and cannot be overwritten because the tag is immutable.",
            )
