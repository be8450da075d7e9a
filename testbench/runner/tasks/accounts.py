"""A container's /etc/passwd and /etc/group: the machine's system accounts, which its packages use, and the
image's. The machine's own persons are not in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from runner.tasks.layout import Account

# Debian's system accounts, and nobody (Debian policy 9.2.2).
_SYSTEM = range(1000)
_NOBODY = 65534


def passwd(machine: str, accounts: Sequence[Account]) -> str:
    """`machine` is the machine's file's text; an image's account stands in for one of the same name."""
    own = [f"{a.name}:x:{a.number}:{a.number}::{a.home}:{a.shell}" for a in accounts]
    return _file(_system(machine, accounts, lambda line: line), own)


def group(machine: str, accounts: Sequence[Account]) -> str:
    """As `passwd`. Nobody but the image's accounts is a member of any group."""
    own = [
        f"{a.name}:x:{a.number}:{','.join(b.name for b in accounts if a.name in b.groups)}" for a in accounts
    ]
    return _file(_system(machine, accounts, lambda line: line[: line.rindex(":") + 1]), own)


def _system(machine: str, accounts: Sequence[Account], shown: Callable[[str], str]) -> list[str]:
    names = {account.name for account in accounts}
    fields = [(line, line.split(":")) for line in machine.splitlines() if line.count(":") >= 3]
    return [
        shown(line)
        for line, (name, _, number, *_) in fields
        if name not in names and number.isdigit() and (int(number) in _SYSTEM or int(number) == _NOBODY)
    ]


def _file(*parts: list[str]) -> str:
    return "".join(f"{line}\n" for part in parts for line in part)
