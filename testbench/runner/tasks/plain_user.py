"""Whose processes a task's are, where it has no container: the image's user, if the runner may become it."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.tasks.backend import CannotStart
from runner.tasks.layout import Account

_ALL_READABLE = 'for path; do [ ! -d "$path" ] || path=$path/.; [ -r "$path" ] || exit 1; done'


@dataclass(frozen=True)
class PlainUser:
    """A user and a group by number, and what of its rights are left."""

    number: int
    group: int
    capabilities: Collection[str]

    @classmethod
    def of(cls, text: str, accounts: Sequence[Account], capabilities: Collection[str]) -> PlainUser:
        """`text` is a name or number, with `:group` or without; the image's accounts come first.

        Raises `CannotStart` for a name that nobody has.
        """
        name, _, group = text.partition(":")
        known = {account.name: account.number for account in accounts}
        try:
            number = int(name) if name.isdigit() else known.get(name) or pwd.getpwnam(name).pw_uid
            if group:
                gid = int(group) if group.isdigit() else known.get(group) or grp.getgrnam(group).gr_gid
            else:
                gid = number if name.isdigit() or name in known else pwd.getpwnam(name).pw_gid
        except KeyError:
            raise CannotStart(f"the user {text} is neither the image's nor this machine's") from None
        return cls(number, gid, capabilities)

    @property
    def command(self) -> list[str]:
        """To put in front of another; for root only. As in Docker, nobody but root starts with a capability,
        and a program's own file capabilities reach as far as the bounding set."""
        bounding = ",".join(["-all", *(f"+{name.lower()}" for name in sorted(self.capabilities))])
        return [
            "/usr/bin/setpriv",
            f"--reuid={self.number}",
            f"--regid={self.group}",
            "--clear-groups",
            "--inh-caps=-all",
            f"--bounding-set={bounding}",
            "--",
        ]

    def give(self, directories: Sequence[Path]) -> None:
        """Make them its own and nobody else's."""
        for directory in directories:
            os.chown(directory, self.number, self.group)
            directory.chmod(0o700)

    def reaches(self, paths: Sequence[str]) -> bool:
        """Whether it can read them all; said when not."""
        ended = subprocess.run(
            [*self.command, "/bin/sh", "-c", _ALL_READABLE, "sh", *paths], cwd="/", check=False
        )
        if ended.returncode != 0:
            print(
                f"the user {self.number} cannot read all of {', '.join(paths)}, so a task runs as root",
                file=sys.stderr,
                flush=True,
            )
        return ended.returncode == 0
