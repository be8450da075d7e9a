"""Podman with a storage of its own, so that nothing of a person's own containers and images is touched.

The settings fit an ordinary machine and one that is a container or small virtual machine itself: runc,
because crun does not know hybrid cgroups; cgroups by file system, because there may be no systemd; builds in
a chroot, because a network of their own may not be available. Locks are files, because podman's default is
one shared memory of all storages on the machine.
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
from pathlib import Path

from containers import system_calls
from containers.engine import Engine

# Everything else is podman's default. The machine's own containers.conf is not read, and a container's
# /etc/hosts has no entry of the machine's. The static folder must be this one: the process that cleans up
# after a container derives it from the storage's folder. With another static folder, podman would learn of a
# container's end only after 20 seconds.
_CONTAINERS_CONF = """\
[containers]
base_hosts_file = "none"
host_containers_internal_ip = "none"
default_capabilities = [{capabilities}]
seccomp_profile = "{folder}/system-calls.json"

[engine]
lock_type = "file"
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "none"
tmp_dir = "{run}/tmp"
volume_path = "{folder}/volumes"
static_dir = "{folder}/storage/libpod"

[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
# What Docker gives a container, and so Fargate; podman's own default has three fewer.
CAPABILITIES = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
    *("NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
_STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{folder}/storage"
runroot = "{run}/storage"
"""


def command(folder: Path) -> str:
    """Write podman's settings into `folder`. Returns shell lines that run podman with them."""
    folder.mkdir(parents=True, exist_ok=True)
    capabilities = ", ".join(f'"CAP_{name}"' for name in CAPABILITIES)
    for name, text in (("containers.conf", _CONTAINERS_CONF), ("storage.conf", _STORAGE_CONF)):
        content = text.format(folder=folder, run=run_folder(folder), capabilities=capabilities)
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "system-calls.json").write_text(system_calls.as_dockers(), encoding="utf-8")
    settings = {
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "BUILDAH_ISOLATION": "chroot",
    }
    exports = (f"export {name}={shlex.quote(value)}" for name, value in settings.items())
    return "\n".join([*exports, 'exec podman "$@"'])


def engine(generated: Path) -> Engine:
    """Podman with the storage that `make up` uses; `generated` is the checkout's `.local`."""
    script = generated / "bin" / "container-engine"
    write_command(script, command(generated / "containers"))
    return Engine(str(script))


def write_command(script: Path, text: str) -> None:
    """Make an executable of lines of shell. The file is left alone when it says the same already."""
    content = f"#!/bin/sh\n{text}\n"
    script.parent.mkdir(parents=True, exist_ok=True)
    if not script.is_file() or script.read_text(encoding="utf-8") != content:
        script.write_text(content, encoding="utf-8")
        script.chmod(0o755)


def run_folder(folder: Path) -> Path:
    """State of running containers. It must not outlive the machine's run, and the paths of sockets below it
    must be short, so it is not in `folder`."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path("/run/computer-use-sandbox", name)


def release(folder: Path) -> None:
    """Undo what podman leaves on the machine between commands: mounts, and the state of what has run.

    Images and settings stay in `folder`. No container may be running.
    """
    state = run_folder(folder)
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    below = [point for point in (line.split()[1] for line in mounts) if _is_below(point, folder, state)]
    for point in reversed(below):
        subprocess.run(["umount", point], check=True)
    shutil.rmtree(state, ignore_errors=True)
    if state.parent.is_dir() and not any(state.parent.iterdir()):
        state.parent.rmdir()


def _is_below(point: str, *folders: Path) -> bool:
    return any(folder in Path(point).parents for folder in folders)
