"""One entry of the Resolver's query log, in AWS's format.

Source: "Values that appear in VPC Resolver query logs" and its example (Route 53 Developer Guide).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import dns.rcode
import dns.rdataclass
import dns.rdatatype
from dns.name import Name
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from runner.dns.resolution import Resolution

_VERSION = "1.100000"


@dataclass(frozen=True)
class AnsweredQuery:
    """A query and its answer. `time` is in seconds since 1970; `transport` is UDP or TCP."""

    time: float
    name: Name
    qtype: RdataType
    qclass: RdataClass
    resolution: Resolution
    source_address: str
    source_port: int
    transport: str


def log_entry(
    query: AnsweredQuery, account: str, region: str, vpc_id: str, source_ids: Mapping[str, str]
) -> str:
    """The entry as one line of JSON. It has the firewall's fields only if a rule blocked the query."""
    answers = [
        {"Rdata": rdata.to_text(), "Type": _type(rrset.rdtype), "Class": _class(rrset.rdclass)}
        for rrset in query.resolution.answer
        for rdata in rrset
    ]
    entry: dict[str, object] = {
        "version": _VERSION,
        "account_id": account,
        "region": region,
        "vpc_id": vpc_id,
        "query_timestamp": datetime.fromtimestamp(query.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "query_name": query.name.to_text(),
        "query_type": _type(query.qtype),
        "query_class": _class(query.qclass),
        "rcode": dns.rcode.to_text(query.resolution.rcode),
        "answers": answers,
        "srcaddr": query.source_address,
        "srcport": str(query.source_port),
        "transport": query.transport,
        "srcids": dict(source_ids),
    }
    rule = query.resolution.blocked_by
    if rule is not None:
        entry["firewall_rule_action"] = "BLOCK"
        entry["firewall_rule_group_id"] = rule.group_id
        entry["firewall_domain_list_id"] = rule.list_id
    return json.dumps(entry, separators=(",", ":"))


def _type(rdtype: RdataType) -> str:
    return dns.rdatatype.to_text(rdtype)


def _class(rdclass: RdataClass) -> str:
    return dns.rdataclass.to_text(rdclass)
