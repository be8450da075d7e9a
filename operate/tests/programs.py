"""Scripts that stand for Docker, Pulumi and the build tools, and answer as those programs do."""

import json
from pathlib import Path
from typing import Any

from operate.tests.conftest import Script

DOCKER = {
    "version": "28.2.2",
    "newest": "1.50",
    "oldest": "1.24",
    "system": "linux",
    "processor": "arm64",
    "store": "overlay2",
}


def docker(script: Script, folder: Path, buildx: str | None = "", **changes: str) -> None:
    """A docker command whose daemon has `changes`; `buildx` lists the builder's platforms, None means no
    buildx.
    """
    daemon = {**DOCKER, **changes}
    server = {
        "Version": daemon["version"],
        "ApiVersion": daemon["newest"],
        "MinAPIVersion": daemon["oldest"],
        "Os": daemon["system"],
        "Arch": daemon["processor"],
    }
    store = [["driver-type", "io.containerd.snapshotter.v1"]] if daemon["store"] == "containerd" else []
    info = {"DockerRootDir": daemon.get("root", str(folder)), "DriverStatus": store}
    platforms = (
        "echo 'docker: unknown command: docker buildx' >&2; exit 1"
        if buildx is None
        else f"printf 'Name: default\\nPlatforms: {buildx}\\n'"
    )
    script(
        "docker",
        f"""case $1 in
version) echo '{json.dumps({"Client": {}, "Server": server})}';;
info) echo '{json.dumps(info)}';;
buildx) {platforms};;
esac""",
    )


def pulumi(
    script: Script,
    settings: dict[str, Any],
    name: str = "dev",
    resources: list[dict[str, Any]] | None = None,
    outputs: dict[str, Any] | None = None,
) -> None:
    """A pulumi command that knows one stack; its output `password` is a secret."""
    hidden = {key: "[secret]" if key == "password" else value for key, value in (outputs or {}).items()}
    state = {"version": 3, "deployment": {"resources": resources or []}}
    script(
        "pulumi",
        f"""case " $* " in
*" --show-name "*) echo '{name}';;
*" config --json "*) echo '{json.dumps(settings)}';;
*" config get aws:accessKey "*) echo key;;
*" config get aws:secretKey "*) echo secret;;
*" stack output --json --show-secrets "*) echo '{json.dumps(outputs or {})}';;
*" stack output "*) echo '{json.dumps(hidden)}';;
*" stack export "*) echo '{json.dumps(state)}';;
*" version "*) echo v3.259.0;;
*) echo "error: unknown command $*" >&2; exit 255;;
esac""",
    )
