"""The local Internet: a few hosts with documentation addresses. No packet leaves the machine.

- the person at this machine, whose browser comes through the loopback doors;
- a web site, under names that the default allowlist has and under one that it lacks;
- the model's API, when an address for it is given: what arrives there goes on to that address.
"""

from __future__ import annotations

import html
import socket
import socketserver
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import urlsplit

from runner.dns.names import Internet
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


class ModelApi:
    """Where the model's API really is (`url`), and how the tasks of the emulated VPC reach it."""

    def __init__(self, url: str) -> None:
        """`http://127.0.0.1:PORT` for one on this machine, or an `https://` address. Raises `ValueError`."""
        parts = urlsplit(url)
        is_here = parts.hostname in ("127.0.0.1", "localhost")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"{url!r} is no address of an API: write http://127.0.0.1:PORT or https://HOST")
        if parts.scheme == "http" and not is_here:
            raise ValueError(
                f"{url!r} sends the API key in clear over a network: write https://{parts.hostname}"
            )
        self.url = url.rstrip("/")
        self.host = parts.hostname
        self.port = parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)
        # With TLS, the name must stay the one of the certificate.
        self.name = "api.anthropic.com" if is_here else parts.hostname
        self.url_for_tasks = f"{parts.scheme}://{self.name}:{_HTTPS}"


def names(api: ModelApi | None) -> Internet:
    """Every name of the local Internet."""
    records: dict[str, Mapping[str, Sequence[str]]] = {name: {"A": [str(SITE)]} for name in SITE_NAMES}
    if api is not None:
        records[api.name] = {"A": [str(MODEL_API)]}
    return Internet(records)


class LocalInternet:
    """The hosts in one network; see the module. `person_socket` makes the person's sockets."""

    def __init__(self, network: Network, forwarder: Forwarder, api: ModelApi | None) -> None:
        self._person = network.add_internet_host(*PERSON)
        self._site = _Site(_listen(network.add_internet_host(SITE), str(SITE), _HTTP))
        if api is not None:
            gateway = network.add_internet_host(MODEL_API)
            forwarder.listen(
                _listen(gateway, str(MODEL_API), _HTTPS),
                lambda: [Target(_resolve(api.host), api.port)],
                lambda family: socket.socket(family, socket.SOCK_STREAM),
                idle_seconds=_IDLE_SECONDS,
            )

    def person_socket(self, family: int) -> socket.socket:
        return self._person.socket(family, socket.SOCK_STREAM)

    def close(self) -> None:
        self._site.close()


def _resolve(host: str) -> IPv4Address:
    """By the machine's own resolver."""
    return IPv4Address(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])


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
