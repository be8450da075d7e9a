"""A container engine for tests with a storage of its own, a registry beside it, and a toy image in both."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conftest import LOCAL
from containers import private_podman
from containers.engine import Engine
from emulator import image_registry
from runner.network import namespace

_NEEDED = ("podman", "runc", "catatonit")
_REGISTRY = LOCAL.parent / ".local" / "bin" / "oci-registry"
_PROGRAMS = (
    *("sh", "cat", "chmod", "cp", "date", "env", "getent", "grep", "head", "hostname", "id", "ls", "mkdir"),
    *("mknod", "mount", "perl", "readlink", "setpriv", "sleep", "stat", "tail", "touch", "unshare", "wc"),
)
# linux/capability.h: revision 2 with the effective bit, then permitted: CAP_SETGID.
_FILE_CAPABILITY = "\x01\0\0\x02\x40" + "\0" * 15
# Debian's init for containers is not on PATH.
_PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/libexec/podman", "/usr/sbin", "/sbin"))

USER = 1000
"""The image's own user."""
# Programs of the image, in Perl without its modules: PORT is their argument.
_ADDRESS = 'pack("S n a4 x8", 2, shift, pack("C4", {}))'
SCRIPTS = {
    "serve": f"""#!/bin/perl
my $there = {_ADDRESS.format("0, 0, 0, 0")};
socket(S, 2, 1, 0) and setsockopt(S, 1, 2, pack("l", 1)) and bind(S, $there) and listen(S, 9) or die "$!";
while (accept(C, S)) {{
    sysread(C, my $request, 4096);
    syswrite(C, "HTTP/1.0 200 OK\\r\\n\\r\\nok");
    close(C);
}}
""",
    "listens": f"""#!/bin/perl
my $there = {_ADDRESS.format("127, 0, 0, 1")};
socket(S, 2, 1, 0) and connect(S, $there) or die "$!";
""",
}
_ACCOUNTS = f"root:x:0:0::/:/bin/sh\ntoy:x:{USER}:{USER}::/:/bin/sh\n"
_GROUPS = f"root:x:0:\ntoy:x:{USER}:\n"


class CannotTest(Exception):
    """No container can be run here; the message says why."""


@dataclass(frozen=True)
class Toy:
    """`engine` has the image `tag`, and the registry at `registry` has it as `image`, named by digest."""

    engine: Engine
    registry: str
    image: str
    tag: str

    def everything(self) -> str:
        """What the engine has besides images."""
        return "".join(
            self.engine.run(*words, "--quiet")
            for words in (
                ("ps", "--all"),
                ("volume", "ls"),
                ("network", "ls", "--filter=label=computer-use-sandbox.run"),
            )
        )


@contextmanager
def running() -> Iterator[Toy]:
    """Afterwards there is nothing left of it: no process, mount or file. Raises `CannotTest`."""
    if reason := _impossible():
        raise CannotTest(f"The tests of the tasks' containers cannot run: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="toy-engine-"))
    command = folder / "engine"
    private_podman.write_command(command, private_podman.command(folder / "podman"))
    engine = Engine(str(command))
    registry = image_registry.start(_REGISTRY, folder / "layers")
    try:
        archive = folder / "toy.tar"
        archive.write_bytes(_root_file_system())
        changes = (
            f"USER {USER}",
            'ENTRYPOINT ["/bin/sh", "-c"]',
            'CMD ["echo the command of the image"]',
            "ENV FROM_IMAGE=yes",
            "VOLUME /scratch",
            "STOPSIGNAL SIGTERM",
        )
        tag = "localhost/toy:test"
        engine.run("import", *(f"--change={one}" for one in changes), str(archive), tag)
        digest = folder / "digest"
        target = f"docker://{registry.address}/toy:test"
        engine.run("push", "--tls-verify=false", f"--digestfile={digest}", tag, target)
        # By a host that nothing answers at, as the emulated ECR's does not.
        yield Toy(engine, registry.address, f"192.0.2.1/toy@{digest.read_text().strip()}", tag)
    finally:
        registry.close()
        private_podman.release(folder / "podman")
    shutil.rmtree(folder)


def _impossible() -> str | None:
    missing = [name for name in _NEEDED if shutil.which(name, path=_PLACES) is None]
    if missing:
        return f"there is no {', '.join(missing)} (Debian: apt-get install {' '.join(missing)})."
    if not _REGISTRY.exists():
        return f"there is no {_REGISTRY}: make tools builds it."
    if os.geteuid() != 0:
        return "this is not root."
    return namespace.available()


def _root_file_system() -> bytes:
    """This machine's programs and their libraries, folders to mount over, and a program with a capability."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, mode, owner in (
            ("tmp", 0o1777, 0),
            ("etc", 0o755, 0),
            ("data", 0o2750, USER),
            ("scratch", 0o755, USER),
        ):
            _add(tar, path, tarfile.DIRTYPE, mode, owner)
        _add(tar, "data/seed", tarfile.REGTYPE, 0o640, USER, b"from the image\n")
        _add(
            tar,
            "etc/passwd",
            tarfile.REGTYPE,
            0o644,
            0,
            f"root:x:0:0::/:/bin/sh\ntoy:x:{USER}:{USER}::/:/bin/sh\n".encode(),
        )
        _add(tar, "etc/group", tarfile.REGTYPE, 0o644, 0, _GROUPS.encode())
        libraries: set[Path] = set()
        for name in _PROGRAMS:
            found = shutil.which(name, path=_PLACES)
            assert found is not None, name
            _add(tar, f"bin/{name}", tarfile.REGTYPE, 0o755, 0, Path(found).read_bytes())
            listed = subprocess.run(["ldd", found], capture_output=True, text=True, check=True).stdout
            libraries.update(Path(word) for word in listed.split() if word.startswith("/"))
        for library in sorted(libraries):
            _add(tar, str(library).lstrip("/"), tarfile.REGTYPE, 0o755, 0, library.read_bytes())
        for name, script in SCRIPTS.items():
            _add(tar, f"bin/{name}", tarfile.REGTYPE, 0o755, 0, script.encode())
        own = Path(shutil.which("cat") or "").read_bytes()
        _add(tar, "bin/cat-with-setgid", tarfile.REGTYPE, 0o755, 0, own, _FILE_CAPABILITY)
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
