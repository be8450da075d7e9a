"""Writes the VPC's query log to the CloudWatch Logs groups of its query logging configurations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef
    from mypy_boto3_route53resolver import Route53ResolverClient

_LOG_GROUP = re.compile(r"arn:[^:]+:logs:[^:]+:[^:]+:log-group:(?P<name>[^:*]+)(?::\*)?")


class UnsupportedDestination(Exception):
    """The configuration's destination is not a log group."""


class LogDestination:
    """Writes to the log groups of all configurations that are associated with the VPC.

    The stream is named after the VPC's ID, since AWS does not document its name. The groups are looked up
    again after a failed write, and before each write as long as there is none.
    """

    def __init__(self, resolver: Route53ResolverClient, logs: CloudWatchLogsClient, vpc_id: str) -> None:
        self._resolver = resolver
        self._logs = logs
        self._vpc_id = vpc_id
        self._groups: tuple[str, ...] = ()

    def forget(self) -> None:
        """Look up the groups again before the next write."""
        self._groups = ()

    def write(self, events: Sequence[InputLogEventTypeDef]) -> None:
        """Write events, which are in order of time. Without a configuration nothing is written, as on AWS.

        Raises botocore's errors, and `UnsupportedDestination`.
        """
        if not self._groups:
            self._groups = self._find()
        for group in self._groups:
            self._logs.put_log_events(logGroupName=group, logStreamName=self._vpc_id, logEvents=events)

    def _find(self) -> tuple[str, ...]:
        pages = self._resolver.get_paginator("list_resolver_query_log_config_associations").paginate(
            Filters=[{"Name": "ResourceId", "Values": [self._vpc_id]}]
        )
        wanted = {
            association["ResolverQueryLogConfigId"]
            for page in pages
            for association in page["ResolverQueryLogConfigAssociations"]
        }
        groups = [
            _log_group(config["DestinationArn"])
            for page in self._resolver.get_paginator("list_resolver_query_log_configs").paginate()
            for config in page["ResolverQueryLogConfigs"]
            if config["Id"] in wanted
        ]
        for group in groups:
            self._create_stream(group)
        return tuple(groups)

    def _create_stream(self, group: str) -> None:
        try:
            self._logs.create_log_stream(logGroupName=group, logStreamName=self._vpc_id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise


def _log_group(arn: str) -> str:
    match = _LOG_GROUP.fullmatch(arn)
    if match is None:
        raise UnsupportedDestination(
            f"{arn} is not a CloudWatch Logs group, and the local Resolver writes only to those."
        )
    return match["name"]
