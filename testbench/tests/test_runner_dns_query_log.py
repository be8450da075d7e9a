"""The query log: AWS's format, read back from CloudWatch Logs; no query waits for it."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import dns.name
import dns.rcode

from conftest import REGION, Account, Aws
from runner.dns.log_entries import log_entry
from runner.dns.rules import CurrentRules
from runner_dns_log_scene import GROUP, entries, log_to, log_to_group, logging_queries, query
from runner_dns_scene import VpcFirewall, serving


def test_an_allowed_query_is_logged_in_awss_format(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    started = time.time()
    with logging_queries(accounts, vpc) as log:
        with serving(log=log) as server:
            server.ask("alias.example")
        assert log.flush()
        (entry,) = entries(aws, vpc)
    assert int(entry.pop("srcport")) > 0
    stamp = time.strptime(entry.pop("query_timestamp"), "%Y-%m-%dT%H:%M:%SZ")
    assert int(started) <= time.mktime(stamp) - time.timezone <= time.time()
    assert entry == {
        "version": "1.100000",
        "account_id": accounts.current,
        "region": REGION,
        "vpc_id": vpc,
        "query_name": "alias.example.",
        "query_type": "A",
        "query_class": "IN",
        "rcode": "NOERROR",
        "answers": [
            {"Rdata": "cdn.example.", "Type": "CNAME", "Class": "IN"},
            {"Rdata": "edge.example.", "Type": "CNAME", "Class": "IN"},
            {"Rdata": "198.51.100.12", "Type": "A", "Class": "IN"},
        ],
        "srcaddr": "127.0.0.1",
        "transport": "UDP",
        "srcids": {"instance": "i-0123456789abcdef0"},
    }


def test_the_rule_that_blocked_is_named_and_no_other(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    firewall = VpcFirewall(aws("route53resolver"), vpc)
    firewall.rule(1, "ALLOW", "allowed.example")
    block = firewall.block_the_rest()
    rules = CurrentRules(aws("route53resolver"), vpc)
    rules.refresh()
    with logging_queries(accounts, vpc) as log:
        with serving(rules, log=log) as server:
            for name in ("allowed.example", "blocked.example"):
                server.ask_over_tcp(name)
        assert log.flush()
        found = {entry["query_name"]: entry for entry in entries(aws, vpc)}
    assert not [key for key in found["allowed.example."] if key.startswith("firewall")]
    entry = found["blocked.example."]
    assert entry["firewall_rule_action"] == "BLOCK"
    assert entry["firewall_rule_group_id"] == firewall.group_id
    assert entry["firewall_domain_list_id"] == block
    assert (entry["transport"], entry["answers"], entry["rcode"]) == ("TCP", [], "NOERROR")


def test_a_query_that_fails_closed_is_logged_as_servfail(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    with logging_queries(accounts, vpc) as log:
        with serving(CurrentRules(aws("route53resolver"), vpc), log=log) as server:
            server.ask("allowed.example")
        assert log.flush()
        assert [entry["rcode"] for entry in entries(aws, vpc)] == ["SERVFAIL"]


def test_a_thousand_queries_are_logged_in_order_of_time(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    now = time.time()
    with logging_queries(accounts, vpc) as log:
        for number in range(1000):
            log.record(query(f"host-{number}.example", now + (number ^ 1) / 1000))
        assert log.flush()
        assert log.lost == 0
    pages = aws("logs").get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    events = [event for page in pages for event in page["events"]]
    assert len({json.loads(event["message"])["query_name"] for event in events}) == 1000


def test_closing_writes_the_queued_entries(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    with logging_queries(accounts, vpc) as log:
        log.record(query())
    assert [entry["query_name"] for entry in entries(aws, vpc)] == ["allowed.example."]
    assert "query-log" not in [thread.name for thread in threading.enumerate()]


def test_without_a_configuration_nothing_is_logged_and_nothing_lost(
    accounts: Account, aws: Aws, vpc: str
) -> None:
    aws("logs").create_log_group(logGroupName=GROUP)
    with logging_queries(accounts, vpc) as log:
        log.record(query())
        assert log.flush()
        assert log.lost == 0
        assert aws("logs").describe_log_streams(logGroupName=GROUP)["logStreams"] == []
        log_to(aws, vpc, aws("logs").describe_log_groups()["logGroups"][0]["arn"])
        log.record(query("later.example"))
        assert log.flush()
    assert [entry["query_name"] for entry in entries(aws, vpc)] == ["later.example."]


def test_a_restarted_log_continues_in_the_same_stream(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    for _ in range(2):
        with logging_queries(accounts, vpc) as log:
            log.record(query())
            assert log.flush()
            assert log.lost == 0
    assert len(entries(aws, vpc)) == 2


def test_the_configuration_of_another_vpc_does_not_count(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    with logging_queries(accounts, vpc) as log:
        log.record(query())
    other = aws("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    with logging_queries(accounts, other) as log:
        log.record(query())
    streams = aws("logs").describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == [vpc]


def test_a_name_with_odd_bytes_stays_one_line_of_json() -> None:
    odd = replace(query(), name=dns.name.Name((b'a"\n\xff', b"example", b"")))
    line = log_entry(odd, "1", REGION, "vpc-1", {})
    assert "\n" not in line
    assert dns.name.from_text(json.loads(line)["query_name"]) == odd.name
