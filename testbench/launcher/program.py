"""The compiled Java program as `make` runs it: with one short-lived JVM instead of Maven's two.

Plain `pulumi up` has Maven find the plugins and then run the program. Here a generated project file, which
stands for the repository's own, names the jar, and the `java` of `launcher.jvm` runs it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping

from launcher import jvm
from launcher.places import Places
from launcher.report import Failure

_RUNTIME = "runtime: java\n"

# Pulumi and its plugins are Go programs that fill their heaps once and end. Collecting garbage meanwhile is a
# sixth of a preview's CPU time, for nothing. Heaps as large as the limit are collected as usual.
COLLECT_LITTLE = {"GOGC": "400", "GOMEMLIMIT": "1GiB"}


def prepare(places: Places) -> None:
    """Write the project file and the `java` for the jar that was built last."""
    _write_project(places)
    jvm.prepare(places)


def run(places: Places, variables: Mapping[str, str], command: Callable[[Mapping[str, str]], int]) -> int:
    """Run a command of Pulumi's with the variables that suit the program, and return its code."""
    path = os.pathsep.join([str(places.jvm), variables["PATH"]])
    # The Terraform provider leaves its socket behind. Below `.local` a path could be too long for one.
    with tempfile.TemporaryDirectory(prefix="sandbox-") as sockets:
        return command({**COLLECT_LITTLE, **variables, "PATH": path, "PLUGIN_UNIX_SOCKET_DIR": sockets})


def _write_project(places: Places) -> None:
    original = (places.root / "Pulumi.yaml").read_text(encoding="utf-8")
    if original.count(_RUNTIME) != 1:
        raise Failure(
            f"Pulumi.yaml: the line {_RUNTIME.strip()!r} is missing, so the jar cannot be named in its place."
        )
    up = os.path.relpath(places.root, places.project)
    jar = places.jar.relative_to(places.root)
    generated = original.replace(
        _RUNTIME,
        f"main: {up}\nstackConfigDir: {up}\nruntime:\n  name: java\n  options:\n    binary: {jar}\n",
    )
    places.project.mkdir(parents=True, exist_ok=True)
    (places.project / "Pulumi.yaml").write_text(generated, encoding="utf-8")
