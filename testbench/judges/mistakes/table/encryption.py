"""The key, its policy and its alias."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake
from judges.places_in_inputs import ABSENT

_KEY = "kms.Key sandbox"
_ALIAS = "kms.Alias sandbox"
_POLICY = "KMS guide: key policies"

MISTAKES = (
    Mistake(
        "key of an unknown kind",
        _KEY,
        {"customerMasterKeySpec": "AES_256"},
        "The kind is one of KMS's, such as SYMMETRIC_DEFAULT.",
        "KMS API: KeySpec",
    ),
    Mistake(
        "key for an unknown use",
        _KEY,
        {"keyUsage": "ENCRYPT"},
        "The use is ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC or KEY_AGREEMENT.",
        "KMS API: KeyUsageType",
    ),
    Mistake(
        "symmetric key that signs",
        _KEY,
        {"keyUsage": "SIGN_VERIFY"},
        "A symmetric key encrypts and decrypts.",
        "KMS API: CreateKey, KeyUsage",
    ),
    Mistake(
        "key's description of 8193 characters",
        _KEY,
        {"description": "x" * 8193},
        "At most 8192 characters.",
        "KMS API: CreateKey, Description",
    ),
    Mistake(
        "key that nobody may manage",
        _KEY,
        {"policy!Statement.0.Action.0": "kms:Encrypt"},
        "A key policy lets its author change it.",
        "KMS API: CreateKey, BypassPolicyLockoutSafetyCheck",
    ),
    Mistake(
        "key policy that is not JSON",
        _KEY,
        {"policy": "{'Version': '2012-10-17'}"},
        "A key policy is JSON.",
        f"{_POLICY}",
    ),
    Mistake(
        "key policy without a resource",
        _KEY,
        {"policy!Statement.1.Resource": ABSENT},
        "A key policy's statement has a resource.",
        f"{_POLICY}",
    ),
    Mistake(
        "key policy without a principal",
        _KEY,
        {"policy!Statement.1.Principal": ABSENT},
        "A key policy's statement has a principal.",
        f"{_POLICY}",
    ),
    Mistake(
        "key policy for a misspelt service",
        _KEY,
        {"policy!Statement.1.Principal.Service": "log.us-west-2.amazonaws.com"},
        "A principal of a key policy exists.",
        "KMS API errors: MalformedPolicyDocumentException, invalid principals",
    ),
    Mistake(
        "key policy with an unknown operator",
        _KEY,
        {"policy!Statement.1.Condition": {"ArnLikes": {"aws:SourceArn": "arn:aws:logs:*:*:*"}}},
        "The operator exists.",
        "IAM reference: condition operators",
    ),
    Mistake(
        "alias in AWS's own space",
        _ALIAS,
        {"name": "alias/aws/sandbox"},
        "An alias does not begin with alias/aws/.",
        "KMS API: CreateAlias, AliasName",
    ),
    Mistake(
        "alias without alias/",
        _ALIAS,
        {"name": "sandbox"},
        "An alias begins with alias/.",
        "KMS API: CreateAlias, AliasName",
    ),
    Mistake(
        "alias with a dot",
        _ALIAS,
        {"name": "alias/sandbox.key"},
        "An alias has letters, digits, slashes, underscores and hyphens.",
        "KMS API: CreateAlias, AliasName",
    ),
    Mistake(
        "alias for a key that does not exist",
        _ALIAS,
        {"targetKeyId": "01234567-89ab-cdef-0123-456789abcdef"},
        "The key exists.",
        "KMS API errors: NotFoundException",
    ),
)
