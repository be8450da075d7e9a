"""Secrets as a task definition names them: `ARN`, or `ARN:jsonKey:versionStage:versionId`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_ARN_PARTS = 7  # arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME


class CannotReadSecret(Exception):
    """Names the variable and the place that its value should come from; never a value."""


@dataclass(frozen=True)
class SecretPlace:
    """Where one value lies in Secrets Manager; an empty member means that nothing was said."""

    arn: str
    json_key: str
    version_stage: str
    version_id: str

    @classmethod
    def of(cls, value_from: str) -> SecretPlace:
        parts = value_from.split(":")
        if len(parts) < _ARN_PARTS or parts[2] != "secretsmanager":
            raise CannotReadSecret(f"{value_from!r} is not the ARN of a secret in Secrets Manager")
        rest = [*parts[_ARN_PARTS:], "", "", ""]
        return cls(":".join(parts[:_ARN_PARTS]), rest[0], rest[1], rest[2])


def read(client: Any, secrets: Mapping[str, str]) -> dict[str, str]:
    """The value of each variable, with Secrets Manager's client."""
    return {variable: _read_one(client, variable, value_from) for variable, value_from in secrets.items()}


def _read_one(client: Any, variable: str, value_from: str) -> str:
    place = SecretPlace.of(value_from)
    version = {"VersionStage": place.version_stage, "VersionId": place.version_id}
    try:
        found = client.get_secret_value(SecretId=place.arn, **{k: v for k, v in version.items() if v})
    except (ClientError, BotoCoreError) as error:
        raise CannotReadSecret(f"{variable} from {value_from}: {error}") from None
    text = str(found["SecretString"])
    if not place.json_key:
        return text
    try:
        return str(json.loads(text)[place.json_key])
    except (ValueError, KeyError, TypeError):
        raise CannotReadSecret(
            f"{variable}: the secret {place.arn} has no JSON key {place.json_key!r}"
        ) from None
