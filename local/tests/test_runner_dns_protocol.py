"""DNS itself: sizes, flags, transports; and nothing that a client sends ends the resolver."""

from __future__ import annotations

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
from hypothesis import given
from hypothesis import strategies as st

from runner.dns.lookups import Lookup
from runner.dns.messages import EDNS_PAYLOAD
from runner.dns.resolver import Resolver
from runner.dns.tcp_connection import ConnectionEnded, TcpConnection
from runner_dns_scene import TIMEOUT, WEB, FixedRules, KeptLog, Server, serving, texts

PEER = ("192.0.2.1", 53)
QUERY = dns.message.make_query("allowed.example", "A", use_edns=0).to_wire()


def _framed(wire: bytes) -> bytes:
    return struct.pack("!H", len(wire)) + wire


def _connected(server: Server) -> socket.socket:
    return socket.create_connection(server.tcp, TIMEOUT)


def _receive(connection: socket.socket) -> dns.message.Message:
    with connection.makefile("rb") as stream:
        (length,) = struct.unpack("!H", stream.read(2))
        return dns.message.from_wire(stream.read(length))


def test_without_edns_an_answer_above_512_bytes_is_cut_and_whole_over_tcp() -> None:
    with serving() as server:
        cut, whole = server.ask("some.example"), server.ask_over_tcp("some.example")
    assert cut.flags & dns.flags.TC
    assert len(cut.to_wire()) <= 512
    assert not whole.flags & dns.flags.TC
    assert len(texts(whole)) == 40


def test_edns_makes_room_up_to_what_crosses_every_network() -> None:
    with serving() as server:
        fits = server.ask("some.example", use_edns=0, payload=4096)
        cut = server.ask("many.example", use_edns=0, payload=65_535)
        small = server.ask("some.example", use_edns=0, payload=100)
    assert len(texts(fits)) == 40
    assert fits.payload == EDNS_PAYLOAD
    assert cut.flags & dns.flags.TC
    assert len(cut.to_wire()) <= EDNS_PAYLOAD
    assert small.flags & dns.flags.TC


def test_the_flags_of_the_question_come_back_as_the_standard_says() -> None:
    with serving() as server:
        assert server.ask("allowed.example", flags=0).flags == dns.flags.QR | dns.flags.RA
        assert server.ask("allowed.example", flags=dns.flags.RD).flags & dns.flags.RD


def test_the_case_of_the_question_comes_back() -> None:
    with serving() as server:
        assert server.ask("aLLoWed.Example").question[0].name.to_text() == "aLLoWed.Example."


@pytest.mark.parametrize(
    ("options", "rcode"),
    [
        ({"rdclass": "CH", "rdtype": "TXT"}, dns.rcode.REFUSED),
        ({"rdtype": "AXFR"}, dns.rcode.NOTIMP),
        ({"rdtype": "A", "use_edns": 1}, dns.rcode.BADVERS),
    ],
)
def test_what_is_not_served_is_refused(options: dict[str, str], rcode: dns.rcode.Rcode) -> None:
    query = dns.message.make_query("allowed.example", **options)  # type: ignore[arg-type]
    with serving() as server:
        assert server.send(query).rcode() == rcode


def test_any_asks_for_no_record_in_particular_and_gets_none() -> None:
    with serving() as server:
        answer = server.ask("allowed.example", "ANY")
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


def _answer(wire: bytes) -> dns.message.Message | None:
    resolver = Resolver(FixedRules(), [WEB], KeptLog())
    answer = resolver.answer(wire, PEER, "UDP")
    resolver.close()
    return None if answer is None else dns.message.from_wire(answer)


@pytest.mark.parametrize("opcode", [dns.opcode.STATUS, dns.opcode.NOTIFY, dns.opcode.UPDATE])
def test_only_queries_are_implemented(opcode: dns.opcode.Opcode) -> None:
    wire = bytearray(QUERY)
    wire[2] |= opcode << 3
    answer = _answer(bytes(wire))
    assert answer is not None
    assert answer.rcode() == dns.rcode.NOTIMP
    assert answer.opcode() == opcode


@pytest.mark.parametrize("questions", [0, 2])
def test_a_query_has_one_question(questions: int) -> None:
    query = dns.message.make_query("allowed.example", "A")
    query.question *= questions
    answer = _answer(query.to_wire())
    assert answer is not None
    assert (answer.id, answer.rcode()) == (query.id, dns.rcode.FORMERR)


