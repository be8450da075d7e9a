"""Hosts on the local Internet and real packets from the namespaces of a running stack."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from runner.network import routes
from runner.network.namespace import Namespace
from story.machine import Machine

# A packet that was dropped is not answered; one that was not comes back within milliseconds.
_ANSWER_SECONDS, _SILENCE_SECONDS = 5.0, 1.5
_ports = itertools.count()


@contextlib.contextmanager
def namespaces(machine: Machine) -> Iterator[dict[str, Namespace]]:
    """The running VPC's namespaces by the names that the runner gives them: interfaces, internet, router."""
    (shown,) = json.loads(machine.read(".local/fargate/namespaces.json")).values()
    opened = {
        name: Namespace(os.open(machine.path(path), os.O_RDONLY | os.O_CLOEXEC))
        for name, path in shown.items()
    }
    try:
        yield opened
    finally:
        for namespace in opened.values():
            namespace.close()


@contextlib.contextmanager
def host(internet: Namespace, *addresses: str) -> Iterator[Namespace]:
    """One more host on the local Internet."""
    parsed: list[IPv4Address | IPv6Address] = [ip_address(address) for address in addresses]
    with contextlib.closing(Namespace.create()) as namespace:
        routes.connect_host(internet, f"guest{next(_ports)}", namespace, tuple(parsed))
        yield namespace


@contextlib.contextmanager
def server(namespace: Namespace, kind: int, address: str, port: int) -> Iterator[None]:
    """Answers each connection (`SOCK_STREAM`) or packet (`SOCK_DGRAM`) with a greeting."""
    listening = namespace.socket(_family(address), kind)
    if kind == socket.SOCK_STREAM:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    if kind == socket.SOCK_STREAM:
        listening.listen()
    listening.settimeout(0.1)
    ended = threading.Event()
    thread = threading.Thread(target=_serve, args=(listening, kind, ended))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        listening.close()


def _serve(listening: socket.socket, kind: int, ended: threading.Event) -> None:
    while not ended.is_set():
        with contextlib.suppress(TimeoutError):
            if kind == socket.SOCK_STREAM:
                listening.accept()[0].close()
            else:
                _, sender = listening.recvfrom(512)
                listening.sendto(b"here", sender)


def reaches(namespace: Namespace, address: str, port: int, kind: int = socket.SOCK_STREAM) -> bool:
    """Whether what listens there answers."""
    return _try(namespace, address, port, kind, _ANSWER_SECONDS)


def is_cut_off(namespace: Namespace, address: str, port: int, kind: int = socket.SOCK_STREAM) -> bool:
    """Whether no packet comes back from there."""
    return not _try(namespace, address, port, kind, _SILENCE_SECONDS)


def _try(namespace: Namespace, address: str, port: int, kind: int, seconds: float) -> bool:
    with namespace.socket(_family(address), kind) as trying:
        trying.settimeout(seconds)
        try:
            trying.connect((address, port))
            if kind == socket.SOCK_DGRAM:
                trying.send(b"hello")
                return bool(trying.recv(512))
        except OSError:
            return False
        return True


def _family(address: str) -> int:
    return socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET


def interface_of(task: dict[str, Any]) -> tuple[str, str]:
    """ID and address of a task's network interface."""
    details = {one["name"]: one["value"] for one in task["attachments"][0]["details"]}
    return details["networkInterfaceId"], details["privateIPv4Address"]


def until(what: Callable[[], bool], seconds: float = 30.0) -> None:
    """Fails when it does not become true: the runner follows the emulator within seconds."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
