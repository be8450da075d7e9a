"""Waits until console and viewer can be opened on this machine, at the ports of the stack's outputs."""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from launcher import runner_process
from launcher.places import Places
from launcher.report import Failure

# The address that this machine has on the local Internet; see runner/internet.py.
PERSON = ipaddress.ip_address("203.0.113.1")
PAGE_SECONDS = 120.0
_LOOPBACK = "127.0.0.1"
_NO_TLS = "no TLS"


def wait(places: Places, outputs: Mapping[str, Any], seconds: float = PAGE_SECONDS) -> str:
    """Wait until console and viewer can be used. Returns the console's address, or why it cannot be reached.

    `outputs` are the stack's. A page counts when it presents the stack's own certificate.
    """
    if PERSON not in ipaddress.ip_network(outputs["ingressCidr"]):
        return (
            f"deployerIp is {outputs['ingressCidr']}, so this machine, which plays {PERSON}, cannot connect: "
            f"pulumi config set deployerIp {PERSON}"
        )
    ports = [urlsplit(outputs[name]).port or 443 for name in ("orchestrationUrl", "environmentUrl")]
    wanted = outputs["tlsCertificateSha256"].replace(":", "").lower()
    deadline = time.monotonic() + seconds
    while True:
        shown = {port: _certificate(port) for port in ports}
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
            f"Another program answers on {_LOOPBACK}:{foreign[0]}, so the page there cannot be opened. "
            "End it; the task runner then takes the port."
        )
    return (
        f"No page opens on {_LOOPBACK}:{missing[0]}. `aws ecs describe-services` tells why its task is not "
        f"running; the runner's log is {places.runner_log}:\n{runner_process.log_tail(places)}"
    )


def _certificate(port: int) -> str | None:
    """SHA-256 of the certificate that the page on this port presents; None while nothing answers."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(_LOOPBACK, port, timeout=5, context=context)
    try:
        connection.request("GET", "/")
        assert isinstance(connection.sock, ssl.SSLSocket)
        certificate = connection.sock.getpeercert(binary_form=True)
        connection.getresponse().read()
        return hashlib.sha256(certificate or b"").hexdigest()
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return None  # how the runner ends a connection for which there is no task
    except ssl.SSLError:
        return _NO_TLS
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
