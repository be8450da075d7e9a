"""What is built into `.local/`: the Pulumi CLI and its plugins, the Python packages, the Java program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from launcher import prerequisites, program
from launcher.building import Part, build_stale, is_fresh
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
class GoProgram:
    """A program of a Go module below `testbench/`.

    `version_variable` is set to the version of the module `version_of` that is required. `imports` are other
    folders below `testbench/` whose packages it uses. Packages that match one of `unused` are compiled
    without optimization: the program links them, but nothing here has it call them.
    """

    name: str
    announce: str
    folder: str
    package: str
    version_of: str = ""
    version_variable: str = ""
    imports: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    about_seconds: int = 0


_CLI = GoProgram(
    "pulumi",
    "building the Pulumi CLI",
    "toolchain/cli",
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    "github.com/pulumi/pulumi/pkg/v3",
    "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    # Pulumi Cloud's API, and state and keys in a cloud: half of what there is to compile. The state is in a
    # folder here, and its key is a passphrase.
    unused=(
        "cloud.google.com/go/...",
        "github.com/Azure/...",
        "github.com/AzureAD/...",
        "github.com/aws/aws-sdk-go-v2/...",
        "github.com/envoyproxy/go-control-plane/...",
        "github.com/pb33f/libopenapi/...",
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi/cloud",
        "google.golang.org/api/...",
    ),
    about_seconds=150,
)
_JAVA_HOST = GoProgram(
    "pulumi-language-java",
    "building Pulumi's Java host",
    "toolchain/language-java",
    "github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java",
    "github.com/pulumi/pulumi-java/pkg",
    "github.com/pulumi/pulumi-java/pkg/version.Version",
    about_seconds=20,
)
_PLUGINS = (
    GoProgram(
        "pulumi-resource-terraform-provider",
        "building the Terraform bridge",
        "toolchain/bridge",
        "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
        about_seconds=60,
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
    if any(not is_fresh(places, part) for part in parts(places)):
        with clock.step("looking for Go, Java, Maven, Python"):
            prerequisites.check()
    build_stale(places, parts(places), clock)
    program.prepare(places)
    _write_policy_analyzer(places)
    _link_clients(places)
    _install_plugins(places)
    _find_provider(places, clock)


def parts(places: Places) -> list[Part]:
    """Everything that `up` builds, except a Pulumi CLI or Java host that is on PATH already."""
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
                _pip_install(places.python, places.sources / "requirements.txt"),
            ),
            (places.sources / "requirements.txt", Path(sys.executable)),
            (places.python,),
            about_seconds=50,
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
            about_seconds=20,
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
                _pip_install(venv / "bin" / "python", lock),
            ),
            (lock, Path(sys.executable)),
            (places.cfn_lint,),
        )
    ]


def _pip_install(python: Path, lock: Path) -> tuple[str, ...]:
    """Without byte code, which Python makes of what it imports: most of these packages' modules never are."""
    return (
        str(python),
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--require-hashes", "--requirement", str(lock)),
    )


def _go_part(places: Places, program: GoProgram) -> Part:
    folder, target = places.sources / program.folder, places.bin / program.name
    link = "-s -w"
    if program.version_of:
        link += f" -X {program.version_variable}={required_version(folder / 'go.mod', program.version_of)}"
    return Part(
        program.name,
        program.announce,
        (
            (
                *("go", "build", "-C", str(folder), "-trimpath", f"-ldflags={link}"),
                "-gcflags=all=-dwarf=false",  # the linker would drop what a debugger reads anyway
                *(f"-gcflags={packages}=-dwarf=false -N -l" for packages in program.unused),
                *("-o", str(target), program.package),
            ),
        ),
        (folder, *(places.sources / other for other in program.imports)),
        (target,),
        program.about_seconds,
        lane="go",  # one `go build` keeps all cores busy
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
