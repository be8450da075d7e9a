"""The query log: AWS's format, read back from CloudWatch Logs; and no query waits for it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import dns.name
import dns.rcode
import pytest
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from conftest import REGION, Account, Aws
from runner.dns.log_entries import AnsweredQuery, log_entry
from runner.dns.query_log import QueryLog
from runner.dns.resolution import Resolution
from runner.dns.rules import CurrentRules
from runner_dns_scene import TIMEOUT, VpcFirewall, serving, texts

GROUP = "/sandbox/dns-queries"


@pytest.fixture
def config_id(aws: Aws, vpc: str) -> str:
    """A log group, and the VPC's query logging into it."""
    aws("logs").create_log_group(logGroupName=GROUP)
    arn = aws("logs").describe_log_groups()["logGroups"][0]["arn"]
    return _log_to(aws, vpc, arn)


def _log_to(aws: Aws, vpc: str, arn: str) -> str:
    resolver = aws("route53resolver")
    config = resolver.create_resolver_query_log_config(Name="q", DestinationArn=arn, CreatorRequestId="q")
    created = str(config["ResolverQueryLogConfig"]["Id"])
    resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=created, ResourceId=vpc)
    return created


def _ids(address: str) -> Mapping[str, str]:
    return {"instance": "i-0123456789abcdef0"} if address == "127.0.0.1" else {}


@contextmanager
def _logging(accounts: Account, vpc: str) -> Iterator[QueryLog]:
    log = QueryLog(accounts, accounts.current, REGION, vpc, _ids)
    try:
        yield log
    finally:
        log.close()


def _entries(aws: Aws, vpc: str) -> list[dict[str, Any]]:
    read = aws("logs").get_log_events(logGroupName=GROUP, logStreamName=vpc, startFromHead=True)
    return [json.loads(event["message"]) for event in read["events"]]


def _query(name: str = "allowed.example", when: float | None = None) -> AnsweredQuery:
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


def test_an_allowed_query_is_logged_in_awss_format(
    accounts: Account, aws: Aws, vpc: str, config_id: str
) -> None:
    assert config_id
    started = time.time()
    with _logging(accounts, vpc) as log:
        with serving(log=log) as server:
            server.ask("alias.example")
        assert log.flush()
        (entry,) = _entries(aws, vpc)
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


def test_the_rule_that_blocked_or_alerted_is_named_and_no_other(
    accounts: Account, aws: Aws, vpc: str, config_id: str
) -> None:
    assert config_id
    firewall = VpcFirewall(aws("route53resolver"), vpc)
    firewall.rule(1, "ALLOW", "allowed.example")
    alert = firewall.rule(2, "ALERT", "edge.example")
    block = firewall.block_the_rest()
    rules = CurrentRules(aws("route53resolver"), vpc)
    rules.refresh()
    with _logging(accounts, vpc) as log:
        with serving(rules, log=log) as server:
            for name in ("allowed.example", "edge.example", "blocked.example"):
                server.ask_over_tcp(name)
        assert log.flush()
        entries = {entry["query_name"]: entry for entry in _entries(aws, vpc)}
    assert not [key for key in entries["allowed.example."] if key.startswith("firewall")]
    for name, action, list_id in (("edge", "ALERT", alert), ("blocked", "BLOCK", block)):
        entry = entries[f"{name}.example."]
        assert entry["firewall_rule_action"] == action
        assert entry["firewall_rule_group_id"] == firewall.group_id
        assert entry["firewall_domain_list_id"] == list_id
        assert entry["transport"] == "TCP"
    assert entries["blocked.example."]["answers"] == []
    assert entries["blocked.example."]["rcode"] == "NOERROR"


def test_a_query_that_fails_closed_is_logged_as_servfail(
    accounts: Account, aws: Aws, vpc: str, config_id: str
) -> None:
    assert config_id
    with _logging(accounts, vpc) as log:
        with serving(CurrentRules(aws("route53resolver"), vpc), log=log) as server:
            server.ask("allowed.example")
        assert log.flush()
        assert [entry["rcode"] for entry in _entries(aws, vpc)] == ["SERVFAIL"]


def test_a_thousand_queries_are_logged_in_order_of_time(
    accounts: Account, aws: Aws, vpc: str, config_id: str
) -> None:
    assert config_id
    now = time.time()
    with _logging(accounts, vpc) as log:
        for number in range(1000):
            log.record(_query(f"host-{number}.example", now + (number ^ 1) / 1000))
        assert log.flush()
        assert log.lost == 0
    pages = aws("logs").get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    events = [event for page in pages for event in page["events"]]
    assert len({json.loads(event["message"])["query_name"] for event in events}) == 1000


def test_closing_writes_what_waits(accounts: Account, aws: Aws, vpc: str, config_id: str) -> None:
    assert config_id
    with _logging(accounts, vpc) as log:
        log.record(_query())
    assert [entry["query_name"] for entry in _entries(aws, vpc)] == ["allowed.example."]
    assert "query-log" not in [thread.name for thread in threading.enumerate()]


