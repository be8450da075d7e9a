"""A container's output to CloudWatch Logs, line by line, as the awslogs driver sends it."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from runner.ecs.definition import AwsLogs

_FLUSH_SECONDS = 0.5
_MOST_EVENTS = 1000
_LONGEST_LINE = 16 * 1024  # bytes; Docker splits longer lines too


class ContainerLog:
    """Reads to the end of the output. A line that cannot be sent is lost, and standard error says so."""

    def __init__(
        self, client: Any, logs: AwsLogs | None, container: str, task_id: str, output: BinaryIO
    ) -> None:
        self._client = client
        self._group = logs.group if logs else ""
        self._stream = f"{logs.stream_prefix if logs else ''}/{container}/{task_id}"
        self._output = output
        self._lines: list[dict[str, Any]] = []
        self._last = ""
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._is_lost = False
        reader = threading.Thread(target=self._read, name=f"output of {container}", daemon=True)
        reader.start()
        self._sender = threading.Thread(target=self._send_all, name=f"log of {container}", daemon=True)
        self._sender.start()

    @property
    def last_line(self) -> str:
        """What the container said last: often why it ended."""
        with self._lock:
            return self._last

    def wait_until_sent(self, seconds: float) -> None:
        """Once the container has ended: until everything is sent, or for so long."""
        self._sender.join(seconds)

    def _read(self) -> None:
        while line := self._output.readline(_LONGEST_LINE):
            text = line.decode(errors="replace").rstrip("\r\n")
            with self._lock:
                self._lines.append({"timestamp": int(time.time() * 1000), "message": text or " "})
                self._last = text or self._last
        self._ended.set()

    def _send_all(self) -> None:
        if not self._group:
            self._ended.wait()
            return
        self._call("create_log_stream")
        while True:
            is_last = self._ended.wait(_FLUSH_SECONDS)
            while batch := self._take():
                self._call("put_log_events", logEvents=batch)
            if is_last:
                return

    def _take(self) -> list[dict[str, Any]]:
        with self._lock:
            batch, self._lines = self._lines[:_MOST_EVENTS], self._lines[_MOST_EVENTS:]
        return batch

    def _call(self, operation: str, **arguments: Any) -> None:
        try:
            getattr(self._client, operation)(
                logGroupName=self._group, logStreamName=self._stream, **arguments
            )
        except (ClientError, BotoCoreError) as error:
            if not self._is_lost:
                print(f"the log stream {self._stream} loses lines: {error}", file=sys.stderr, flush=True)
            self._is_lost = True
