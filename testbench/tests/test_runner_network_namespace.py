"""Anonymous network namespaces: usable from everywhere in their process, and gone with it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

import pytest

from conftest import LOCAL
from runner.network.model import Interface, Vpc
from runner.network.namespace import Namespace, NetworkError, available
from runner.network.topology import Network

VPC = Vpc("vpc-0", IPv4Network("10.0.0.0/16"), IPv6Network("2001:db8:100::/56"))
INTERFACE = Interface("one", IPv4Address("10.0.0.10"), IPv6Address("2001:db8:100::10"))

# Holds a whole network; says where its namespaces are; then waits to be ended.
HOLDER = """
import sys, time
from ipaddress import ip_address, ip_network
from runner.network.model import Interface, Vpc
from runner.network.topology import Network
network = Network(Vpc("vpc-0", ip_network("10.0.0.0/16")))
task = network.attach(Interface("one", ip_address("10.0.0.10")))
host = network.add_internet_host(ip_address("198.51.100.66"))
print(*(one.path for one in (network.internet, network.router, task, host)), flush=True)
sys.stdin.read()
network.close()
print("closed", flush=True)
"""


@pytest.fixture
def outside() -> Iterator[Namespace]:
    """A namespace that has no part in the network under test."""
    reason = available()
    assert reason is None, reason
    made = Namespace.create()
    yield made
    made.close()


def devices(namespace: Namespace | None = None) -> str:
    command = ["ip", "-brief", "link"]
    if namespace:
        return namespace.run(command)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tie(outside: Namespace, paths: list[str]) -> None:
    """A cable to each namespace: it breaks when the kernel has removed the namespace at its other end."""
    for number, path in enumerate(paths):
        name = f"probe{number}"
        outside.run(["ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", path])
    assert devices(outside).count("probe") == len(paths)


def wait_until_cut(outside: Namespace) -> None:
    """Bounded by the test run's own patience, as the kernel removes namespaces in its own time."""
    while "probe" in devices(outside):
        pass


@pytest.mark.parametrize("how", ["kill -9", "close"])
def test_nothing_of_a_network_remains(outside: Namespace, how: str) -> None:
    before = devices()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        paths = holder.stdout.readline().split()
        tie(outside, paths)
        assert len(paths) == 4
        assert devices() == before
        if how == "kill -9":
            holder.send_signal(signal.SIGKILL)
            assert holder.wait() == -signal.SIGKILL
        else:
            holder.stdin.close()
            assert holder.stdout.readline() == "closed\n"
            assert holder.wait() == 0
    wait_until_cut(outside)
    assert devices() == before


def test_close_gives_back_every_descriptor_and_thread_and_namespace(outside: Namespace) -> None:
    def held() -> tuple[set[str], int]:
        return {entry.name for entry in Path("/proc/self/fd").iterdir()}, threading.active_count()

    before = held()
    with Network(VPC) as network:
        paths = [network.router.path, network.attach(INTERFACE).path]
        tie(outside, [*paths, network.add_internet_host(IPv4Address("192.0.2.1")).path])
        assert held() != before
    wait_until_cut(outside)
    assert held() == before


def test_a_detached_interface_leaves_no_namespace(outside: Namespace) -> None:
    with Network(VPC) as network:
        tie(outside, [network.attach(INTERFACE).path])
        network.detach("one")
        wait_until_cut(outside)


def test_a_network_that_cannot_be_built_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr("runner.network.rules.compile", lambda *_: "nonsense")
    with pytest.raises(NetworkError, match=r"nft -f -: .*syntax error"):
        Network(VPC)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_an_attachment_that_fails_leaves_nothing_and_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    with Network(VPC) as network:
        before = len(list(Path("/proc/self/fd").iterdir())), devices(network.router)
        with monkeypatch.context() as broken:
            # Most of the commands work before and after the one that does not.
            broken.setattr("runner.network.routes._ROUTER6", "nonsense")
            with pytest.raises(NetworkError, match="nonsense"):
                network.attach(INTERFACE)
        assert (len(list(Path("/proc/self/fd").iterdir())), devices(network.router)) == before
        network.attach(INTERFACE)


def test_it_works_inside_another_namespace(outside: Namespace) -> None:
    inside = "from runner.network.namespace import available; print(available())\n" + HOLDER
    command = ["env", f"PYTHONPATH={LOCAL}", sys.executable, "-c", inside]
    said = outside.run(command).splitlines()
    assert (said[0], said[-1]) == ("None", "closed")


def test_a_socket_stays_in_its_namespace(outside: Namespace) -> None:
    with outside.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = listening.getsockname()
        with outside.socket(socket.AF_INET, socket.SOCK_STREAM) as inside:
            inside.connect(address)
        with socket.socket() as here, pytest.raises(ConnectionRefusedError):
            here.connect(address)


def test_a_child_does_not_inherit_the_namespace(outside: Namespace) -> None:
    number = outside.path.rpartition("/")[2]
    listed = subprocess.run(
        ["ls", "/proc/self/fd"], check=True, capture_output=True, text=True, close_fds=False
    )
    assert number in os.listdir("/proc/self/fd")  # noqa: PTH208
    assert number not in listed.stdout.split()


def test_a_command_that_fails_says_why(outside: Namespace) -> None:
    with pytest.raises(NetworkError, match=r'^ip link show nothing: Device "nothing" does not exist'):
        outside.run(["ip", "link", "show", "nothing"])
    assert outside.run(["cat"], "text") == "text"


def test_an_error_of_a_call_inside_is_the_callers(outside: Namespace) -> None:
    with pytest.raises(ZeroDivisionError):
        outside.call(lambda: 1 // 0)
    with pytest.raises(NetworkError, match="cannot set net/ipv4/nothing to 1"):
        outside.sysctl({"ipv4/nothing": 1})


def test_a_closed_namespace_says_so() -> None:
    made = Namespace.create()
    made.close()
    made.close()
    for use in (lambda: made.path, lambda: made.run(["true"]), lambda: made.call(lambda: None)):
        with pytest.raises(NetworkError, match="is closed"):
            use()


def test_it_is_said_why_there_are_no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert available() == "Network namespaces exist on Linux only."


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def which(name: str, path: str) -> str | None:
        return None if name in ("nft", "ip") else f"{path}/{name}"

    monkeypatch.setattr(shutil, "which", which)
    assert available() == "ip, nft not found (Debian: apt install iproute2 nftables)."


def test_a_refusal_of_the_kernel_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_flags: int) -> None:
        raise PermissionError(errno.EPERM, "it is forbidden")

    monkeypatch.setattr("runner.kernel.unshare", refuse)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert available() == (
        "Network namespaces cannot be made: this user is not root; it takes CAP_SYS_ADMIN and CAP_NET_ADMIN "
        "(unshare(CLONE_NEWNET): Operation not permitted)."
    )


def test_a_user_who_is_not_root_is_told_so() -> None:
    # Imported first: the user may not be able to read the code.
    code = (
        "import os\n"
        "from runner.network.namespace import available\n"
        "os.setgid(65534)\n"
        "os.setuid(65534)\n"
        "print(available())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=LOCAL, check=True, capture_output=True, text=True
    )
    assert ended.stdout.startswith(
        "Network namespaces cannot be made: this user is not root; it takes CAP_SYS"
    )
