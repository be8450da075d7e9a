"""DNS messages: which queries are answered at all, and how an answer is written (RFC 1035, RFC 6891)."""

from __future__ import annotations

from dataclasses import dataclass

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
from dns.message import Message
from dns.rcode import Rcode

from runner.dns.resolution import Resolution

# The largest UDP payload that crosses every network without fragmentation (DNS Flag Day 2020).
EDNS_PAYLOAD = 1232
LARGEST_TCP = 65_535


@dataclass(frozen=True)
class Refusal:
    """The answer to a message that is not a query which the resolver serves."""

    wire: bytes


def read_query(wire: bytes) -> Message | Refusal | None:
    """A query with one question, or the refusal to send, or None if the message gets no answer.

    Never raises, since anybody who can send a packet chooses the bytes.
    """
    try:
        query = dns.message.from_wire(wire, continue_on_error=True)
    except dns.message.ShortHeader:
        return None
    if query.flags & dns.flags.QR:
        return None  # answering an answer could start an endless exchange
    if query.opcode() != dns.opcode.QUERY:
        return _refuse(query, dns.rcode.NOTIMP)
    if len(query.question) != 1 or query.errors:
        return _refuse(query, dns.rcode.FORMERR)
    return query


def _refuse(query: Message, rcode: Rcode) -> Refusal:
    """A header without a question, since the question may be what could not be read."""
    answer = dns.message.Message(query.id)
    answer.flags = dns.flags.QR | (query.flags & dns.flags.RD)
    answer.set_opcode(query.opcode())
    answer.set_rcode(rcode)
    return Refusal(answer.to_wire())


def unsupported(query: Message) -> Rcode | None:
    """Why a well-formed query is not resolved, or None if it is."""
    question = query.question[0]
    if query.edns > 0:
        return dns.rcode.BADVERS
    if question.rdclass != dns.rdataclass.IN:
        return dns.rcode.REFUSED
    # Zone transfers and other types that no record has. ANY is resolved, and gets a CNAME record or nothing
    # (RFC 8482).
    if dns.rdatatype.is_metatype(question.rdtype) and question.rdtype != dns.rdatatype.ANY:
        return dns.rcode.NOTIMP
    return None


def write_answer(query: Message, resolution: Resolution, *, over_tcp: bool) -> bytes:
    """The answer's bytes. Over UDP they are cut to the size that the client accepts, with the TC flag set."""
    response = dns.message.make_response(query, recursion_available=True, our_payload=EDNS_PAYLOAD)
    response.set_rcode(resolution.rcode)
    response.answer = list(resolution.answer)
    response.authority = list(resolution.authority)
    limit = LARGEST_TCP if over_tcp else _largest_datagram(query)
    return response.to_wire(max_size=limit, prefer_truncation=True)


def _largest_datagram(query: Message) -> int:
    return 512 if query.edns < 0 else min(max(query.payload, 512), EDNS_PAYLOAD)
