"""A real Docker daemon for the tests, with its own data, network and mounts, and an image to run in it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.network import namespace as network
from runner.network.namespace import Namespace

_COMMANDS = ("docker", "dockerd", "containerd", "runc", "docker-init", "nsenter", "unshare", "setpriv")
_PROGRAMS = ("sh", "cat", "sleep", "id", "ls", "readlink", "nsenter", "getent", "env")
_SECONDS = 60.0
# linux/capability.h: revision 2 with the effective bit, then permitted: CAP_SETGID.
_FILE_CAPABILITY = "\x01\0\0\x02\x40" + "\0" * 15


def impossible() -> str | None:
    """Why no daemon can be started here; None when one can."""
    missing = [name for name in _COMMANDS if shutil.which(name) is None]
    if missing:
        return f"there is no {', '.join(missing)}"
    if os.geteuid() != 0:
        return "this is not root"
    return network.available()


@dataclass(frozen=True)
class Daemon:
    """`host` is for DOCKER_HOST, `image` an image's ID, `namespace` the daemon's own network."""

    host: str
    image: str
    namespace: Namespace

    def docker(self, *arguments: str) -> str:
        return _docker(self.host, *arguments)

    def everything(self) -> str:
        """What it has besides the image."""
        return "".join(
            self.docker(*words, "--quiet")
            for words in (("ps", "--all"), ("volume", "ls"), ("network", "ls", "--filter", "type=custom"))
        )


@contextmanager
def daemon() -> Iterator[Daemon]:
    """Run one. Afterwards there is nothing left of it: no process, mount or file."""
    # Not pytest's folder: a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="docker-"))
    host = f"unix://{folder}/docker.sock"
    with closing(Namespace.create()) as namespace, (folder / "log").open("w+") as log:
        # Its mounts are its own; if this process is killed, it ends.
        inside = ["nsenter", f"--net={namespace.path}", "unshare", "--mount", "setpriv", "--pdeathsig=TERM"]
        folders = [f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid"]
        process = subprocess.Popen(
            [*inside, "dockerd", f"--host={host}", *folders, "--bridge=none", "--iptables=false"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for_answer(host, process, folder / "log")
            yield Daemon(host, _import(host), namespace)
        finally:
            process.terminate()
            process.wait(_SECONDS)
        left = subprocess.run(["pgrep", "--full", str(folder)], capture_output=True, text=True, check=False)
        assert left.stdout == "", f"processes of the daemon are left: {left.stdout}"
    shutil.rmtree(folder)


def _wait_for_answer(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while subprocess.run(["docker", "--host", host, "version"], capture_output=True, check=False).returncode:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _docker(host: str, *arguments: str, data: bytes | None = None) -> str:
    command = ["docker", "--host", host, *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode().strip()


def _import(host: str) -> str:
    changes = (
        "USER 1000",
        'ENTRYPOINT ["/bin/sh", "-c"]',
        'CMD ["echo the command of the image"]',
        "ENV FROM_IMAGE=yes",
        "VOLUME /scratch",
        "HEALTHCHECK CMD touch /tmp/checked",
    )
    options = [f"--change={one}" for one in changes]
    return _docker(host, "import", *options, "-", "sandbox:test", data=_root_file_system())


def _root_file_system() -> bytes:
    """This machine's programs and their libraries, folders to mount over, and a program with a capability."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, mode, owner in (("tmp", 0o1777, 0), ("data", 0o2750, 1000), ("scratch", 0o755, 1000)):
            _add(tar, path, tarfile.DIRTYPE, mode, owner)
        _add(tar, "data/seed", tarfile.REGTYPE, 0o640, 1000, b"from the image\n")
        libraries: set[Path] = set()
        for name in _PROGRAMS:
            found = shutil.which(name)
            assert found is not None, name
            _add(tar, f"bin/{name}", tarfile.REGTYPE, 0o755, 0, Path(found).read_bytes())
            listed = subprocess.run(["ldd", found], capture_output=True, text=True, check=True).stdout
            libraries.update(Path(word) for word in listed.split() if word.startswith("/"))
        for library in sorted(libraries):
            _add(tar, str(library).lstrip("/"), tarfile.REGTYPE, 0o755, 0, library.read_bytes())
        capable = Path(shutil.which("cat") or "").read_bytes()
        _add(tar, "bin/cat-with-setgid", tarfile.REGTYPE, 0o755, 0, capable, _FILE_CAPABILITY)
    return buffer.getvalue()


def _add(
    tar: tarfile.TarFile,
    path: str,
    kind: bytes,
    mode: int,
    owner: int,
    data: bytes = b"",
    capability: str = "",
) -> None:
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.uid, info.gid, info.size = kind, mode, owner, owner, len(data)
    if capability:
        info.pax_headers = {"SCHILY.xattr.security.capability": capability}
    tar.addfile(info, io.BytesIO(data))
