"""Read-only access to AWS with the stack's region and credentials. Errors become exceptions defined here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

Answer = dict[str, Any]
"""JSON as boto3 returns it."""

READ_ONLY = ("batch_get_", "describe_", "filter_", "get_", "list_", "simulate_")
# Error codes for a missing permission. They differ by protocol and age of the API.
DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)


class AwsFailure(Exception):
    """AWS did not answer, for a reason other than a missing permission."""


class Denied(AwsFailure):
    """The identity lacks a permission, such as `bedrock:GetInferenceProfile`."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"these credentials may not call {permission}")
        self.permission = permission


class Refused(AwsFailure):
    """AWS answered with an error code: the resource does not exist, or the request is invalid."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation} answers {code}: {message}")
        self.code = code


@dataclass(frozen=True)
class Access:
    """Region and credentials. None means: as set in the environment and the AWS configuration files."""

    region: str
    profile: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    token: str | None = None


class Aws:
    """Sends read-only calls. Any other call is refused before it is sent."""

    def __init__(self, access: Access) -> None:
        """Raises AwsFailure if the profile does not exist."""
        self.region = access.region
        self._config = Config(
            retries={"max_attempts": 3, "mode": "standard"}, connect_timeout=5, read_timeout=30
        )
        try:
            self._session: Any = boto3.Session(
                region_name=access.region,
                profile_name=access.profile,
                aws_access_key_id=access.access_key,
                aws_secret_access_key=access.secret_key,
                aws_session_token=access.token,
            )
        except BotoCoreError as error:
            raise AwsFailure(str(error)) from error
        self._clients: dict[str, Any] = {}

    @property
    def partition(self) -> str:
        """The partition of the region: `aws`, `aws-us-gov`, `aws-cn` …"""
        return str(self._session.get_partition_for_region(self.region))

    def regions_of(self, service: str) -> list[str]:
        """The regions of the partition in which the service has an endpoint, according to botocore's data."""
        return list(self._session.get_available_regions(service, partition_name=self.partition))

    def get(self, service: str, operation: str, **arguments: object) -> Answer:
        """Make one call and return the answer. Raises Denied, Refused or AwsFailure."""
        client = self._client(service, operation)
        try:
            answer: Answer = getattr(client, operation)(**arguments)
        except ClientError as error:
            raise _named(client, error) from error
        except BotoCoreError as error:
            raise AwsFailure(str(error)) from error
        return answer

    def all(self, service: str, operation: str, key: str, **arguments: object) -> Iterator[Any]:
        """The elements of `key` from all pages. Raises the same exceptions as `get`."""
        client = self._client(service, operation)
        if not client.can_paginate(operation):
            yield from self.get(service, operation, **arguments).get(key, [])
            return
        try:
            for page in client.get_paginator(operation).paginate(**arguments):
                yield from page.get(key, [])
        except ClientError as error:
            raise _named(client, error) from error
        except BotoCoreError as error:
            raise AwsFailure(str(error)) from error

    def find(self, service: str, operation: str, *absent: str, **arguments: object) -> Answer | None:
        """One answer, or None if AWS answers with one of the error codes `absent`."""
        try:
            return self.get(service, operation, **arguments)
        except Refused as refused:
            if refused.code in absent:
                return None
            raise

    def ask_model(self, model: str, question: str, most_tokens: int) -> Answer:
        """Ask a Bedrock model one question; the only call that costs money. Raises the same exceptions as
        `get`.
        """
        client = self._made("bedrock-runtime")
        try:
            answer: Answer = client.converse(
                modelId=model,
                messages=[{"role": "user", "content": [{"text": question}]}],
                inferenceConfig={"maxTokens": most_tokens},
            )
        except ClientError as error:
            raise _named(client, error) from error
        except BotoCoreError as error:
            raise AwsFailure(str(error)) from error
        return answer

    def _client(self, service: str, operation: str) -> Any:
        if not operation.startswith(READ_ONLY):
            raise PermissionError(f"{service}:{operation} is not a read-only call")
        return self._made(service)

    def _made(self, service: str) -> Any:
        if service not in self._clients:
            try:
                self._clients[service] = self._session.client(service, config=self._config)
            except BotoCoreError as error:
                raise AwsFailure(str(error)) from error
        return self._clients[service]


def _named(client: Any, error: ClientError) -> AwsFailure:
    details: Mapping[str, Any] = error.response.get("Error", {})
    code = str(details.get("Code", "")).removeprefix("Client.")
    if code in DENIED:
        # A service's signing name is also its prefix in IAM policies.
        return Denied(f"{client.meta.service_model.signing_name}:{error.operation_name}")
    return Refused(error.operation_name, code, str(details.get("Message", "")))
