"""Whether the programs that `pulumi up` needs are installed and recent enough."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from operate.findings import Finding, failure, ok
from operate.preflight.plan import Plan, PlanCheck
from operate.programs import Version, ask, dotted, version


@dataclass(frozen=True)
class Program:
    """A program: how to read its version, the oldest version that works, and how to install it."""

    name: str
    command: tuple[str, ...]
    pattern: str
    oldest: Version
    fix: str


PROGRAMS = (
    Program(
        "JDK",
        ("javac", "-version"),
        r"javac (\d+(?:\.\d+)*)",
        (17,),
        "install a JDK, not only a JRE, and put it on PATH",
    ),
    Program(
        "Maven", ("mvn", "-version"), r"Apache Maven (\d+(?:\.\d+)*)", (3, 8), "install it from its package"
    ),
    Program(
        "Maven's JDK",
        ("mvn", "-version"),
        r"Java version: (\d+(?:\.\d+)*)",
        (17,),
        "set JAVA_HOME to a JDK 17 or later: Maven uses that one, not PATH's",
    ),
    Program(
        "Python",
        (sys.executable, "--version"),
        r"Python (\d+(?:\.\d+)*)",
        (3, 11),
        "install Python 3.11 or later with its venv module, then recreate the virtual environment",
    ),
    # Any CLI since 2024 reads the typed settings of Pulumi.yaml. Tests use the version in
    # testbench/toolchain.
    Program("Pulumi", ("pulumi", "version"), r"v(\d+(?:\.\d+)*)", (3, 100), "update the Pulumi CLI"),
)


def find(_: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    for program in PROGRAMS:
        yield judge(program)


def judge(program: Program) -> Finding:
    """The finding for one program."""
    answer = ask(*program.command)
    wanted = f"{program.name} {dotted(program.oldest)} or later is needed"
    if answer.code is None:
        return failure(f"{wanted}: {answer.error}", program.fix)
    found = version(program.pattern, answer.output + answer.error)
    if found is None:
        return failure(f"{wanted}, but `{' '.join(program.command)}` prints no version", program.fix)
    if found < program.oldest:
        return failure(f"{wanted}, but {dotted(found)} is installed", program.fix)
    return ok(f"{program.name} {dotted(found)}")


CHECK = PlanCheck(
    "programs", "JDK, Maven, Python and Pulumi are installed and recent enough.", find, needs_aws=False
)
