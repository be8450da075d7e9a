"""ECR repositories: keys, policies and tags that AWS refuses and moto accepts."""

from __future__ import annotations

from emulator import encryption_keys, principals
from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters
from emulator.policy_documents import MalformedPolicy, statements


@checks("ecr", "create_repository")
def key_must_exist(call: Call, parameters: Parameters) -> None:
    encryption = parameters.get("encryptionConfiguration", {})
    key = encryption.get("kmsKey")
    if key is None:
        return
    if encryption.get("encryptionType") not in ("KMS", "KMS_DSSE"):
        refuse("InvalidParameterException", "A kmsKey needs the encryptionType KMS or KMS_DSSE.")
    if not encryption_keys.usable(call, key):
        refuse("KmsException", f"The KMS key {key} does not exist here or cannot be used.")


@checks("ecr", "set_repository_policy")
def policy_must_be_valid(call: Call, parameters: Parameters) -> None:
    try:
        listed = statements(parameters["policyText"])
        principals.must_exist(call, listed)
        if any("Resource" in statement for statement in listed):
            raise MalformedPolicy("A repository policy has no Resource.")
    except MalformedPolicy as error:
        refuse("InvalidParameterException", f"Invalid parameter at 'PolicyText': {error}")


@checks("ecr", "put_image")
def immutable_tags_must_be_new(call: Call, parameters: Parameters) -> None:
    """moto refuses these too, but with the error code for an image that was pushed before."""
    repository = call.backend.repositories.get(parameters["repositoryName"])
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
