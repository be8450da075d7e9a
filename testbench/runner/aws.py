"""The emulated AWS account, as any client sees it, and the two things that only the emulator has."""

from __future__ import annotations

import json
import threading
import urllib.request
from typing import Any

import boto3
from botocore.config import Config

# The emulator is on this machine: what does not answer soon is not there.
_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2}, proxies={})


class Aws:
    """Clients by service, for use from every thread. The endpoint must be the emulator's, on loopback."""

    def __init__(self, endpoint: str, region: str) -> None:
        self.endpoint, self.region = endpoint, region
        self.session = boto3.Session("test", "test", region_name=region)
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self.account = str(self.client("sts").get_caller_identity()["Account"])
        # A person's proxy is not for this machine's own addresses.
        self._http = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def client(self, service: str) -> Any:
        with self._lock:  # clients are for several threads, a session is for one
            if service not in self._clients:
                make: Any = self.session.client
                self._clients[service] = make(service, endpoint_url=self.endpoint, config=_CONFIG)
            return self._clients[service]

    def every(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """All results of a listing, page by page."""
        client = self.client(service)
        if not client.can_paginate(operation):
            return list(getattr(client, operation)(**arguments)[key])
        pages = client.get_paginator(operation).paginate(**arguments)
        return [one for page in pages for one in page[key]]

    def changes(self) -> str:
        """Differs from the last answer when something may have changed. Raises `OSError`."""
        with self._http.open(f"{self.endpoint}/_emulator/changes", timeout=10) as answer:
            return str(answer.read().decode())

    def report(self, services: dict[str, Any], valid_seconds: float) -> None:
        """Say what runs; see the emulator's `fargate_report_endpoint`. Raises `OSError`."""
        report = {
            "account": self.account,
            "region": self.region,
            "validSeconds": valid_seconds,
            "services": services,
        }
        self._send("PUT", "", json.dumps(report).encode())

    def withdraw(self) -> None:
        """Say that nothing runs any more. Raises `OSError`."""
        self._send("DELETE", f"?account={self.account}&region={self.region}", None)

    def _send(self, method: str, query: str, body: bytes | None) -> None:
        request = urllib.request.Request(
            f"{self.endpoint}/_emulator/fargate{query}",
            body,
            {"Content-Type": "application/json"},
            method=method,
        )
        self._http.open(request, timeout=10).close()
