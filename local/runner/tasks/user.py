"""Running a command as a container's user, with the capabilities that its task definition leaves."""

from __future__ import annotations

from collections.abc import Collection


def as_user(user: str, capabilities: Collection[str]) -> list[str]:
    """A command to put in front of another; to be run as root, where the container's accounts are known.

    `user` is a name or number, with `:group` or without. As in Docker, nobody but root starts with a
    capability, and a program's own file capabilities reach as far as the bounding set.
    """
    name, _, group = user.partition(":")
    if name.isdigit():
        groups = [f"--regid={group or name}", "--clear-groups"]
    else:
        groups = [f"--regid={group or name}", "--init-groups"]
    bounding = ",".join(["-all", *(f"+{capability.lower()}" for capability in sorted(capabilities))])
    return [
        "/usr/bin/setpriv",
        f"--reuid={name}",
        *groups,
        "--inh-caps=-all",
        f"--bounding-set={bounding}",
        "--",
    ]
