"""The `java` for a program of a few seconds, first on PATH for Pulumi alone.

On each run Pulumi's Java host asks which plugins the program needs, and `java`, `javac`, `mvn` and `gradle`
for their versions, and starts a JVM for each question. Here they are asked once; stand-ins answer from files
until one of the tools or the jar changes.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from launcher.places import Places
from launcher.report import Failure

_TOOLS = ("java", "javac", "mvn", "gradle")
_PACKAGES = ("com.pulumi.bootstrap.internal.Main", "packages")

# A second compiler and a parallel collector cost more than they bring in a program this short. On two cores
# Java would run each step of a future in a new thread, seven hundred of them, instead of in a pool.
OPTIONS = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
    " -Djava.util.concurrent.ForkJoinPool.common.parallelism=8"
)


def prepare(places: Places) -> None:
    """Write the tools' stand-ins, unless they still answer as the machine's tools and the jar would."""
    tools = {name: tool for name in _TOOLS if (tool := installed(places, name)) is not None}
    if "java" not in tools:
        raise Failure("There is no java on PATH. Install a JDK, version 17 or later.")
    identity = _identity(places, tools)
    stamp = places.jvm / "identity"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == identity:
        return
    packages = _ask(places, tools["java"], "-cp", str(places.jar), *_PACKAGES)
    if packages.returncode != 0:
        raise Failure(f"{places.jar} does not say which plugins it needs:\n{packages.stderr.strip()}")
    versions = {name: _ask(places, tool, "--version") for name, tool in tools.items()}
    shutil.rmtree(places.jvm, ignore_errors=True)
    places.jvm.mkdir(parents=True)
    (places.jvm / "packages.json").write_text(packages.stdout, encoding="utf-8")
    for name, answer in versions.items():
        if answer.returncode != 0:
            continue  # without a stand-in, the tool itself is asked each time
        _version_file(places, name).write_text(answer.stdout, encoding="utf-8")
        script = places.jvm / name
        script.write_text(_script(places, name, tools[name]), encoding="utf-8")
        script.chmod(0o755)
    stamp.write_text(identity, encoding="utf-8")  # last, so that half-written stand-ins are written again


def _script(places: Places, name: str, tool: Path) -> str:
    answers = f'#!/bin/sh\ncase "$*" in\n--version) exec cat {_quoted(_version_file(places, name))} ;;\n'
    run = f"exec {_quoted(tool)}"
    if name != "java":
        return f'{answers}esac\n{run} "$@"\n'
    return (
        f'{answers}*" {" ".join(_PACKAGES)}") exec cat {_quoted(places.jvm / "packages.json")} ;;\nesac\n'
        f'{run} {OPTIONS} "$@"\n'
    )


def _identity(places: Places, tools: dict[str, Path]) -> str:
    """Changes with everything that the stand-ins answer or start; computing it starts one JVM.

    A `java` that is a version manager's script stays the same file when its version changes, so it is asked.
    """
    digest = hashlib.sha256(_ask(places, tools["java"], "--version").stdout.encode())
    digest.update(f"{os.environ.get('JAVA_HOME')}".encode())
    for name, tool in tools.items():
        digest.update(_script(places, name, tool).encode())
    for file in _resolved([*tools.values(), places.jar]):
        status = file.stat()
        digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _resolved(files: Iterable[Path]) -> list[Path]:
    return [file.resolve() for file in files if file.exists()]


def _ask(places: Places, tool: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": os.pathsep.join(_folders(places))}  # mvn looks for a java in turn
    command = [str(tool), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def installed(places: Places, name: str) -> Path | None:
    """The tool that the machine has, not the stand-in for it; None if there is none."""
    found = shutil.which(name, path=os.pathsep.join(_folders(places)))
    return Path(found) if found else None


def _folders(places: Places) -> list[str]:
    return [folder for folder in os.get_exec_path() if Path(folder).resolve() != places.jvm.resolve()]


def _version_file(places: Places, name: str) -> Path:
    return places.jvm / f"{name}.version"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
