"""KMS keys: combinations that AWS refuses and moto accepts (KMS API reference, CreateKey and others)."""

from __future__ import annotations

from typing import Any

from moto.kms.responses import KmsResponse

from emulator.actions import Parameters, checks, refuse

_WAITING_DAYS = range(7, 30 + 1)


@checks(KmsResponse, "create_key")
def usage_must_fit_the_specification(_call: Any, parameters: Parameters) -> None:
    spec, usage = parameters.get("KeySpec", "SYMMETRIC_DEFAULT"), parameters.get("KeyUsage")
    if spec == "SYMMETRIC_DEFAULT" and usage not in (None, "ENCRYPT_DECRYPT"):
        refuse("ValidationException", f"KeyUsage {usage} is not compatible with KeySpec {spec}")
    if spec != "SYMMETRIC_DEFAULT" and usage is None:
        refuse("ValidationException", f"You must specify a KeyUsage value for KeySpec {spec}")


@checks(KmsResponse, "schedule_key_deletion")
def waiting_period_must_be_allowed(_call: Any, parameters: Parameters) -> None:
    days = parameters.get("PendingWindowInDays", _WAITING_DAYS[-1])
    if days not in _WAITING_DAYS:
        refuse("ValidationException", f"PendingWindowInDays is {days}; it must be from 7 to 30.")


@checks(KmsResponse, "enable_key_rotation")
def only_symmetric_keys_rotate(call: Any, parameters: Parameters) -> None:
    backend = call.kms_backend
    key = backend.keys.get(parameters["KeyId"].rsplit("/", 1)[-1])
    if key is not None and key.key_spec != "SYMMETRIC_DEFAULT":
        refuse("UnsupportedOperationException", f"The key {key.id} is no symmetric encryption key.")
