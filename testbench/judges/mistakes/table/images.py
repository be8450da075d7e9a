"""The image repository."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake
from judges.places_in_inputs import ABSENT

_REPOSITORY = "ecr.Repository computer-use-sandbox"
_LIFECYCLE = "ecr.LifecyclePolicy computer-use-sandbox"
_RULES = "ECR guide: lifecycle policy properties"

MISTAKES = (
    Mistake(
        "repository's name in capital letters",
        _REPOSITORY,
        {"name": "Computer-Use-Sandbox"},
        "A name has small letters and digits, with single separators between them.",
        "ECR API: CreateRepository, repositoryName",
    ),
    Mistake(
        "repository's name that ends with a hyphen",
        _REPOSITORY,
        {"name": "computer-use-sandbox-"},
        "A name has small letters and digits, with single separators between them.",
        "ECR API: CreateRepository, repositoryName",
    ),
    Mistake(
        "repository's name of one letter",
        _REPOSITORY,
        {"name": "c"},
        "A name has 2 to 256 characters.",
        "ECR API: CreateRepository, repositoryName",
    ),
    Mistake(
        "unknown mutability of tags",
        _REPOSITORY,
        {"imageTagMutability": "FROZEN"},
        "It is MUTABLE, IMMUTABLE or one of the two with exclusions.",
        "ECR API: ImageTagMutability",
    ),
    Mistake(
        "unknown encryption of images",
        _REPOSITORY,
        {"encryptionConfigurations.0.encryptionType": "SSE"},
        "The encryption is AES256, KMS or KMS_DSSE.",
        "ECR API: EncryptionType",
    ),
    Mistake(
        "key for images that need none",
        _REPOSITORY,
        {"encryptionConfigurations.0.encryptionType": "AES256"},
        "Only KMS and KMS_DSSE have a key.",
        "ECR API: EncryptionConfiguration, kmsKey",
    ),
    Mistake(
        "two lifecycle rules of one priority",
        _LIFECYCLE,
        {"policy!rules.1.rulePriority": 1},
        "Each rule has a priority of its own.",
        _RULES,
    ),
    Mistake(
        "lifecycle rule that counts nothing",
        _LIFECYCLE,
        {"policy!rules.0.selection.countNumber": 0},
        "The number is positive.",
        _RULES,
    ),
    Mistake(
        "lifecycle rule with an unknown count",
        _LIFECYCLE,
        {"policy!rules.0.selection.countType": "imageCount"},
        "The count is imageCountMoreThan, sinceImagePushed or one of the others.",
        _RULES,
    ),
    Mistake(
        "lifecycle rule for tagged images without tags",
        _LIFECYCLE,
        {"policy!rules.0.selection.tagPrefixList": ABSENT},
        "tagged needs tagPrefixList or tagPatternList.",
        _RULES,
    ),
    Mistake(
        "lifecycle rule with an unknown action",
        _LIFECYCLE,
        {"policy!rules.0.action.type": "delete"},
        "The action is expire or transition.",
        _RULES,
    ),
    Mistake(
        "lifecycle rule with a unit for a number of images",
        _LIFECYCLE,
        {"policy!rules.0.selection.countUnit": "days"},
        "Only counts of time have a unit.",
        _RULES,
    ),
    Mistake(
        "lifecycle policy that is not JSON",
        _LIFECYCLE,
        {"policy": "keep the newest 10"},
        "The policy is JSON.",
        _RULES,
    ),
)
