"""Connections and limits: no client delays the others, and closing leaves nothing behind."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from runner.dns.lookups import Lookup
from runner.dns.resolver import Resolver
from runner.dns.tcp_connection import ConnectionEnded, TcpConnection
from runner_dns_scene import TIMEOUT, WEB, FixedRules, KeptLog, Server, connected, framed, serving, texts

PEER = ("192.0.2.1", 53)
QUERY = dns.message.make_query("allowed.example", "A", use_edns=0).to_wire()


def _receive(connection: socket.socket) -> dns.message.Message:
    with connection.makefile("rb") as stream:
        (length,) = struct.unpack("!H", stream.read(2))
        return dns.message.from_wire(stream.read(length))


def test_several_queries_share_a_connection_however_their_bytes_arrive() -> None:
    queries = [dns.message.make_query(name, "A") for name in ("allowed.example", "edge.example")]
    stream = b"".join(framed(query.to_wire()) for query in queries)
    with serving() as server, connected(server) as connection:
        for byte in stream:
            connection.sendall(bytes([byte]))
        answers = {}
        with connection.makefile("rb") as answer_stream:
            for _ in queries:
                (length,) = struct.unpack("!H", answer_stream.read(2))
                answer = dns.message.from_wire(answer_stream.read(length))
                answers[answer.id] = texts(answer)
    assert [answers[query.id] for query in queries] == [["198.51.100.10"], ["198.51.100.12"]]


def test_answered_queries_do_not_count_as_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.resolver._MOST_WAITING", 8)
    with serving() as server, connected(server) as connection:
        for _ in range(200):
            connection.sendall(framed(QUERY))
            assert texts(_receive(connection)) == ["198.51.100.10"]


def test_a_silent_client_does_not_delay_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.listener._IDLE", 3600.0)
    with serving() as server, contextlib.ExitStack() as silent:
        first, *_ = [silent.enter_context(connected(server)) for _ in range(80)]
        assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
        assert texts(server.ask_over_tcp("allowed.example")) == ["198.51.100.10"]
        assert first.recv(1) == b"", "the oldest makes room"


def test_a_client_that_stops_in_the_middle_does_not_delay_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.listener._IDLE", 3600.0)
    with serving() as server, contextlib.ExitStack() as stopped:
        for _ in range(80):
            # The connection that has to make room may get a reset before the next message.
            with contextlib.suppress(ConnectionError):
                stopped.enter_context(connected(server)).sendall(b"\x00")
        assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
        assert texts(server.ask_over_tcp("allowed.example")) == ["198.51.100.10"]


def test_a_client_that_does_not_read_its_answers_loses_the_connection() -> None:
    ours, theirs = socket.socketpair()
    connection = TcpConnection(ours, PEER)
    for _ in range(100):
        connection.send(bytes(65_535))
    with pytest.raises(ConnectionEnded):
        list(connection.read())
    connection.close()
    with theirs, theirs.makefile("rb") as stream:
        assert len(stream.read()) < 100 * 65_537


def test_a_client_that_floods_its_connection_loses_it_and_does_not_delay_others() -> None:
    query = framed(dns.message.make_query("many.example", "A").to_wire())
    with serving() as server, connected(server) as connection:
        with pytest.raises(OSError, match=r"reset|pipe"):
            for _ in range(100_000):
                connection.sendall(query * 100)
        assert texts(server.ask_over_tcp("allowed.example")) == ["198.51.100.10"]


def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.listener._IDLE", 0.01)
    with serving() as server, connected(server) as connection:
        assert connection.recv(1) == b""


class Slow:
    """A source that answers only after it is released."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def lookup(self, name: dns.name.Name, qtype: dns.rdatatype.RdataType) -> Lookup | None:
        assert self.let_go.wait(TIMEOUT)
        return WEB.lookup(name, qtype)


def _is_empty(udp: socket.socket) -> bool:
    try:
        udp.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    return False


def test_more_queries_than_may_wait_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.resolver._MOST_WAITING", 8)
    log, source = KeptLog(), Slow()
    resolver = Resolver(FixedRules(), [source], log)
    udp, tcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.create_server(("127.0.0.1", 0))
    udp.bind(("127.0.0.1", 0))
    resolver.serve(udp, tcp)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(200):
            sender.sendto(QUERY, udp.getsockname())
    deadline = time.monotonic() + TIMEOUT
    while not _is_empty(udp):
        assert time.monotonic() < deadline
    source.let_go.set()
    resolver.close()
    assert 8 <= len(log.queries) <= 9  # the last one may have been in progress when the others were released


def test_closing_leaves_no_thread_and_no_port() -> None:
    before = set(threading.enumerate())
    with serving() as server, connected(server) as connection:
        connection.sendall(framed(QUERY))
        assert texts(_receive(connection)) == ["198.51.100.10"]
        open_connection = connection.dup()
    assert set(threading.enumerate()) == before
    with open_connection:
        assert open_connection.recv(1) == b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, pytest.raises(ConnectionRefusedError):
        udp.bind(server.udp)
        connected(server)


def test_one_resolver_serves_several_pairs_of_sockets() -> None:
    resolver = Resolver(FixedRules(), [WEB], KeptLog())
    places = []
    for _ in range(2):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        tcp = socket.create_server(("127.0.0.1", 0))
        places.append(Server(udp.getsockname(), tcp.getsockname()))
        resolver.serve(udp, tcp)
    assert [texts(place.ask("edge.example")) for place in places] == [["198.51.100.12"]] * 2
    resolver.close()
