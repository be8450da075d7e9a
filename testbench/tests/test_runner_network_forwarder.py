"""The TCP forwarder on loopback and between namespaces: what arrives where, and what is left after."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path

import pytest

from runner.network import forwarder as module
from runner.network.forwarder import Forwarder, Target
from runner.network.model import Interface, Rule, SecurityGroup, Vpc
from runner.network.namespace import available
from runner.network.topology import Network

HERE = IPv4Address("127.0.0.1")


@pytest.fixture
def forwarder() -> Iterator[Forwarder]:
    made = Forwarder()
    yield made
    made.close()


def connect(family: int) -> socket.socket:
    return socket.socket(family, socket.SOCK_STREAM)


def listening(address: str = "127.0.0.1") -> socket.socket:
    made = socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
    made.settimeout(5)
    return made


def target(server: socket.socket) -> Target:
    return Target(HERE, server.getsockname()[1])


def unused() -> Target:
    """A port on which nobody listens."""
    with listening() as server:
        return target(server)


def door(
    forwarder: Forwarder, *targets: Target, idle_seconds: float = 60
) -> tuple[socket.socket, Callable[[], socket.socket]]:
    """A listener to these targets, and how to connect to it."""
    server = listening()
    address = server.getsockname()
    forwarder.listen(server, lambda: targets, connect, idle_seconds=idle_seconds)
    return server, lambda: socket.create_connection(address, timeout=5)


def test_it_takes_turns(forwarder: Forwarder) -> None:
    with listening() as one, listening() as two:
        _, client = door(forwarder, target(one), target(two))
        for server in (one, two, one, two):
            with client(), server.accept()[0]:
                pass


def test_it_goes_on_to_the_next_target_when_one_is_down(forwarder: Forwarder) -> None:
    with listening() as server:
        _, client = door(forwarder, unused(), target(server))
        for _ in range(4):
            with client(), server.accept()[0]:
                pass


def test_a_target_that_does_not_answer_is_passed_over(
    forwarder: Forwarder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CONNECT_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as full,
        # The queue holds this one; the kernel ignores the next.
        socket.create_connection(full.getsockname()),
        listening() as server,
    ):
        _, client = door(forwarder, target(full), target(server))
        with client(), server.accept()[0]:
            pass


@pytest.mark.parametrize("targets", [(), (unused(), unused())], ids=["none", "none answers"])
def test_without_a_target_the_client_is_reset(forwarder: Forwarder, targets: tuple[Target, ...]) -> None:
    _, client = door(forwarder, *targets)
    # It may come before connect() has returned.
    with pytest.raises(ConnectionResetError), client() as one:
        one.recv(1)


def test_targets_are_asked_for_each_connection(forwarder: Forwarder) -> None:
    targets: list[Target] = []
    with listening() as server, listening() as entrance:
        address = entrance.getsockname()
        forwarder.listen(entrance.dup(), lambda: targets, connect, idle_seconds=60)
        with pytest.raises(ConnectionResetError), socket.create_connection(address, timeout=5) as one:
            one.recv(1)
        targets.append(target(server))
        with socket.create_connection(address, timeout=5), server.accept()[0]:
            pass


def test_each_way_may_end_before_the_other(forwarder: Forwarder) -> None:
    with listening() as server:
        _, client = door(forwarder, target(server))
        for first_is_client in (True, False):
            with client() as one, server.accept()[0] as other:
                first, second = (one, other) if first_is_client else (other, one)
                first.sendall(b"question")
                first.shutdown(socket.SHUT_WR)
                assert (second.recv(100), second.recv(100)) == (b"question", b"")
                second.sendall(b"answer")
                second.close()
                assert (first.recv(100), first.recv(100)) == (b"answer", b"")


def test_a_reset_is_handed_on(forwarder: Forwarder) -> None:
    with listening() as server:
        _, client = door(forwarder, target(server))
        for first_is_client in (True, False):
            with client() as one, server.accept()[0] as other:
                first, second = (one, other) if first_is_client else (other, one)
                first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, module._RESET)
                first.close()
                with pytest.raises(ConnectionResetError):
                    second.recv(1)


def test_a_silent_connection_is_reset_and_a_busy_one_is_not(forwarder: Forwarder) -> None:
    with listening() as server:
        _, client = door(forwarder, target(server), idle_seconds=0.5)
        with client() as silent, server.accept()[0] as other:
            with client() as busy, server.accept()[0] as busy_other:
                silent.settimeout(0.05)
                # Counted in bytes, not time: it goes on for as long as the other one is open.
                while not _is_reset(silent):
                    busy.sendall(b"x")
                    assert busy_other.recv(1) == b"x"
                busy_other.sendall(b"y")
                assert busy.recv(1) == b"y"
            with pytest.raises(ConnectionResetError):
                other.recv(1)


def _is_reset(end: socket.socket) -> bool:
    try:
        end.recv(1)
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    raise AssertionError("ended in order")


def test_a_slow_reader_slows_the_writer(forwarder: Forwarder) -> None:
    """Everything arrives, and only what sockets hold is on its way meanwhile."""
    block = bytes(range(256)) * 4096
    with listening() as server:
        _, client = door(forwarder, target(server))
        with client() as one, server.accept()[0] as other:
            one.settimeout(0.5)
            sent = 0
            with pytest.raises(TimeoutError):
                while sent < 1 << 30:
                    sent += one.send(block[sent % 256 :])
            assert sent < 1 << 26
            one.shutdown(socket.SHUT_WR)
            received = 0
            while data := other.recv(1 << 20):
                shift = received % 256
                assert data == (block[shift:256] + block)[: len(data)]
                received += len(data)
            assert received == sent


def test_a_stopped_listener_refuses_and_keeps_its_connections(forwarder: Forwarder) -> None:
    with listening() as server:
        entrance, client = door(forwarder, target(server))
        with client() as one, server.accept()[0] as other:
            forwarder.stop_listening(entrance)
            with pytest.raises(ConnectionRefusedError):
                client()
            one.sendall(b"still")
            assert other.recv(100) == b"still"
    with pytest.raises(KeyError):
        forwarder.stop_listening(entrance)


def test_close_resets_everything_and_can_be_repeated() -> None:
    before = held()
    with listening() as server:
        forwarder = Forwarder()
        _, client = door(forwarder, target(server))
        with client() as one, server.accept()[0] as other:
            forwarder.close()
            forwarder.close()
            for end in (one, other):
                with pytest.raises(ConnectionResetError):
                    end.recv(1)
        with pytest.raises(ConnectionRefusedError):
            client()
    assert held() == before


def held() -> tuple[int, int]:
    """Descriptors and threads of this process."""
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def test_ten_thousand_connections_leak_nothing(forwarder: Forwarder) -> None:
    with listening() as server:
        entrance, client = door(forwarder, target(server))

        def answer() -> None:
            for _ in range(10_000):
                with server.accept()[0] as connection:
                    connection.sendall(connection.recv(1))

        before = held()
        answering = threading.Thread(target=answer)
        answering.start()
        for _ in range(10_000):
            with client() as one:
                one.sendall(b"x")
                one.shutdown(socket.SHUT_WR)
                assert (one.recv(1), one.recv(1)) == (b"x", b"")
        answering.join()
        while forwarder.connections:
            pass
        assert held() == before
        forwarder.stop_listening(entrance)


def test_a_door_on_loopback_leads_through_the_security_groups(forwarder: Forwarder) -> None:
    """The machine's person, as a host of the internet, to the balancer's public address, to a task."""
    reason = available()
    assert reason is None, reason
    private, public = IPv4Address("10.0.0.10"), IPv4Address("203.0.113.80")
    person = IPv4Address("203.0.113.1")
    rules = (Rule("tcp", 8501, 8501, IPv4Network("203.0.113.1/32")),)
    with Network(Vpc("vpc-0", IPv4Network("10.0.0.0/16"))) as network:
        balancer = network.attach(Interface("balancer", private, groups=("sg-door",), public=public))
        task = network.attach(Interface("task", IPv4Address("10.0.1.10"), groups=("sg-task",)))
        between = Rule("tcp", 8501, 8501, "sg-door"), Rule("tcp", 8501, 8501, "sg-task")
        door_group = SecurityGroup("sg-door", rules, between[1:])
        network.apply((door_group, SecurityGroup("sg-task", between[:1])))
        host = network.add_internet_host(person)
        with task.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
            server.bind(("10.0.1.10", 8501))
            server.listen()
            server.settimeout(5)
            front = balancer.socket(socket.AF_INET, socket.SOCK_STREAM)
            front.bind((str(private), 8501))
            front.listen()
            behind = (Target(IPv4Address("10.0.1.10"), 8501),)
            forwarder.listen(
                front,
                lambda: behind,
                lambda family: balancer.socket(family, socket.SOCK_STREAM),
                idle_seconds=60,
            )
            entrance = listening()
            address = entrance.getsockname()
            forwarder.listen(
                entrance,
                lambda: (Target(public, 8501),),
                lambda family: host.socket(family, socket.SOCK_STREAM),
                idle_seconds=60,
            )
            with socket.create_connection(address, timeout=5) as client:
                connection, peer = server.accept()
                with connection:
                    client.sendall(b"hello")
                    assert connection.recv(100) == b"hello"
                    assert peer[0] == str(private)
        # Before the network goes: its sockets would keep the namespaces.
        forwarder.close()


def test_a_target_may_have_an_ipv6_address(forwarder: Forwarder) -> None:
    with listening("::1") as server:
        _, client = door(forwarder, Target(IPv6Address("::1"), server.getsockname()[1]))
        with client(), server.accept()[0]:
            pass
