"""Parses a Dockerfile into its stages, each a list of instructions, for the tests."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

# The command that sets the modes which the image's users need, whatever modes the checkout has.
_SETS_MODES = re.compile(r"\bchmod -R u=rwX,go=rX ((?:/\S+ ?)+)")


@dataclass(frozen=True)
class Instruction:
    """An instruction's name in upper case and the rest of its line; continuation lines are joined."""

    name: str
    rest: str


@dataclass(frozen=True)
class Stage:
    """A build stage: its base and its instructions."""

    base: str
    instructions: list[Instruction] = field(default_factory=list)


def stages(dockerfile: Path) -> list[Stage]:
    """The stages in order; global arguments before the first FROM are left out."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = re.sub(r"\\\n\s*", "", text)
    found: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, rest = line.partition(" ")
        if name.upper() == "FROM":
            found.append(Stage(rest.partition(" AS ")[0].strip()))
        elif found:
            found[-1].instructions.append(Instruction(name.upper(), rest.strip()))
    return found


def copies_with_the_checkouts_modes(stage: Stage) -> list[str]:
    """The COPY and ADD instructions whose files keep the modes of the build context: without --chmod, and
    without a later `chmod -R` of their destination or a parent folder in the same stage."""
    left = []
    folder = "/"
    for number, instruction in enumerate(stage.instructions):
        if instruction.name == "WORKDIR":
            folder = instruction.rest
        if instruction.name not in ("COPY", "ADD"):
            continue
        words = shlex.split(instruction.rest)
        options = [word for word in words if word.startswith("--")]
        if any(option.startswith(("--from=", "--chmod=")) for option in options):
            continue
        destination = Path(folder, words[-1])
        later = [run.rest for run in stage.instructions[number:] if run.name == "RUN"]
        settled = [
            Path(path) for run in later for found in _SETS_MODES.findall(run) for path in found.split()
        ]
        if not any(destination.is_relative_to(path) for path in settled):
            left.append(f"{instruction.name} {instruction.rest}")
    return left


@dataclass(frozen=True)
class Folder:
    """A folder that the build makes with `install --directory`. Owner and group are names, empty for root."""

    path: str
    mode: int
    owner: str
    group: str


def made_folders(stage: Stage) -> list[Folder]:
    """The folders that a stage's RUN instructions make, in order."""
    pattern = re.compile(r"install --directory --mode=(\d+)(?: --owner=(\w+) --group=(\w+))? (/\S+)")
    return [
        Folder(path, int(mode, 8), owner, group)
        for instruction in stage.instructions
        if instruction.name == "RUN"
        for mode, owner, group, path in pattern.findall(instruction.rest)
    ]
