"""Read-only access to the AWS API: the emulator's or a real account's, whichever the environment names."""

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
    """Calls that read, and only those: any other is refused before it is sent.

    `partition` is that of the region, and `dns_suffix` how the host names of its services end.
    """

    def __init__(self, region: str | None) -> None:
        config = Config(
            retries={"max_attempts": 5, "mode": "standard"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=20,
        )
        # boto3 itself knows AWS_DEFAULT_REGION only; the AWS CLI and Pulumi know both.
        session: Any = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
        self.region: str = session.region_name or ""
        if not self.region:
            raise ValueError("no region: give --region or set AWS_REGION")
        try:
            self.partition: str = session.get_partition_for_region(self.region)
        except UnknownRegionError as error:
            raise ValueError(f"no partition of AWS has the region {self.region}") from error
        # As published, whatever endpoint these calls go to.
        # The types of boto3 do not know this setting yet.
        published = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg]
        secrets = session.client("secretsmanager", config=published)
        host = str(secrets.meta.endpoint_url).removeprefix("https://")
        self.dns_suffix = host.removeprefix(f"secretsmanager.{self.region}.")
        # Sessions are not thread-safe, clients are: so all clients are made here.
        self._clients: Mapping[str, Any] = {name: session.client(name, config=config) for name in SERVICES}

    def get(self, service: str, operation: str, **arguments: object) -> Answer:
        """One answer. Raises botocore's ClientError when AWS refuses."""
        if not operation.startswith(READ_ONLY):
            raise PermissionError(f"{service}:{operation} is no reading call")
        answer: Answer = getattr(self._clients[service], operation)(**arguments)
        return answer

    def all(self, service: str, operation: str, key: str, **arguments: object) -> list[Any]:
        """The elements of `key` over all pages. Raises botocore's ClientError when AWS refuses."""
        client = self._clients[service]
        if not operation.startswith(READ_ONLY):
            raise PermissionError(f"{service}:{operation} is no reading call")
        if not client.can_paginate(operation):
            return list(self.get(service, operation, **arguments).get(key, []))
        found: list[Any] = []
        for page in client.get_paginator(operation).paginate(**arguments):
            found += page.get(key, [])
        return found

    def get_or_none(self, service: str, operation: str, absent: str, **arguments: object) -> Answer | None:
        """One answer, or None where AWS says with the error code `absent` that there is nothing."""
        try:
            return self.get(service, operation, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == absent:
                return None
            raise
