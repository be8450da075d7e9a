"""Read-only access to the AWS API of the emulator or account that the environment selects."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, UnknownRegionError

Answer = dict[str, Any]
"""JSON as boto3 returns it."""

SERVICES = ("ec2", "ecr", "ecs", "elbv2", "iam", "kms", "logs", "route53resolver", "secretsmanager", "sts")
READ_ONLY = ("describe_", "get_", "list_")


class Aws:
    """Sends read-only calls. Any other call is refused before it is sent.

    `partition` is the region's partition, and `dns_suffix` the suffix of its service endpoints.
    """

    def __init__(self, region: str | None) -> None:
        config = Config(
            retries={"max_attempts": 5, "mode": "standard"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=20,
        )
        # boto3 itself reads AWS_DEFAULT_REGION only; the AWS CLI and Pulumi read both variables.
        session: Any = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
        self.region: str = session.region_name or ""
        if not self.region:
            raise ValueError("no region: give --region or set AWS_REGION")
        try:
            self.partition: str = session.get_partition_for_region(self.region)
        except UnknownRegionError as error:
            raise ValueError(f"AWS has no region {self.region}") from error
        # The published suffix is needed even if these calls go to another endpoint.
        # The type stubs of boto3 do not have this setting yet.
        published = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg]
        secrets = session.client("secretsmanager", config=published)
        host = str(secrets.meta.endpoint_url).removeprefix("https://")
        self.dns_suffix = host.removeprefix(f"secretsmanager.{self.region}.")
        # Clients are thread-safe, but sessions are not, so all clients are created here.
        self._clients: Mapping[str, Any] = {name: session.client(name, config=config) for name in SERVICES}

    def get(self, service: str, operation: str, **arguments: object) -> Answer:
        """Make one call and return the answer. Raises botocore's ClientError if AWS refuses."""
        if not operation.startswith(READ_ONLY):
            raise PermissionError(f"{service}:{operation} is not a read-only call")
        answer: Answer = getattr(self._clients[service], operation)(**arguments)
        return answer

    def all(self, service: str, operation: str, key: str, **arguments: object) -> list[Any]:
        """The elements of `key` from all pages. Raises botocore's ClientError if AWS refuses."""
        client = self._clients[service]
        if not operation.startswith(READ_ONLY):
            raise PermissionError(f"{service}:{operation} is not a read-only call")
        if not client.can_paginate(operation):
            return list(self.get(service, operation, **arguments).get(key, []))
        found: list[Any] = []
        for page in client.get_paginator(operation).paginate(**arguments):
            found += page.get(key, [])
        return found

    def get_or_none(self, service: str, operation: str, absent: str, **arguments: object) -> Answer | None:
        """One answer, or None if AWS answers with the error code `absent`."""
        try:
            return self.get(service, operation, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == absent:
                return None
            raise