def test_without_a_configuration_nothing_is_logged_and_nothing_lost(
    accounts: Account, aws: Aws, vpc: str
) -> None:
    aws("logs").create_log_group(logGroupName=GROUP)
    with _logging(accounts, vpc) as log:
        log.record(_query())
        assert log.flush()
        assert log.lost == 0
        assert aws("logs").describe_log_streams(logGroupName=GROUP)["logStreams"] == []
        _log_to(aws, vpc, aws("logs").describe_log_groups()["logGroups"][0]["arn"])
        log.record(_query("later.example"))
        assert log.flush()
    assert [entry["query_name"] for entry in _entries(aws, vpc)] == ["later.example."]


def test_a_log_that_begins_again_goes_on_in_the_same_stream(
    accounts: Account, aws: Aws, vpc: str, config_id: str
) -> None:
    assert config_id
    for _ in range(2):
        with _logging(accounts, vpc) as log:
            log.record(_query())
            assert log.flush()
            assert log.lost == 0
    assert len(_entries(aws, vpc)) == 2


def test_the_configuration_of_another_vpc_does_not_count(
    accounts: Account, aws: Aws, vpc: str, config_id: str
) -> None:
    assert config_id
    with _logging(accounts, vpc) as log:
        log.record(_query())
    other = aws("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    with _logging(accounts, other) as log:
        log.record(_query())
    streams = aws("logs").describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == [vpc]


def test_queries_are_answered_while_the_log_cannot_be_written_and_the_loss_is_said_once(
    accounts: Account, aws: Aws, vpc: str, config_id: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert config_id
    aws("logs").delete_log_group(logGroupName=GROUP)
    with _logging(accounts, vpc) as log, serving(log=log) as server:
        for lost in (1, 2):
            assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
            assert log.flush()
            assert log.lost == lost
        aws("logs").create_log_group(logGroupName=GROUP)
        server.ask("edge.example")
        assert log.flush()
        assert log.lost == 2
    assert [entry["query_name"] for entry in _entries(aws, vpc)] == ["edge.example."]
    assert capfd.readouterr().err.count("entries are lost, queries go on") == 1


def test_a_group_that_was_made_anew_gets_the_next_entry(
    accounts: Account, aws: Aws, vpc: str, config_id: str
) -> None:
    assert config_id
    with _logging(accounts, vpc) as log:
        log.record(_query("before.example"))
        assert log.flush()
        aws("logs").delete_log_group(logGroupName=GROUP)
        aws("logs").create_log_group(logGroupName=GROUP)
        log.record(_query("after.example"))
        assert log.flush()
        assert log.lost == 0
    assert [entry["query_name"] for entry in _entries(aws, vpc)] == ["after.example."]


def test_a_destination_that_is_no_log_group_is_said(
    accounts: Account, aws: Aws, vpc: str, capfd: pytest.CaptureFixture[str]
) -> None:
    _log_to(aws, vpc, "arn:aws:s3:::bucket")
    with _logging(accounts, vpc) as log:
        log.record(_query())
        assert log.flush()
        assert log.lost == 1
    assert "arn:aws:s3:::bucket is no CloudWatch Logs group" in capfd.readouterr().err


class Hanging:
    """A session whose calls return only when they are let go."""

    def __init__(self) -> None:
        self.called = threading.Event()
        self.let_go = threading.Event()

    def client(self, name: str) -> Hanging:
        return self

    def get_paginator(self, name: str) -> Hanging:
        return self

    def paginate(self, **arguments: Any) -> list[Any]:
        self.called.set()
        assert self.let_go.wait(TIMEOUT)
        return []


def test_a_log_that_hangs_keeps_a_bounded_queue_and_counts_the_rest(
    capfd: pytest.CaptureFixture[str],
) -> None:
    session = Hanging()
    log = QueryLog(session, "123456789012", REGION, "vpc-1", _ids)
    log.record(_query())
    assert session.called.wait(TIMEOUT)
    query = _query()
    for _ in range(10_005):
        log.record(query)
    assert log.lost == 5
    assert not log.flush(timeout_seconds=0)
    session.let_go.set()
    assert log.flush()
    log.close()
    assert capfd.readouterr().err.count("entries are lost") == 1


def test_closing_does_not_wait_for_a_log_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.query_log._CLOSE_TIMEOUT", 0.01)
    session = Hanging()
    log = QueryLog(session, "123456789012", REGION, "vpc-1", _ids)
    log.record(_query())
    assert session.called.wait(TIMEOUT)
    log.close()
    assert not session.let_go.is_set()
    session.let_go.set()


def test_an_entry_whose_sender_is_unknown_is_still_written(
    accounts: Account, aws: Aws, vpc: str, config_id: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert config_id

    def unknown(address: str) -> Mapping[str, str]:
        raise KeyError(address)

    log = QueryLog(accounts, accounts.current, REGION, vpc, unknown)
    log.record(_query())
    log.close()
    (entry,) = _entries(aws, vpc)
    assert entry["srcids"] == {}
    assert "no IDs of 10.0.0.5: KeyError('10.0.0.5')" in capfd.readouterr().err


def test_a_name_with_odd_bytes_stays_one_line_of_json() -> None:
    odd = replace(_query(), name=dns.name.Name((b'a"\n\xff', b"example", b"")))
    line = log_entry(odd, "1", REGION, "vpc-1", {})
    assert "\n" not in line
    assert dns.name.from_text(json.loads(line)["query_name"]) == odd.name
