"""The local Internet: a few hosts with documentation addresses, and no way to any other.

- the person at this machine, whose browser comes through the loopback doors;
- a web site, under names that the default allowlist has and under one that it lacks;
- the model's API, when an address for it is given: what arrives there goes on to that address, which is the
  only way out of the namespaces.
"""

from __future__ import annotations

import contextlib
import html
import socket
import socketserver
import sys
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from runner.dns.names import Internet
from runner.model_api import ModelApi
from runner.network.forwarder import Forwarder, Target
from runner.network.topology import Network

# RFC 5737 and RFC 3849. The person's is the one that Pulumi.local.yaml lets in.
PERSON = (IPv4Address("203.0.113.1"), IPv6Address("2001:db8:1::1"))
SITE = IPv4Address("198.51.100.80")
MODEL_API = IPv4Address("198.51.100.43")
SITE_NAMES = ("example.com", "www.example.com", "example.org", "www.example.org")
# What tasks may connect to, by the security groups.
_HTTPS, _HTTP = 443, 80
_IDLE_SECONDS = 3600.0
# How long an address that was found outside is used, and how soon one that was not is asked for again.
_RENEW_SECONDS, _RETRY_SECONDS = 60.0, 5.0


def names(api: ModelApi | None) -> Internet:
    """Every name of the local Internet."""
    records: dict[str, Mapping[str, Sequence[str]]] = {name: {"A": [str(SITE)]} for name in SITE_NAMES}
    if api is not None:
        records[api.name] = {"A": [str(MODEL_API)]}
    return Internet(records)


class LocalInternet:
    """The hosts in one network; see the module. `person_socket` makes the person's sockets."""

    def __init__(self, network: Network, forwarder: Forwarder, api: ModelApi | None) -> None:
        self._forwarder = forwarder
        self._gateway: socket.socket | None = None
        self._person = network.add_internet_host(*PERSON)
        self._site = _Site(_listen(network.add_internet_host(SITE), str(SITE), _HTTP))
        if api is not None:
            gateway = network.add_internet_host(MODEL_API)
            self._gateway = _listen(gateway, str(MODEL_API), _HTTPS)
            self._beyond = _Beyond(api.host, api.port)
            forwarder.listen(
                self._gateway,
                self._beyond.targets,
                lambda family: socket.socket(family, socket.SOCK_STREAM),
                idle_seconds=_IDLE_SECONDS,
            )

    def person_socket(self, family: int) -> socket.socket:
        return self._person.socket(family, socket.SOCK_STREAM)

    def close(self) -> None:
        self._site.close()
        if self._gateway is not None:
            self._beyond.close()
            with contextlib.suppress(KeyError):  # when the forwarder was closed before
                self._forwarder.stop_listening(self._gateway)


class _Beyond:
    """Where a host outside is, by the machine's own resolver; asked in a thread, since that may take long."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._found: tuple[Target, ...] = ()
        self._closing = threading.Event()
        threading.Thread(target=self._look, name=f"address of {host}", daemon=True).start()

    def targets(self) -> Sequence[Target]:
        """What was found last."""
        return self._found

    def close(self) -> None:
        self._closing.set()

    def _look(self) -> None:
        wait = 0.0
        while not self._closing.wait(wait):
            try:
                found = socket.getaddrinfo(self._host, None, socket.AF_INET, socket.SOCK_STREAM)
            except OSError as error:
                print(f"{self._host} has no address: {error}", file=sys.stderr, flush=True)
                wait = _RETRY_SECONDS
            else:
                self._found = tuple(Target(IPv4Address(one[4][0]), self._port) for one in found)
                wait = _RENEW_SECONDS


def _listen(namespace: Any, address: str, port: int) -> socket.socket:
    listening: socket.socket = namespace.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    listening.listen(128)
    return listening


class _Site(ThreadingHTTPServer):
    """A page that says which name it was asked for."""

    daemon_threads = True

    def __init__(self, listening: socket.socket) -> None:
        socketserver.BaseServer.__init__(self, listening.getsockname(), _Page)
        self.socket = listening
        self._thread = threading.Thread(target=self.serve_forever, name="web site", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = html.escape(self.headers.get("Host", ""))
        page = (
            f"<!doctype html><title>{name}</title><h1>{name}</h1>"
            "<p>A page of the local Internet, which exists on this machine only.</p>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: who asked for what is in the query log."""
