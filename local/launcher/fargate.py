"""Has the tasks of the local stack run: what they need, the runner, and the wait for their page."""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any

from launcher import packages, runner_process, tools
from launcher.places import Places
from launcher.report import Clock, Failure, say
from launcher.tools import Part

# Whose part the person at this machine plays on the local Internet; see runner/internet.py.
PERSON = ipaddress.ip_address("203.0.113.1")
CONSOLE_PORT, VIEWER_PORT = 8501, 8443
PAGE_SECONDS = 120.0


def prepare(places: Places, clock: Clock) -> str | None:
    """What tasks need on this machine. None, or why tasks can't run on it: a sentence for a person."""
    if _docker_answers():
        return None
    if os.geteuid() != 0:
        return "that takes a Docker daemon, or root on Debian (the desktop keeps two users apart)"
    if reason := packages.provide(places, clock, packages.for_tasks(places), "the sandbox without Docker"):
        return reason
    tools.build_stale(places, parts(places), clock)
    return None


def parts(places: Places) -> list[Part]:
    """The images' programs, installed for a run without a container."""
    return [_desktop(places), console(places)]


def _desktop(places: Places) -> Part:
    environment = places.root / "images" / "environment"
    return Part(
        "desktop",
        "installing the desktop",
        (
            (
                *("make", "--no-print-directory", "-C", str(environment), "install"),
                f"PREFIX={places.environment_prefix}",
            ),
        ),
        (
            *(environment / name for name in ("Makefile", "users.conf", "environment", "healthcheck")),
            *(environment / name for name in ("src", "services", "desktop", "skeleton", "helper")),
            environment / "requirements-test.txt",
        ),
        (places.environment_prefix / "environment",),
    )


def console(places: Places) -> Part:
    """The console's Python, with what its tests and the demo use besides."""
    orchestration = places.root / "images" / "orchestration"
    installed = places.orchestration_venv / "installed"
    return Part(
        "console",
        "installing the console's packages",
        (("make", "--no-print-directory", "-C", str(orchestration), str(installed)),),
        (orchestration / "requirements-test.txt",),
        (installed,),
    )


def start(places: Places, url: str, instance: str) -> None:
    """The runner for the local AWS at `url`. `ANTHROPIC_BASE_URL` says where the model's API is."""
    runner_process.start(places, url, instance, os.environ.get("ANTHROPIC_BASE_URL"))


def wait_for_page(places: Places, outputs: Mapping[str, Any]) -> str:
    """Until console and viewer can be used; the console's address, and what else a person should know.

    A page is the stack's own when it shows the stack's certificate.
    """
    if PERSON not in ipaddress.ip_network(outputs["ingressCidr"]):
        return (
            f"deployerIp is {outputs['ingressCidr']}, so this machine, which plays {PERSON}, cannot connect: "
            f"pulumi config set deployerIp {PERSON}"
        )
    wanted = outputs["tlsCertificateSha256"].replace(":", "").lower()
    deadline = time.monotonic() + PAGE_SECONDS
    while True:
        shown = {port: _certificate_of_page(port) for port in (CONSOLE_PORT, VIEWER_PORT)}
        if all(one == wanted for one in shown.values()):
            return f"{outputs['orchestrationUrl']}   (the browser warns: the certificate is the stack's own)"
        foreign = [port for port, one in shown.items() if one not in (None, wanted)]
        missing = [port for port, one in shown.items() if one is None]
        if foreign or time.monotonic() > deadline:
            raise Failure(_why_not(places, foreign, missing))
        if runner_process.running(places) is None:
            raise Failure(
                f"The task runner has ended. Its log: {places.runner_log}\n{runner_process.log_tail(places)}"
            )
        time.sleep(0.1)


def _why_not(places: Places, foreign: Sequence[int], missing: Sequence[int]) -> str:
    if foreign:
        return (
            f"Another program answers on 127.0.0.1:{foreign[0]}, so the page there cannot be opened. "
            "End it; the task runner then takes the port."
        )
    return (
        f"No page opens on 127.0.0.1:{missing[0]}. `aws ecs describe-services` tells why its task is not "
        f"running; the runner's log is {places.runner_log}:\n{runner_process.log_tail(places)}"
    )


def _certificate_of_page(port: int) -> str | None:
    """SHA-256 of the certificate of whatever answers as a web page there."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    try:
        connection.request("GET", "/")
        assert isinstance(connection.sock, ssl.SSLSocket)
        certificate = connection.sock.getpeercert(binary_form=True)
        connection.getresponse().read()
        return hashlib.sha256(certificate or b"").hexdigest()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def not_enforced(places: Places) -> list[str]:
    """Guarantees of AWS that the runner says it cannot keep on this machine."""
    try:
        state = json.loads(places.runner.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return list(state.get("not_enforced", []))


def _docker_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def tell(reason: str) -> None:
    say(f"No task runs on this machine: {reason}. The services only count as running.")