def test_an_answer_is_not_answered() -> None:
    response = dns.message.make_response(dns.message.from_wire(QUERY))
    assert _answer(response.to_wire()) is None


RESOLVER = Resolver(FixedRules(), [WEB], KeptLog())


@given(
    st.one_of(
        st.binary(max_size=64),
        st.tuples(st.binary(min_size=2, max_size=2), st.binary(max_size=64)).map(
            # a plausible header, then anything
            lambda parts: parts[0] + b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + parts[1]
        ),
        st.tuples(st.integers(0, len(QUERY) - 1), st.integers(0, 255)).map(
            lambda change: QUERY[: change[0]] + bytes([change[1]]) + QUERY[change[0] + 1 :]
        ),
    )
)
def test_any_bytes_get_an_answer_to_themselves_or_none(wire: bytes) -> None:
    answer = RESOLVER.answer(wire, PEER, "UDP")
    assert answer is None or (answer[:2] == wire[:2] and answer[2] & 0x80)


@pytest.mark.parametrize("junk", [b"", b"x", QUERY[:11], QUERY[:20], QUERY + b"rest", b"\xff" * 600])
def test_the_resolver_goes_on_after_a_malformed_packet(junk: bytes) -> None:
    with serving() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(junk, server.udp)
        with _connected(server) as connection:
            connection.sendall(_framed(junk))
            assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
            assert texts(server.ask_over_tcp("allowed.example")) == ["198.51.100.10"]


def test_several_queries_share_a_connection_however_their_bytes_arrive() -> None:
    queries = [dns.message.make_query(name, "A") for name in ("allowed.example", "edge.example")]
    stream = b"".join(_framed(query.to_wire()) for query in queries)
    with serving() as server, _connected(server) as connection:
        for byte in stream:
            connection.sendall(bytes([byte]))
        answers = {}
        with connection.makefile("rb") as answer_stream:
            for _ in queries:
                (length,) = struct.unpack("!H", answer_stream.read(2))
                answer = dns.message.from_wire(answer_stream.read(length))
                answers[answer.id] = texts(answer)
    assert [answers[query.id] for query in queries] == [["198.51.100.10"], ["198.51.100.12"]]


def test_queries_that_were_answered_wait_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.resolver._MOST_WAITING", 8)
    with serving() as server, _connected(server) as connection:
        for _ in range(200):
            connection.sendall(_framed(QUERY))
            assert texts(_receive(connection)) == ["198.51.100.10"]


def test_a_client_that_says_nothing_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.listener._IDLE", 3600.0)
    with serving() as server:
        silent = [_connected(server) for _ in range(80)]
        for connection in silent:
            connection.sendall(b"\x00")
        assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
        assert texts(server.ask_over_tcp("allowed.example")) == ["198.51.100.10"]
        assert silent[0].recv(1) == b"", "the oldest makes room"
        for connection in silent:
            connection.close()


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


def test_a_client_that_floods_its_connection_loses_it_and_keeps_nobody_waiting() -> None:
    query = _framed(dns.message.make_query("many.example", "A").to_wire())
    with serving() as server, _connected(server) as connection:
        with pytest.raises(OSError, match=r"reset|pipe"):
            for _ in range(100_000):
                connection.sendall(query * 100)
        assert texts(server.ask_over_tcp("allowed.example")) == ["198.51.100.10"]


def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.dns.listener._IDLE", 0.01)
    with serving() as server, _connected(server) as connection:
        assert connection.recv(1) == b""


class Slow:
    """A source that answers when it is let go."""

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
    assert 8 <= len(log.queries) <= 9  # the last may have been in hand when the others were let go


def test_closing_leaves_no_thread_and_no_port() -> None:
    before = set(threading.enumerate())
    with serving() as server, _connected(server) as connection:
        connection.sendall(_framed(QUERY))
        assert texts(_receive(connection)) == ["198.51.100.10"]
        open_connection = connection.dup()
    assert set(threading.enumerate()) == before
    with open_connection:
        assert open_connection.recv(1) == b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, pytest.raises(ConnectionRefusedError):
        udp.bind(server.udp)
        _connected(server)


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
