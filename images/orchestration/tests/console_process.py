"""The whole console as the image starts it: supervisor, nginx with TLS, gate, pages, agent. On loopback."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent.parent / "src"
USERNAME = "computeruse"
PASSWORD = "correct horse battery staple"
CONTROL_TOKEN = "control-token-for-tests-0123456789"
READY_SECONDS = 60.0


@lru_cache(maxsize=1)
def certificate() -> tuple[str, str]:
    """A self-signed P-256 certificate for localhost and its key, PEM."""
    from cryptography import x509  # noqa: PLC0415 (only the tests that serve TLS need it)
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

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
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    return made.public_bytes(pem).decode(), private.decode()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class ConsoleProcess:
    """A console. Use as a context manager; `environment` is added to what the task definition would give, and
    `script` is run in place of the entry point's module."""

    data: Path
    environment_url: str
    environment: dict[str, str] = field(default_factory=dict)
    script: Path | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where browsers go."""
        return f"https://localhost:{self.port}/"

    @property
    def output(self) -> Path:
        """Everything that it printed."""
        return self.data.parent / f"{self.data.name}.log"

    def variables(self) -> dict[str, str]:
        """The contract's variables, and nothing of this machine's but the path."""
        cert, key = certificate()
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCES),
            "HOME": str(self.data.parent),
            "TMPDIR": str(self.data.parent),
            "ENVIRONMENT_URL": self.environment_url,
            "VIEWER_URL": "https://localhost:8443/",
            "AWS_REGION": "us-west-2",
            "DEFAULT_PROVIDER": "anthropic",
            "DEFAULT_MODEL": "claude-sonnet-5-5",
            "BEDROCK_MODELS": "us.anthropic.claude-sonnet-5-5,us.anthropic.claude-opus-4-6-v1",
            "SESSION_IDLE_MINUTES": "60",
            "DATA_DIRECTORY": str(self.data),
            "LISTEN": f"127.0.0.1:{self.port}",
            "LOGIN_USERNAME": USERNAME,
            "LOGIN_PASSWORD": PASSWORD,
            "TLS_CERTIFICATE": cert,
            "TLS_PRIVATE_KEY": key,
            "CONTROL_TOKEN": CONTROL_TOKEN,
            **self.environment,
        }

    def __enter__(self) -> ConsoleProcess:
        self.data.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it is healthy."""
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *([str(self.script)] if self.script else ["-m", "orchestration"])],
                env=self.variables(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Fails with the output when it takes longer than a minute."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            try:
                if self.request("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                pass
            assert self.process is not None
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"the console did not become healthy:\n{self.output.read_text()[-4000:]}")

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(20)

    def pid_of(self, part: str) -> int:
        """The newest process id that the supervisor gave for `console` or `nginx`."""
        pids = [
            line["pid"]
            for line in self.lines()
            if line.get("source") == "supervisor" and line["message"] == f"{part} started"
        ]
        return int(pids[-1])

    def kill(self, part: str) -> None:
        """kill -9 of one part."""
        os.kill(self.pid_of(part), signal.SIGKILL)

    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines that it printed."""
        lines = self.output.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def request(
        self, method: str, path: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One HTTPS request; returns status, headers by lower-case name, body."""
        context = ssl.create_default_context(cadata=certificate()[0])
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=20, context=context)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        finally:
            connection.close()

    def sign_in(self, username: str = USERNAME, password: str = PASSWORD) -> tuple[int, str | None]:
        """Post the login form; returns the status and the cookie (`name=value`)."""
        from urllib.parse import urlencode  # noqa: PLC0415

        form = urlencode({"username": username, "password": password})
        headers = {"content-type": "application/x-www-form-urlencoded", "origin": self.url.rstrip("/")}
        status, answer, _ = self.request("POST", "/login", form, headers)
        cookie = answer.get("set-cookie")
        return status, cookie.split(";")[0] if cookie else None

    def sign_out(self, cookie: str) -> int:
        """Press the button; returns the status."""
        headers = {"cookie": cookie, "origin": self.url.rstrip("/")}
        return self.request("POST", "/logout", "", headers)[0]
