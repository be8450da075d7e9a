"""One anonymous network namespace: commands and sockets in it, and nothing of it left when its holder dies.

It is made by unshare(2) in a short-lived thread and held by a file descriptor alone. No name in /run/netns
and no process keeps it: after kill -9 the kernel removes it with its interfaces, routes and rules. A process
or a socket that is still inside keeps it alive as well: end those first.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from runner import kernel

T = TypeVar("T")

# Debian's ordinary users do not have the folders of ip and nft on their PATH.
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
_PACKAGES = {"ip": "iproute2", "nft": "nftables", "nsenter": "util-linux"}


class NetworkError(Exception):
    """The kernel or one of its tools refused something; the message says what, and in whose words."""


class Namespace:
    """A network namespace with `lo` up, which forwards nothing. Usable from every thread.

    `path` names it to commands while this process lives: `nsenter --net=PATH`, `ip link set X netns PATH`.
    """

    def __init__(self, descriptor: int) -> None:
        """Take over a descriptor of /proc/…/ns/net; `create()` makes a new namespace."""
        self._descriptor = descriptor

    @classmethod
    def create(cls) -> Namespace:
        """Make one. Raises `NetworkError` where that is not allowed."""
        made = cls(_in_a_thread(_unshared))
        try:
            # Copied from the machine's own settings otherwise, and a machine with containers forwards.
            made.sysctl({"ipv4/ip_forward": 0, "ipv6/conf/all/forwarding": 0})
            made.run(["ip", "link", "set", "lo", "up"])
        except BaseException:
            made.close()
            raise
        return made

    @property
    def path(self) -> str:
        """A path for commands, good while this process holds the namespace."""
        if self._descriptor < 0:
            raise NetworkError("this network namespace is closed")
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def run(self, command: Sequence[str], text: str = "") -> str:
        """Run a command inside, with `text` as its input; what it printed.

        Raises `NetworkError` with its error output when it fails.
        """
        return _run(["nsenter", f"--net={self.path}", "--", *command], text)

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in a thread of its own that is inside; sockets that it makes stay there."""

        path = self.path

        def inside() -> T:
            try:
                kernel.setns(self._descriptor, kernel.CLONE_NEWNET)
            except OSError as error:
                raise NetworkError(f"setns({path}): {os.strerror(error.errno or 0)}") from error
            return function()

        return _in_a_thread(inside)

    def socket(self, family: int, kind: int) -> socket.socket:
        """A socket of this namespace, for use from anywhere in this process."""
        return self.call(lambda: socket.socket(family, kind))

    def sysctl(self, settings: dict[str, int]) -> None:
        """Set values below /proc/sys/net, by their paths there: {"ipv4/ip_forward": 1}."""

        def write() -> None:
            for name, value in settings.items():
                try:
                    Path("/proc/sys/net", name).write_text(str(value))
                except OSError as error:
                    raise NetworkError(f"cannot set net/{name} to {value}: {error.strerror}") from error

        # The kernel shows each thread the settings of the namespace that the thread is in.
        self.call(write)

    def close(self) -> None:
        """Let go of it; the kernel removes it as soon as nobody is inside."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


def available() -> str | None:
    """None when networks of namespaces can be made here, else why not: a sentence for a person.

    It tries, rather than concludes from users and versions: a container's root often may not.
    """
    if sys.platform != "linux":
        return "Network namespaces exist on Linux only."
    missing = [name for name in _PACKAGES if shutil.which(name, path=_PATH) is None]
    if missing:
        packages = " ".join(_PACKAGES[name] for name in missing)
        return f"{', '.join(missing)} not found (Debian: apt install {packages})."
    try:
        with contextlib.closing(Namespace.create()) as tried:
            tried.run(["ip", "link", "add", "try0", "type", "veth", "peer", "name", "try1"])
            tried.run(["ip", "link", "add", "try2", "type", "bridge"])
            tried.run(
                ["nft", "-f", "-"],
                "table inet tried {\n chain nat {\n type nat hook prerouting priority 0\n }\n }\n",
            )
    except NetworkError as error:
        who = "" if os.geteuid() == 0 else "this user is not root; "
        return f"Network namespaces cannot be made: {who}it takes CAP_SYS_ADMIN and CAP_NET_ADMIN ({error})."
    return None


def _unshared() -> int:
    try:
        kernel.unshare(kernel.CLONE_NEWNET)
    except OSError as error:
        raise NetworkError(f"unshare(CLONE_NEWNET): {os.strerror(error.errno or 0)}") from error
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _run(command: Sequence[str], text: str) -> str:
    environment = {**os.environ, "PATH": _PATH, "LC_ALL": "C"}
    try:
        ended = subprocess.run(
            command, input=text, env=environment, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise NetworkError(f"{command[0]}: {error.strerror}") from error
    if ended.returncode != 0:
        said = ended.stderr.strip() or ended.stdout.strip() or f"exit code {ended.returncode}"
        raise NetworkError(f"{' '.join(command[3:])}: {said}")
    return ended.stdout


def _in_a_thread(function: Callable[[], T]) -> T:
    """Call it in a thread that ends with the call, so that no other thread changes its namespace."""
    results: list[T] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=call, name="network-namespace")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
