"""What there is on the story's machine besides the clone: listed before and after."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, fields

from story.machine import ROOT, Machine

# The first three are private to the machine; in these, files are compared with size and time.
_WHOLE = ("/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr/local/bin")
# Of these, names alone: of all in it, or of what lies in it directly.
_DEEP, _FLAT = ("/run",), ("/", "$HOME", "$HOME/.config", "/opt", "/srv", "/var/lib", "/usr/local")
# Each JVM makes it, and removes its own file from it.
_OF_JAVA = re.compile(r"/tmp/hsperfdata_\w+")


@dataclass(frozen=True)
class Inventory:
    """Each a text of lines, so that a difference can be read."""

    processes: str
    ports: str
    interfaces: str
    rules: str
    mounts: str
    namespaces: str
    files: str


def differences(before: Inventory, after: Inventory) -> list[str]:
    """The lines that came (+) or went (-), with what they are lines of."""
    found = []
    for field in fields(Inventory):
        old, new = (Counter(getattr(one, field.name).splitlines()) for one in (before, after))
        found += [f"{field.name} + {line}" for line in (new - old)]
        found += [f"{field.name} - {line}" for line in (old - new)]
    return found


def take(machine: Machine) -> Inventory:
    """What there is now."""
    # Of processes, without this shell and its children.
    processes = "ps -eo pid,ppid,args --no-headers | awk -v me=$$ '$1 != me && $2 != me'"
    held = "readlink /proc/[0-9]*/ns/* /proc/[0-9]*/fd/* | grep -E '^(net|mnt|pid|uts|ipc):' | sort -u"
    found = "\n".join(_ask(machine, f"({find}) 2>/dev/null || true") for find in _finds(machine)).split("\n")
    return Inventory(
        processes=_ask(machine, processes),
        ports=_ask(machine, "ss --no-header --listening --tcp --udp --numeric"),
        interfaces=_ask(machine, "ip -brief link"),
        rules=_ask(machine, "nft list ruleset"),
        mounts=_ask(machine, "cut -d' ' -f2-3 /proc/mounts"),
        namespaces=_ask(machine, f"({held}) 2>/dev/null"),
        files="\n".join(sorted(file for file in found if not _OF_JAVA.fullmatch(file))),
    )


def _finds(machine: Machine) -> tuple[str, ...]:
    own = f"-path {ROOT} -prune -o -path {machine.shared.parent} -prune"
    shown = r"-type d -print -o -printf '%p %s bytes %t\n'"
    return (
        f"find {' '.join(_WHOLE)} -mindepth 1 {own} -o {shown}",
        f"find {' '.join(_DEEP)} -mindepth 1",
        f"find {' '.join(_FLAT)} -mindepth 1 -maxdepth 1",
    )


def _ask(machine: Machine, script: str) -> str:
    return machine.run("bash", "-c", script, quiet=True)
