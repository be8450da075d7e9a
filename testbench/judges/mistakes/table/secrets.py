"""Secrets."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake

_SECRET = "secretsmanager.Secret control-token"

MISTAKES = (
    Mistake(
        "secret's name with a question mark",
        _SECRET,
        {"namePrefix": "computer-use-sandbox/token?-"},
        "Allowed are letters, digits and /_+=.@-.",
        "Secrets Manager API: CreateSecret, Name",
    ),
    Mistake(
        "secret's name with a blank",
        _SECRET,
        {"namePrefix": "control token-"},
        "Allowed are letters, digits and /_+=.@-.",
        "Secrets Manager API: CreateSecret, Name",
    ),
    Mistake(
        "secret's name of 513 characters",
        _SECRET,
        {"namePrefix": "x" * 487},
        "At most 512 characters.",
        "Secrets Manager API: CreateSecret, Name",
    ),
    Mistake(
        "secret's description of 2049 characters",
        _SECRET,
        {"description": "x" * 2049},
        "At most 2048 characters.",
        "Secrets Manager API: DescriptionType",
    ),
    Mistake(
        "secret with a key that does not exist",
        _SECRET,
        {"kmsKeyId": "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"},
        "The key exists.",
        "Secrets Manager API errors: EncryptionFailure",
        refused_at="PutSecretValue",
    ),
    Mistake(
        "secret of 65537 characters",
        "secretsmanager.SecretVersion control-token",
        {"secretString": "x" * 65537},
        "At most 65536 bytes.",
        "Secrets Manager API: SecretStringType",
    ),
    Mistake(
        "value of a secret that does not exist",
        "secretsmanager.SecretVersion control-token",
        {"secretId": "arn:aws:secretsmanager:us-west-2:123456789012:secret:none-AbCdEf"},
        "The secret exists.",
        "Secrets Manager API errors: ResourceNotFoundException",
    ),
)
