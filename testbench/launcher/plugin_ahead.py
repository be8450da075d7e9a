"""The AWS plugin, started before Pulumi asks for it: bridge and provider start while the program's JVM does.

Pulumi starts them only once the program has registered its first resource. The plugin that it starts then
finds this one by an environment variable and takes it over (`aws-plugin/ahead`); where there is none it
does the work itself.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from launcher.places import Places

PLUGIN = "pulumi-resource-aws"
SOCKET = "PULUMI_RESOURCE_AWS_AHEAD"


def run(
    places: Places, folder: Path, variables: Mapping[str, str], command: Callable[[Mapping[str, str]], int]
) -> int:
    """Run a command of Pulumi's and return its code; the plugin has ended by then.

    The socket is made in `folder`, whose path must be short and whose permissions say who may connect.
    """
    plugin = places.bin / PLUGIN
    if not plugin.exists():
        return command(variables)
    socket = folder / "aws-plugin"
    with subprocess.Popen(
        [str(plugin), "--ahead", str(socket)],
        cwd=places.root,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as ahead:
        try:
            return command({**variables, SOCKET: str(socket)})
        finally:
            ahead.terminate()  # it ends its own processes first, and is waited for
