"""DNS messages: which queries are answered at all, and how an answer is written (RFC 1035, RFC 6891)."""

from __future__ import annotations

import struct
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

# What fits a packet on every network, so that answers are not fragmented (DNS Flag Day 2020).
EDNS_PAYLOAD = 1232
LARGEST_TCP = 65_535

_HEADER = struct.Struct("!6H")
_QR, _OPCODE, _RD = 0x8000, 0x7800, 0x0100


@dataclass(frozen=True)
class Refusal:
    """An answer without a resolution: the message is no query that the resolver serves."""

    wire: bytes


def read_query(wire: bytes) -> Message | Refusal | None:
    """A query with one question, or the refusal to send; None: nothing may be answered.

    Never raises: the bytes come from whoever can send a packet.
    """
    if len(wire) < _HEADER.size:
        return None
    message_id, flags, questions, *_ = _HEADER.unpack_from(wire)
    if flags & _QR:  # an answer; to answer it could go on for ever
        return None
    if flags & _OPCODE:
        return _refuse(message_id, flags, dns.rcode.NOTIMP)
    if questions != 1:
        return _refuse(message_id, flags, dns.rcode.FORMERR)
    try:
        query = dns.message.from_wire(wire)
    except Exception:  # whatever the parser makes of hostile bytes
        return _refuse(message_id, flags, dns.rcode.FORMERR)
    return query


def _refuse(message_id: int, flags: int, rcode: Rcode) -> Refusal:
    echoed = flags & (_OPCODE | _RD)
    return Refusal(_HEADER.pack(message_id, _QR | echoed | rcode, 0, 0, 0, 0))


def unsupported(query: Message) -> Rcode | None:
    """Why a well-formed query is not resolved; None: it is."""
    question = query.question[0]
    if query.edns > 0:
        return dns.rcode.BADVERS
    if question.rdclass != dns.rdataclass.IN:
        return dns.rcode.REFUSED
    # Zone transfers and their like; ANY asks for whatever there is, and gets nothing but an alias (RFC 8482).
    if dns.rdatatype.is_metatype(question.rdtype) and question.rdtype != dns.rdatatype.ANY:
        return dns.rcode.NOTIMP
    return None


def write_answer(query: Message, resolution: Resolution, *, over_tcp: bool) -> bytes:
    """The answer's bytes. Over UDP they are cut to what the client takes, and TC says so."""
    response = dns.message.make_response(query, recursion_available=True, our_payload=EDNS_PAYLOAD)
    response.set_rcode(resolution.rcode)
    response.answer = list(resolution.answer)
    response.authority = list(resolution.authority)
    limit = LARGEST_TCP if over_tcp else _largest_datagram(query)
    return response.to_wire(max_size=limit, prefer_truncation=True)


def _largest_datagram(query: Message) -> int:
    return 512 if query.edns < 0 else min(max(query.payload, 512), EDNS_PAYLOAD)
