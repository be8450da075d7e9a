"""A machine of the story's own: its processes, loopback, /tmp and clone of this checkout are nobody else's.

So ports cannot collide, no packet can leave, what is left at the end is the story's, and nothing of it
survives the test. It takes root on Linux, as the tasks do.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3

from launcher import containers, fargate, local_aws
from launcher.building import build_stale
from launcher.places import Places
from launcher.report import Clock
from runner.network.namespace import Namespace

LOCAL = Path(__file__).resolve().parents[2]
ROOT = LOCAL.parent
_NEW = ("--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc")
# What `make up` builds, and only builds again where the clone differs: see launcher/tools.py.
_BUILT = (
    *(f".local/{name}" for name in ("bin", "stamps", "venv", "venv-orchestration", "jvm", "pulumi-home")),
    "target",
)
# The container engine's storage. What is built in it stays there for the next story.
_SHARED = (".local/containers",)
# Run in the clone. The engine's state on the machine is released, so that what there is before and after the
# story can be compared.
_BUILD_IMAGES = """
from containers import image
from containers.engine import Engine
from launcher import containers, fargate
from launcher.places import Places
from launcher.report import Clock

places = Places.of_this_checkout()
assert fargate.prepare(places, Clock()) is None
engine, base = Engine(str(places.engine)), containers.chosen_base(places)
for name in containers.IMAGES:
    image.build(engine, places.root / "images" / name, f"localhost/story/{name}", base)
containers.release(places)
"""


class Machine:
    """`running` makes one. `network` is its loopback's namespace; `shared` has the same path inside."""

    def __init__(self, folder: Path, process_one: int) -> None:
        self.shared = folder / "shared"
        self.process_one = process_one
        self.network = Namespace(os.open(f"/proc/{process_one}/ns/net", os.O_RDONLY | os.O_CLOEXEC))
        self._clients: dict[str, Any] = {}

    @property
    def inside(self) -> tuple[str, ...]:
        """What makes a command run there, in the clone."""
        enter = ("nsenter", f"--target={self.process_one}", "--net", "--mount", "--pid", "--ipc")
        return (*enter, "--", "env", f"--chdir={ROOT}")

    def run(
        self,
        *command: str,
        variables: Mapping[str, str] | None = None,
        text: str = "",
        status: int = 0,
        quiet: bool = False,
    ) -> str:
        """What a command printed, errors too; it is shown unless it is `quiet`. Fails at another status."""
        if not quiet:
            print(f"$ {' '.join(command)}", flush=True)
        ended = subprocess.run(
            [*self.inside, *command],
            env={**_clean(), **(variables or {})},
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=400,
            check=False,
        )
        if not quiet:
            print(ended.stdout, flush=True)
        assert ended.returncode == status, f"{command}: status {ended.returncode}\n{ended.stdout}"
        return ended.stdout

    def read(self, path: str) -> str:
        """A text file's content."""
        return self.path(path).read_text(encoding="utf-8")

    def path(self, path: str) -> Path:
        """A file there, as this process gets at it: in the clone, or anywhere when it begins with `/`."""
        return Path(f"/proc/{self.process_one}/root{ROOT / path}")

    def aws(self, service: str) -> Any:
        """A client of the emulated AWS."""
        if service not in self._clients:
            session = boto3.Session("test", "test", region_name=local_aws.REGION)
            url = "http://127.0.0.1:" + self.read(".local/emulator.port").strip()
            make: Any = session.client
            self._clients[service] = _There(make(service, endpoint_url=url), self.network)
        return self._clients[service]


@contextlib.contextmanager
def running() -> Iterator[Machine]:
    """A clone of what is committed, with what it needs built, on a machine of its own."""
    _say_what_is_not_committed()
    places, clock = Places(ROOT), Clock()
    if reason := containers.prepare(places, clock):
        raise RuntimeError(f"no task can run here: {reason}")
    # The model and the person of the story run on the console's Python.
    build_stale(places, [fargate.console(places)], clock)
    for part in _SHARED:
        (ROOT / part).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sandbox-story-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the tasks' users read what lies in it
        (folder / "shared").mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
        machine = Machine(folder, stack.enter_context(_process_one(folder)))
        stack.callback(machine.network.close)
        _build(machine)
        yield machine


@contextlib.contextmanager
def _process_one(folder: Path) -> Iterator[int]:
    """Its process ID, as seen from here."""
    holder = [sys.executable, "-B", str(Path(__file__).with_name("holder.py"))]
    with subprocess.Popen(
        ["unshare", *_NEW, *holder, str(folder), str(ROOT), ",".join(_SHARED), *_BUILT],
        env={**os.environ, "PYTHONPATH": str(LOCAL)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as unshare:
        assert unshare.stdin is not None and unshare.stdout is not None
        if unshare.stdout.readline() != "ready\n":
            raise RuntimeError("the story's machine does not start: it takes root on Linux")
        yield int(Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text())
        unshare.stdin.close()


def _build(machine: Machine) -> None:
    """What the clone has and the checkout has not. That may take packages, so it keeps the real network."""
    inside = [word for word in machine.inside if word != "--net"]
    for command in (["make", "tools"], ["env", "PYTHONPATH=testbench", "python3", "-B", "-c", _BUILD_IMAGES]):
        subprocess.run([*inside, *command], check=True)


class _There:
    """A client whose connections are made in another network."""

    def __init__(self, client: Any, network: Namespace) -> None:
        self._client, self._network = client, network

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        return lambda **arguments: self._network.call(lambda: method(**arguments))


def _clean() -> dict[str, str]:
    """The variables of this process, without those that say where the model is and those of a `make` above.

    A person's `make` is not below another one, which would have it print the folders that it enters.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ANTHROPIC_") and name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }


def _say_what_is_not_committed() -> None:
    command: Sequence[str] = ("git", "-C", str(ROOT), "status", "--porcelain")
    if changed := subprocess.run(command, capture_output=True, text=True, check=True).stdout:
        print(f"Not committed, so not part of the story:\n{changed}", flush=True)
