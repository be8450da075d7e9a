"""Builds what is missing into `.local/`, each part only when what it is made of has changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from launcher import prerequisites, program
from launcher.places import Places
from launcher.report import Clock, Failure, say

# Pulumi asks for the version of the AWS SDK in pom.xml, for the Docker plugin that ServiceImage.java names,
# and for any analyzer.
PLUGINS = (
    ("resource-aws-v6.83.0", "pulumi-resource-aws"),
    ("resource-docker-v4.11.2", "pulumi-resource-docker"),
    ("analyzer-policy-python-v1.0.0", "pulumi-analyzer-policy-python"),
)


@dataclass(frozen=True)
class Part:
    """Something to build: commands, what they read, and what they leave behind."""

    name: str
    announce: str
    commands: tuple[tuple[str, ...], ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]


@dataclass(frozen=True)
class GoProgram:
    """A program of a Go module below `testbench/`. It shows the version of the module that it requires."""

    name: str
    announce: str
    folder: str
    package: str
    version_of: str = ""
    version_variable: str = ""
    imports: tuple[str, ...] = ()  # other folders below `testbench/` whose packages it uses


_CLI = GoProgram(
    "pulumi",
    "building the Pulumi CLI (about 5 minutes, once)",
    "toolchain/cli",
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    "github.com/pulumi/pulumi/pkg/v3",
    "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
)
_JAVA_HOST = GoProgram(
    "pulumi-language-java",
    "building Pulumi's Java host",
    "toolchain/language-java",
    "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java",
    "github.com/pulumi/pulumi-java/pkg",
    "github.com/pulumi/pulumi-java/pkg/version.Version",
)
_PLUGINS = (
    GoProgram(
        "pulumi-resource-terraform-provider",
        "building the Terraform bridge",
        "toolchain/bridge",
        "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
    ),
    GoProgram(
        "pulumi-resource-aws", "building the AWS plugin", "aws-plugin", ".", imports=("plugin-process",)
    ),
    GoProgram(
        "pulumi-resource-docker",
        "building the Docker plugin",
        "docker-plugin",
        "./cmd/pulumi-resource-docker",
        imports=("plugin-process",),
    ),
    GoProgram(
        "oci-registry",
        "building the image registry",
        "docker-plugin",
        "./cmd/oci-registry",
        imports=("plugin-process",),
    ),
)


def build(places: Places, clock: Clock) -> None:
    """Everything that `up` needs."""
    if any(not _is_fresh(places, part) for part in parts(places)):
        with clock.step("looking for Go, Java, Maven, Python"):
            prerequisites.check()
    build_stale(places, parts(places), clock)
    program.prepare(places)
    _write_policy_analyzer(places)
    _link_clients(places)
    _install_plugins(places)
    _find_provider(places, clock)


def build_stale(places: Places, these: Iterable[Part], clock: Clock) -> None:
    """Build those parts whose inputs have changed since they were built."""
    for part in these:
        if not _is_fresh(places, part):
            _build(places, part, clock)


def parts(places: Places) -> list[Part]:
    """What is built, in order. A Pulumi CLI or Java host on PATH is not built again."""
    programs = [
        *((_CLI,) if installed_pulumi(places) is None else ()),
        *((_JAVA_HOST,) if _installed(places, _JAVA_HOST.name) is None else ()),
        *_PLUGINS,
    ]
    return [
        *(_go_part(places, program) for program in programs),
        Part(
            "venv",
            "installing the Python packages",
            (
                (sys.executable, "-m", "venv", "--clear", str(places.venv)),
                (
                    str(places.python),
                    *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"),
                    *("--requirement", str(places.sources / "requirements.txt")),
                ),
            ),
            (places.sources / "requirements.txt", Path(sys.executable)),
            (places.python,),
        ),
        Part(
            "program",
            "compiling the Java program",
            (("mvn", "-q", "-B", "-f", str(places.root / "pom.xml"), "package", "-DskipTests"),),
            (
                places.root / "pom.xml",
                places.root / "src" / "main",
                places.root / "images/orchestration/src/orchestration/bedrock_geographies.json",
            ),
            (places.jar,),
        ),
    ]


def test_parts(places: Places) -> list[Part]:
    """What only tests need, and nobody who uses the sandbox."""
    venv, lock = places.cfn_lint.parent.parent, places.sources / "judges" / "requirements.txt"
    return [
        Part(
            "cfn-lint",
            "installing cfn-lint",
            (
                (sys.executable, "-m", "venv", "--clear", str(venv)),
                (
                    str(venv / "bin" / "python"),
                    *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"),
                    *("--requirement", str(lock)),
                ),
            ),
            (lock, Path(sys.executable)),
            (places.cfn_lint,),
        )
    ]


def _go_part(places: Places, program: GoProgram) -> Part:
    folder, target = places.sources / program.folder, places.bin / program.name
    flags = "-s -w"
    if program.version_of:
        flags += f" -X {program.version_variable}={required_version(folder / 'go.mod', program.version_of)}"
    return Part(
        program.name,
        program.announce,
        (
            (
                "go",
                "build",
                "-C",
                str(folder),
                "-trimpath",
                f"-ldflags={flags}",
                "-o",
                str(target),
                program.package,
            ),
        ),
        (folder, *(places.sources / other for other in program.imports)),
        (target,),
    )


def required_version(go_mod: Path, module: str) -> str:
    """The version of a module that a go.mod file requires, such as `v3.259.0`."""
    found = re.search(rf"^\s*(?:require )?{re.escape(module)} (v\S+)", go_mod.read_text(), re.MULTILINE)
    if found is None:
        raise Failure(f"{go_mod} does not require {module}: this checkout is incomplete.")
    return found[1]


def installed_pulumi(places: Places) -> Path | None:
    """A `pulumi` that the machine had before, or None."""
    return _installed(places, "pulumi")


def pulumi(places: Places) -> Path:
    """The `pulumi` to run."""
    return installed_pulumi(places) or places.bin / "pulumi"


def _installed(places: Places, name: str) -> Path | None:
    folders = [folder for folder in os.get_exec_path() if Path(folder).resolve() != places.bin.resolve()]
    found = shutil.which(name, path=os.pathsep.join(folders))
    return Path(found) if found else None


def _is_fresh(places: Places, part: Part) -> bool:
    stamp = places.stamps / part.name
    if not stamp.is_file() or not all(output.exists() for output in part.outputs):
        return False
    return stamp.read_text(encoding="utf-8") == fingerprint(part)


def _build(places: Places, part: Part, clock: Clock) -> None:
    stamp = places.stamps / part.name
    wanted = fingerprint(part)
    places.stamps.mkdir(parents=True, exist_ok=True)
    places.logs.mkdir(parents=True, exist_ok=True)
    for output in part.outputs:
        output.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    log = places.logs / f"build-{part.name}.log"
    with clock.step(part.announce, announce=part.announce), log.open("w", encoding="utf-8") as file:
        for command in part.commands:
            file.write(f"$ {' '.join(command)}\n")
            file.flush()
            ended = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False)
            if ended.returncode != 0:
                tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-20:])
                raise Failure(f"{part.announce} failed. The whole log: {log}\n{tail}")
    stamp.write_text(wanted, encoding="utf-8")


def fingerprint(part: Part) -> str:
    """A hash of the commands and of every file that they read."""
    digest = hashlib.sha256(repr(part.commands).encode())
    for file in _files(part.inputs):
        digest.update(f"\0{file}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(inputs: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in inputs:
        if path.is_dir():
            found.extend(sorted(file for file in path.rglob("*") if file.is_file()))
        elif path.is_file():
            found.append(path)
        else:
            raise Failure(f"{path} is missing: this checkout is incomplete.")
    return found


def _write_policy_analyzer(places: Places) -> None:
    """Without Pulumi's Python host, the engine looks for this program to run a Python policy pack."""
    script = places.bin / "pulumi-analyzer-policy-python"
    script.write_text(f'#!/bin/sh\nexec "{places.python}" -u -m pulumi.policy "$1" "$2"\n', encoding="utf-8")
    script.chmod(0o755)


def _link_clients(places: Places) -> None:
    """`aws` on PATH without the rest of the virtual environment, which would shadow a person's own Python."""
    _link(places.bin / "aws", places.venv / "bin" / "aws")


def _install_plugins(places: Places) -> None:
    """In Pulumi's own folder a plugin has its version; each run warns about one that is only on PATH."""
    for plugin, executable in PLUGINS:
        folder = places.pulumi_home / "plugins" / plugin
        folder.mkdir(parents=True, exist_ok=True)
        _link(folder / executable, places.bin / executable)


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def _find_provider(places: Places, clock: Clock) -> None:
    with clock.step("finding terraform-provider-aws"):
        command = [str(places.bin / "pulumi-resource-aws"), "--find-provider"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise Failure(found.stderr.strip())
    if found.stderr.strip():
        say(found.stderr.strip())
