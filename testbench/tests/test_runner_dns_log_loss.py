"""A query log that cannot be written: queries are still answered, lost entries are counted and reported."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from conftest import REGION, Account, Aws
from runner.dns.query_log import QueryLog
from runner_dns_log_scene import GROUP, entries, ids, log_to, log_to_group, logging_queries, query
from runner_dns_scene import TIMEOUT, serving, texts


def test_queries_are_answered_while_the_log_cannot_be_written_and_the_loss_is_reported_once(
    accounts: Account, aws: Aws, vpc: str, capfd: pytest.CaptureFixture[str]
) -> None:
    log_to_group(aws, vpc)
    aws("logs").delete_log_group(logGroupName=GROUP)
    with logging_queries(accounts, vpc) as log, serving(log=log) as server:
        for lost in (1, 2):
            assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
            assert log.flush()
            assert log.lost == lost
        aws("logs").create_log_group(logGroupName=GROUP)
        server.ask("edge.example")
        assert log.flush()
        assert log.lost == 2
    assert [entry["query_name"] for entry in entries(aws, vpc)] == ["edge.example."]
    assert capfd.readouterr().err.count("entries are lost, but queries are still answered") == 1


def test_a_recreated_log_group_gets_the_next_entry(accounts: Account, aws: Aws, vpc: str) -> None:
    log_to_group(aws, vpc)
    with logging_queries(accounts, vpc) as log:
        log.record(query("before.example"))
        assert log.flush()
        aws("logs").delete_log_group(logGroupName=GROUP)
        aws("logs").create_log_group(logGroupName=GROUP)
        log.record(query("after.example"))
        assert log.flush()
        assert log.lost == 0
    assert [entry["query_name"] for entry in entries(aws, vpc)] == ["after.example."]


def test_a_destination_other_than_a_log_group_is_reported(
    accounts: Account, aws: Aws, vpc: str, capfd: pytest.CaptureFixture[str]
) -> None:
    log_to(aws, vpc, "arn:aws:s3:::bucket")
    with logging_queries(accounts, vpc) as log:
        log.record(query())
        assert log.flush()
        assert log.lost == 1
    assert "arn:aws:s3:::bucket is not a CloudWatch Logs group" in capfd.readouterr().err


class Hanging:
    """A session whose calls return only after they are released."""

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
    log = QueryLog(session, "123456789012", REGION, "vpc-1", ids)
    log.record(query())
    assert session.called.wait(TIMEOUT)
    one = query()
    for _ in range(10_005):
        log.record(one)
    assert log.lost == 5
    assert not log.flush(timeout_seconds=0)
    session.let_go.set()
    assert log.flush()
    log.close()
    assert capfd.readouterr().err.count("entries are lost") == 1


def test_closing_does_not_wait_for_a_log_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.query_log._CLOSE_TIMEOUT", 0.01)
    session = Hanging()
    log = QueryLog(session, "123456789012", REGION, "vpc-1", ids)
    log.record(query())
    assert session.called.wait(TIMEOUT)
    log.close()
    assert not session.let_go.is_set()
    session.let_go.set()


def test_an_entry_whose_sender_is_unknown_is_still_written(
    accounts: Account, aws: Aws, vpc: str, capfd: pytest.CaptureFixture[str]
) -> None:
    log_to_group(aws, vpc)

    def unknown(address: str) -> Mapping[str, str]:
        raise KeyError(address)

    log = QueryLog(accounts, accounts.current, REGION, vpc, unknown)
    log.record(query())
    log.close()
    (entry,) = entries(aws, vpc)
    assert entry["srcids"] == {}
    assert "no IDs of 10.0.0.5: KeyError('10.0.0.5')" in capfd.readouterr().err
