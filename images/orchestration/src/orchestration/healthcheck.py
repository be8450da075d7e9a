"""The container's health check: a request through nginx to the gate, which asks worker, record and pages."""

from __future__ import annotations

import os
import ssl
import sys
from http.client import HTTPException, HTTPSConnection

TIMEOUT_SECONDS = 4.0


def check(address: str, port: int) -> str | None:
    """None when all is well, else what is wrong in a few words."""
    # The certificate is made for the load balancer's name; this connection never leaves the container.
    context = ssl._create_unverified_context()
    connection = HTTPSConnection(address, port, timeout=TIMEOUT_SECONDS, context=context)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        body = response.read(1000).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return f"no answer on port {port}: {type(error).__name__}"
    finally:
        connection.close()
    return None if response.status == 200 else f"status {response.status}: {body.strip()}"


def main() -> int:
    """Exit status 0 when healthy."""
    address, _, port = os.environ.get("LISTEN", "0.0.0.0:8501").rpartition(":")
    problem = check("127.0.0.1" if address == "0.0.0.0" else address, int(port))
    if problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
