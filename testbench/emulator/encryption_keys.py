"""KMS keys that other services are given: a key that does not exist, or not here, is refused."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends


def usable(call: Any, key: str) -> bool:
    """Whether the key id, ARN or alias names an enabled symmetric key of the caller's account and region.

    AWS's own keys (`alias/aws/…`) exist as soon as their service needs them.
    """
    if key.startswith("arn:"):
        _, _, _, region, account, name = key.split(":", 5)
        if (region, account) != (call.region, call.current_account):
            return False
        key = name.removeprefix("key/")
    if key.startswith("alias/aws/"):
        return True
    backend: Any = kms_backends[call.current_account][call.region]
    if key.startswith("alias/"):
        key = backend.get_key_id_from_alias(key) or ""
        key = key.rsplit("/", 1)[-1]
    found = backend.keys.get(key)
    return found is not None and found.key_state == "Enabled" and found.key_spec == "SYMMETRIC_DEFAULT"
