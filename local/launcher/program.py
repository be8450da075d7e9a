"""The compiled Java program as `make` runs it: with one short-lived JVM instead of Maven's two.

Plain `pulumi up` has Maven find the plugins and then run the program. Here a generated project file, which
stands for the repository's own, names the jar; and a `java` of its own, first on PATH for Pulumi alone, gives
the JVM what suits a program of a few seconds and answers the question for plugins from a file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from launcher.places import Places
from launcher.report import Failure

_RUNTIME = "runtime: java\n"
_PACKAGES = ("com.pulumi.bootstrap.internal.Main", "packages")

# A second compiler and a parallel collector cost more than they bring in a program this short.
_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"


def prepare(places: Places) -> None:
    """Write project file and `java` for the jar that was built last."""
    _write_project(places)
    _write_java(places)


def _write_project(places: Places) -> None:
    original = (places.root / "Pulumi.yaml").read_text(encoding="utf-8")
    if original.count(_RUNTIME) != 1:
        raise Failure(
            f"Pulumi.yaml: the line {_RUNTIME.strip()!r} is missing, so its jar can't be put there."
        )
    up = os.path.relpath(places.root, places.project)
    jar = places.jar.relative_to(places.root)
    generated = original.replace(
        _RUNTIME,
        f"main: {up}\nstackConfigDir: {up}\nruntime:\n  name: java\n  options:\n    binary: {jar}\n",
    )
    places.project.mkdir(parents=True, exist_ok=True)
    (places.project / "Pulumi.yaml").write_text(generated, encoding="utf-8")


def _write_java(places: Places) -> None:
    java = installed_java(places)
    answer = subprocess.run(
        [str(java), "-cp", str(places.jar), *_PACKAGES], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise Failure(f"{places.jar} does not say which plugins it needs:\n{answer.stderr.strip()}")
    places.jvm.mkdir(parents=True, exist_ok=True)
    packages = places.jvm / "packages.json"
    packages.write_text(answer.stdout, encoding="utf-8")
    script = places.jvm / "java"
    script.write_text(
        "#!/bin/sh\n"
        f'case " $* " in\n*" {" ".join(_PACKAGES)} "*) exec cat "{packages}" ;;\nesac\n'
        f'exec "{java}" {_OPTIONS} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)


def installed_java(places: Places) -> Path:
    """The machine's `java`, not ours."""
    folders = [folder for folder in os.get_exec_path() if Path(folder).resolve() != places.jvm.resolve()]
    found = shutil.which("java", path=os.pathsep.join(folders))
    if found is None:
        raise Failure("There is no java on PATH. Install a JDK, version 17 or later.")
    return Path(found)
