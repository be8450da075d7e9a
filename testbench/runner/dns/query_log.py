"""Writes the Resolver's query log in a thread of its own, so that queries never wait for it."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from runner.dns.log_destination import LogDestination
from runner.dns.log_entries import AnsweredQuery, log_entry

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

_LONGEST_QUEUE = 10_000
# PutLogEvents takes 10,000 events and 1 MiB; an entry is below 1 KiB unless its answer came over TCP.
_LARGEST_BATCH_BYTES = 512 * 1024
_LARGEST_BATCH = 500
# Seconds for which a batch waits for more queries, and seconds after which the configuration is read again.
_LINGER = 0.1
_CONFIGURATION_AGE = 10.0
_CLOSE_TIMEOUT = 5.0


class Session(Protocol):
    """Something that makes AWS clients, such as a `boto3.Session`."""

    @property
    def client(self) -> Callable[..., Any]: ...


class QueryLog:
    """Logs every query. AWS leaves out those that it answers from its cache; there is no cache here.

    Entries wait in a bounded queue for a thread that writes them in batches. An entry that does not fit or
    cannot be written is lost. `lost` counts these; stderr says so once until a write succeeds.
    """

    def __init__(
        self,
        session: Session,
        account: str,
        region: str,
        vpc_id: str,
        source_ids: Callable[[str], Mapping[str, str]],
    ) -> None:
        """`source_ids` returns the ids behind an address, for instance `{"instance": "i-…"}`.

        It is called from the log's own thread.
        """
        self.lost = 0
        self._account, self._region, self._vpc_id = account, region, vpc_id
        self._source_ids = source_ids
        self._destination = LogDestination(session.client("route53resolver"), session.client("logs"), vpc_id)
        self._configuration_read = time.monotonic()
        self._queue: queue.Queue[AnsweredQuery | None] = queue.Queue(_LONGEST_QUEUE)
        self._state = threading.Condition()
        self._unwritten = 0
        self._reported = False
        self._thread = threading.Thread(target=self._run, name="query-log", daemon=True)
        self._thread.start()

    def record(self, query: AnsweredQuery) -> None:
        """Queue an entry. Never waits and never raises."""
        with self._state:
            self._unwritten += 1
        try:
            self._queue.put_nowait(query)
        except queue.Full:
            self._settle(1, f"the queue of {_LONGEST_QUEUE} is full")

    def flush(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until everything recorded so far is written or lost. False if that took too long."""
        with self._state:
            return self._state.wait_for(lambda: self._unwritten == 0, timeout_seconds)

    def close(self) -> None:
        """Write what is queued, for ten seconds at most. Nothing may be recorded afterwards."""
        try:
            self._queue.put(None, timeout=_CLOSE_TIMEOUT)
        except queue.Full:
            return  # the thread is stuck in a write and ends with the process
        self._thread.join(_CLOSE_TIMEOUT)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, size, ends = [self._event(first)], 0, False
            deadline = time.monotonic() + _LINGER
            while len(batch) < _LARGEST_BATCH and size < _LARGEST_BATCH_BYTES and not ends:
                try:
                    query = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    break
                if query is None:
                    ends = True
                else:
                    batch.append(self._event(query))
                    size += len(batch[-1]["message"])
            self._write(batch)
            if ends:
                return

    def _event(self, query: AnsweredQuery) -> InputLogEventTypeDef:
        try:
            ids = self._source_ids(query.source_address)
        except Exception as error:  # log the query without IDs rather than not at all
            print(f"DNS query log: no IDs of {query.source_address}: {error!r}", file=sys.stderr, flush=True)
            ids = {}
        message = log_entry(query, self._account, self._region, self._vpc_id, ids)
        return {"timestamp": int(query.time * 1000), "message": message}

    def _write(self, batch: list[InputLogEventTypeDef]) -> None:
        # Several threads answer queries, but PutLogEvents requires the events in order of time.
        batch.sort(key=lambda event: event["timestamp"])
        if time.monotonic() - self._configuration_read > _CONFIGURATION_AGE:
            self._destination.forget()
            self._configuration_read = time.monotonic()
        try:
            try:
                self._destination.write(batch)
            except ClientError:  # the group or stream may have been replaced
                self._destination.forget()
                self._destination.write(batch)
        except Exception as error:  # no failure may stop the log
            self._destination.forget()
            self._settle(len(batch), str(error))
        else:
            self._settle(len(batch), None)

    def _settle(self, entries: int, failure: str | None) -> None:
        with self._state:
            self._unwritten -= entries
            report = failure is not None and not self._reported
            self._reported = failure is not None
            if failure is not None:
                self.lost += entries
            self._state.notify_all()
        if report:
            print(
                f"DNS query log: entries are lost, but queries are still answered: {failure}",
                file=sys.stderr,
                flush=True,
            )
