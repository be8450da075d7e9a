"""KMS keys that a request hands to another service, which refuses a key that it cannot use."""

from __future__ import annotations

from emulator.moto_adapter import Call


def usable(call: Call, key: str) -> bool:
    """Whether the key id, ARN or alias names an enabled symmetric key of the caller's account and region.

    AWS's own keys (`alias/aws/…`) exist as soon as their service needs them.
    """
    if key.startswith("arn:"):
        _, _, _, region, account, name = key.split(":", 5)
        if (region, account) != (call.region, call.account):
            return False
        key = name.removeprefix("key/")
    if key.startswith("alias/aws/"):
        return True
    backend = call.backend_of("kms")
    if key.startswith("alias/"):
        key = backend.get_key_id_from_alias(key) or ""
        key = key.rsplit("/", 1)[-1]
    found = backend.keys.get(key)
    return found is not None and found.key_state == "Enabled" and found.key_spec == "SYMMETRIC_DEFAULT"
