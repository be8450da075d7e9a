"""The DNS protocol: sizes, flags, refusals; no bytes that a client sends can stop the resolver."""

from __future__ import annotations

import socket

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

from runner.dns.messages import EDNS_PAYLOAD
from runner.dns.resolver import Resolver
from runner_dns_scene import WEB, FixedRules, KeptLog, connected, framed, serving, texts

PEER = ("192.0.2.1", 53)
QUERY = dns.message.make_query("allowed.example", "A", use_edns=0).to_wire()


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
def test_an_unsupported_query_is_refused(options: dict[str, str], rcode: dns.rcode.Rcode) -> None:
    query = dns.message.make_query("allowed.example", **options)  # type: ignore[arg-type]
    with serving() as server:
        assert server.send(query).rcode() == rcode


def test_a_query_of_type_any_gets_no_records() -> None:
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


def test_a_message_that_is_an_answer_gets_no_answer() -> None:
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
def test_any_bytes_get_a_matching_answer_or_none(wire: bytes) -> None:
    answer = RESOLVER.answer(wire, PEER, "UDP")
    assert answer is None or (answer[:2] == wire[:2] and answer[2] & 0x80)


@pytest.mark.parametrize("junk", [b"", b"x", QUERY[:11], QUERY[:20], QUERY + b"rest", b"\xff" * 600])
def test_the_resolver_goes_on_after_a_malformed_packet(junk: bytes) -> None:
    with serving() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(junk, server.udp)
        with connected(server) as connection:
            connection.sendall(framed(junk))
            assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
            assert texts(server.ask_over_tcp("allowed.example")) == ["198.51.100.10"]
