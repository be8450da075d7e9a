"""The DNS server of a VPC: takes queries over UDP and TCP and answers them."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import dns.rcode
from dns.message import Message

from runner.dns.firewall import Firewall
from runner.dns.listener import Listener
from runner.dns.log_entries import AnsweredQuery
from runner.dns.lookups import Source
from runner.dns.messages import Refusal, read_query, unsupported, write_answer
from runner.dns.resolution import Resolution, resolve

_THREADS = 4
# Queries that may wait at the same time. Further ones are dropped, and clients ask again.
_MOST_WAITING = 1024


class Rules(Protocol):
    """Where the rules come from, such as `runner.dns.rules.CurrentRules`."""

    def current(self) -> Firewall | None:
        """The firewall to ask, or None to answer SERVFAIL."""


class Log(Protocol):
    """Where queries are recorded, such as in `runner.dns.query_log.QueryLog`."""

    def record(self, query: AnsweredQuery) -> None:
        """Take an entry without waiting."""


class Resolver:
    """Answers DNS queries for one VPC. Nothing is forwarded: names that no source knows do not resolve."""

    def __init__(self, rules: Rules, sources: Sequence[Source], log: Log) -> None:
        """`sources` are asked in this order; the first that is responsible for the name answers."""
        self._rules = rules
        self._sources = tuple(sources)
        self._log = log
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="dns")
        self._room = threading.BoundedSemaphore(_MOST_WAITING)
        self._listeners: list[Listener] = []

    def serve(self, udp_socket: socket.socket, tcp_listening_socket: socket.socket) -> None:
        """Start to answer on two bound sockets, in the background. From now on the resolver owns them.

        The sockets may live in any network namespace. May be called for several pairs.
        """
        self._listeners.append(Listener(udp_socket, tcp_listening_socket, self._take))

    def close(self) -> None:
        """Stop and close all sockets. Returns when all threads have ended. May be called more than once."""
        while self._listeners:
            self._listeners.pop().close()
        self._pool.shutdown()

    def _take(
        self, wire: bytes, peer: tuple[str, int], transport: str, reply: Callable[[bytes], None]
    ) -> None:
        if not self._room.acquire(blocking=False):
            return
        self._pool.submit(self._work, wire, peer, transport, reply)

    def _work(
        self, wire: bytes, peer: tuple[str, int], transport: str, reply: Callable[[bytes], None]
    ) -> None:
        try:
            answer = self.answer(wire, peer, transport)
            if answer is not None:
                reply(answer)
        except Exception as error:  # no query may stop the resolver
            print(f"DNS resolver: a query from {peer[0]} failed: {error!r}", file=sys.stderr, flush=True)
        finally:
            self._room.release()

    def answer(self, wire: bytes, peer: tuple[str, int], transport: str) -> bytes | None:
        """The answer to a message, or None. `peer` is address and port, `transport` is UDP or TCP."""
        query = read_query(wire)
        if query is None:
            return None
        if isinstance(query, Refusal):
            return query.wire
        over_tcp = transport == "TCP"
        try:
            resolution = self._resolve(query)
            answer = write_answer(query, resolution, over_tcp=over_tcp)
        except Exception as error:  # as with any resolver, a source that fails means SERVFAIL
            print(f"DNS resolver: {query.question[0].name} failed: {error!r}", file=sys.stderr, flush=True)
            resolution = Resolution(dns.rcode.SERVFAIL)
            answer = write_answer(query, resolution, over_tcp=over_tcp)
        question = query.question[0]
        self._log.record(
            AnsweredQuery(
                time.time(),
                question.name,
                question.rdtype,
                question.rdclass,
                resolution,
                *peer,
                transport,
            )
        )
        return answer

    def _resolve(self, query: Message) -> Resolution:
        question = query.question[0]
        refusal = unsupported(query)
        if refusal is not None:
            return Resolution(refusal)
        return resolve(self._rules.current(), self._sources, question.name, question.rdtype)
