"""What the tests of the query log share: a log group, the log itself, and what is in it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.name
import dns.rcode
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from conftest import REGION, Account, Aws
from runner.dns.log_entries import AnsweredQuery
from runner.dns.query_log import QueryLog
from runner.dns.resolution import Resolution

GROUP = "/sandbox/dns-queries"


def log_to_group(aws: Aws, vpc: str) -> None:
    """Make a log group, and log the VPC's queries to it."""
    aws("logs").create_log_group(logGroupName=GROUP)
    log_to(aws, vpc, aws("logs").describe_log_groups()["logGroups"][0]["arn"])


def log_to(aws: Aws, vpc: str, arn: str) -> None:
    resolver = aws("route53resolver")
    config = resolver.create_resolver_query_log_config(Name="q", DestinationArn=arn, CreatorRequestId="q")
    resolver.associate_resolver_query_log_config(
        ResolverQueryLogConfigId=config["ResolverQueryLogConfig"]["Id"], ResourceId=vpc
    )


def ids(address: str) -> Mapping[str, str]:
    return {"instance": "i-0123456789abcdef0"} if address == "127.0.0.1" else {}


@contextmanager
def logging_queries(accounts: Account, vpc: str) -> Iterator[QueryLog]:
    log = QueryLog(accounts, accounts.current, REGION, vpc, ids)
    try:
        yield log
    finally:
        log.close()


def entries(aws: Aws, vpc: str) -> list[dict[str, Any]]:
    read = aws("logs").get_log_events(logGroupName=GROUP, logStreamName=vpc, startFromHead=True)
    return [json.loads(event["message"]) for event in read["events"]]


def query(name: str = "allowed.example", when: float | None = None) -> AnsweredQuery:
    return AnsweredQuery(
        time=time.time() if when is None else when,
        name=dns.name.from_text(name),
        qtype=RdataType.A,
        qclass=RdataClass.IN,
        resolution=Resolution(dns.rcode.NOERROR),
        source_address="10.0.0.5",
        source_port=40000,
        transport="UDP",
    )
