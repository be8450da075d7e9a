"""The environment in which Pulumi and AWS clients reach the local AWS and nothing else.

The user's own AWS and Pulumi settings are never used: their variables are dropped, their files are replaced
by an empty one, and the access keys are fake.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from launcher import containers
from launcher.places import Places

REGION = "us-west-2"
PASSPHRASE = "local"  # protects nothing, because the local stack holds no real secret
# SANDBOX_ variables are the Docker plugin's. A shell may have those of another emulator, from `make env`.
_FOREIGN_PREFIXES = ("AWS_", "PULUMI_", "SANDBOX_")
_PROXIES = ("NO_PROXY", "no_proxy")


def environment(places: Places, url: str, outer: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a process that works on the local stack. `url` is the emulator's."""
    kept = {name: value for name, value in outer.items() if not name.startswith(_FOREIGN_PREFIXES)}
    return {**kept, **_settings(places, url, outer)}


def export_lines(places: Places, url: str, outer: Mapping[str, str]) -> list[str]:
    """Shell commands that give a user's shell the same environment."""
    settings = _settings(places, url, outer)
    foreign = sorted(name for name in outer if name.startswith(_FOREIGN_PREFIXES) and name not in settings)
    return [
        *(f"unset {name}" for name in foreign),
        *(f"export {name}={shlex.quote(value)}" for name, value in settings.items()),
    ]


def _settings(places: Places, url: str, outer: Mapping[str, str]) -> dict[str, str]:
    path = outer.get("PATH", os.defpath).split(os.pathsep)
    own = str(places.bin)
    return {
        "PATH": os.pathsep.join([own, *(folder for folder in path if folder != own)]),
        "PULUMI_HOME": str(places.pulumi_home),
        "PULUMI_BACKEND_URL": places.state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        # Where no session bus runs, the AWS provider may start one and leave it running.
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "TF_BRIDGE_PLUGIN": str(places.bin / "pulumi-resource-terraform-provider"),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        **containers.variables(places, url),
        **_without_proxy(outer),
    }


def _without_proxy(outer: Mapping[str, str]) -> dict[str, str]:
    """Have requests to loopback bypass the user's HTTP proxy."""
    result = {}
    for name in _PROXIES:
        hosts = [host for host in outer.get(name, "").split(",") if host]
        result[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))
    return result
