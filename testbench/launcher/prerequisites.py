"""Checks what has to be installed beforehand: Go, a JDK, Maven, Python, git."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from launcher.report import Failure

Version = tuple[int, ...]


@dataclass(frozen=True)
class Prerequisite:
    """A program, the command that prints its version, the lowest that works, what needs it, how to get it."""

    name: str
    command: tuple[str, ...]
    pattern: str
    least: Version
    needed_for: str
    fix: str


PREREQUISITES = (
    Prerequisite(
        "Go",
        ("go", "version"),
        r"go version go(\d+(?:\.\d+)*)",
        (1, 21),
        "the Pulumi engine and its plugins are built from Go modules",
        "install Go from your package manager; 1.21 or later fetches the toolchain that the modules ask for",
    ),
    Prerequisite(
        "JDK",
        ("javac", "-version"),
        r"javac (\d+(?:\.\d+)*)",
        (17,),
        "the infrastructure program is Java",
        "install a JDK, not only a JRE (Debian: openjdk-17-jdk, Homebrew: openjdk@17), and put it on PATH",
    ),
    Prerequisite(
        "Maven",
        ("mvn", "-version"),
        r"Apache Maven (\d+(?:\.\d+)*)",
        (3, 8),
        "it builds the Java program",
        "install it (Debian, Homebrew: maven)",
    ),
    Prerequisite(
        "Maven's JDK",
        ("mvn", "-version"),
        r"Java version: (\d+(?:\.\d+)*)",
        (17,),
        "Maven compiles with the JDK of JAVA_HOME, which may be another than PATH's",
        "set JAVA_HOME to a JDK of version 17 or later",
    ),
    Prerequisite(
        "Python's venv",
        (sys.executable, "-c", "import ensurepip, sys; print('Python', sys.version.split()[0])"),
        r"Python (\d+(?:\.\d+)*)",
        (3, 11),
        "emulator and policies run in a virtual environment",
        "install Python 3.11 or later with its venv module (Debian: python3-venv)",
    ),
    Prerequisite(
        "git",
        ("git", "--version"),
        r"git version (\d+(?:\.\d+)*)",
        (2,),
        "Pulumi and the image build ask it about the checkout",
        "install it",
    ),
)


def check(prerequisites: tuple[Prerequisite, ...] = PREREQUISITES) -> None:
    """Raise a `Failure` that names everything that is missing or too old, not only the first."""
    problems = [problem for one in prerequisites if (problem := problem_of(one))]
    if problems:
        raise Failure("The local stack cannot be built on this machine:\n" + "\n".join(problems))


def problem_of(one: Prerequisite) -> str | None:
    """What is wrong with one prerequisite, or None if nothing is."""
    wanted = ".".join(map(str, one.least))
    if shutil.which(one.command[0]) is None:
        found = "not found"
    else:
        version = parse(one.pattern, _answer(one.command))
        if version is not None and version >= one.least:
            return None
        found = (
            f"found {'.'.join(map(str, version))}" if version else "found, but it does not print its version"
        )
    return f"  - {one.name} {wanted} or later: {found}. Needed because {one.needed_for}; {one.fix}."


@functools.cache
def _answer(command: tuple[str, ...]) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


def parse(pattern: str, text: str) -> Version | None:
    """The version in a program's output: (3, 8, 7) for `Apache Maven 3.8.7`. None if there is none."""
    found = re.search(pattern, text)
    return tuple(int(part) for part in found[1].split(".")) if found else None
