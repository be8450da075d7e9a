"""A container's user: who it is, and becoming it with the capabilities that its task definition leaves."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass

from runner import kernel

# Those that a container can have at all (linux/capability.h).
_NUMBERS = {
    "CHOWN": 0,
    "DAC_OVERRIDE": 1,
    "FOWNER": 3,
    "FSETID": 4,
    "KILL": 5,
    "SETGID": 6,
    "SETUID": 7,
    "SETPCAP": 8,
    "NET_BIND_SERVICE": 10,
    "NET_RAW": 13,
    "SYS_CHROOT": 18,
    "MKNOD": 27,
    "AUDIT_WRITE": 29,
    "SETFCAP": 31,
}


@dataclass(frozen=True)
class User:
    """By numbers; `groups` are the supplementary ones."""

    number: int
    group: int
    groups: tuple[int, ...] = ()

    @classmethod
    def find(cls, text: str, passwd: str, group: str) -> User:
        """`text` is a name or number, with `:group` or without, as in a Dockerfile's USER; `passwd` and
        `group` are the texts of the container's files.

        As Docker does (moby/sys/user, GetExecUser): a number need not be in the file, its group is then 0,
        and who names a group gets no supplementary ones. Raises `KeyError` with what nobody is called.
        """
        wanted, _, wanted_group = text.partition(":")
        accounts, groups = _fields(passwd), _fields(group)
        entry = next((line for line in accounts if wanted in (line[0], line[2])), None)
        if entry is None and not wanted.isdigit():
            raise KeyError(wanted)
        number = int(entry[2] if entry else wanted)
        if wanted_group:
            return cls(number, _number(wanted_group, groups))
        if entry is None:
            return cls(number, 0)
        return cls(number, int(entry[3]), tuple(int(g[2]) for g in groups if entry[0] in g[3].split(",")))

    def become(self, capabilities: Collection[str]) -> None:
        """This process becomes it, for good; it must be root's. Raises `OSError`.

        As in Docker, nobody but root starts with a capability, and a program's own file capabilities reach as
        far as the bounding set. Until it executes a program the process is closed to others of this user:
        through it they would reach the runner's own program (as in CVE-2019-5736).
        """
        kept = [_NUMBERS[name] for name in capabilities]
        kernel.bound_capabilities(kept)
        os.setgroups(self.groups)
        os.setresgid(self.group, self.group, self.group)
        os.setresuid(self.number, self.number, self.number)
        kernel.keep_capabilities(kept)
        kernel.forbid_tracing()


def _fields(text: str) -> list[list[str]]:
    return [line.split(":") for line in text.splitlines() if line.count(":") >= 3]


def _number(wanted: str, groups: list[list[str]]) -> int:
    if wanted.isdigit():
        return int(wanted)
    for name, _, number, *_ in groups:
        if name == wanted:
            return int(number)
    raise KeyError(wanted)
