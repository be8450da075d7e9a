"""What the tests of the task runner ask of this machine: pages over TLS, ports, processes."""

from __future__ import annotations

import functools
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

T = TypeVar("T")

SECONDS = 120.0


@functools.cache
def certificate() -> tuple[str, str]:
    """A self-signed P-256 certificate for localhost and its key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(pem).decode(), private.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], T], seconds: float = SECONDS) -> T:
    """The first answer that is true."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := what():
            return answer
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


def get(port: int, path: str = "/") -> tuple[int, bytes] | None:
    """A page over TLS from 127.0.0.1, whose certificate is checked; None where nobody answers."""
    context = ssl.create_default_context(cadata=certificate()[0])
    try:
        # One step at a time: a socket that is reset before TLS has wrapped it, or in http.client's handshake,
        # stays open for ever.
        with context.wrap_socket(
            socket.socket(), server_hostname="localhost", do_handshake_on_connect=False
        ) as secured:
            secured.settimeout(20)
            secured.connect(("127.0.0.1", port))
            secured.do_handshake()
            connection = http.client.HTTPConnection("localhost", port)
            connection.sock = secured
            connection.request("GET", path, headers={"Connection": "close"})
            with connection.getresponse() as answer:
                return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None


def is_alive(process_id: int) -> bool:
    """Whether it runs; one that has ended and only waits to be waited for does not."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
