"""The secrets that come in environment variables, and how they are kept: hashed where a hash is enough, in
files that only the control user can read, and out of every process's environment."""

import hashlib
import json
import os
import secrets
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop_control.runtime import Runtime
from desktop_control.settings import ConfigurationError
from desktop_control.viewer.password import hash_password

NAMES = ("LOGIN_USERNAME", "LOGIN_PASSWORD", "TLS_CERTIFICATE", "TLS_PRIVATE_KEY", "CONTROL_TOKEN")
_SHORTEST_PASSWORD = 8
_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Secrets:
    """The five secrets. Their representation shows none of them."""

    login_username: str = field(repr=False)
    login_password: str = field(repr=False)
    tls_certificate: str = field(repr=False)
    tls_private_key: str = field(repr=False)
    control_token: str = field(repr=False)

    @classmethod
    def from_environment(cls, variables: Mapping[str, str]) -> "Secrets":
        """Read and check them. Raises ConfigurationError, which never quotes a value."""
        for name in NAMES:
            if not variables.get(name, "").strip():
                raise ConfigurationError(name, "is missing; the task definition must give it as a secret")
        if len(variables["LOGIN_PASSWORD"]) < _SHORTEST_PASSWORD:
            raise ConfigurationError("LOGIN_PASSWORD", f"is shorter than {_SHORTEST_PASSWORD} characters")
        token = variables["CONTROL_TOKEN"].strip()
        if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigurationError(
                "CONTROL_TOKEN",
                f"must have at least {_SHORTEST_TOKEN} printable ASCII characters and no blank",
            )
        certificate, key = (
            _with_line_breaks(variables["TLS_CERTIFICATE"]),
            _with_line_breaks(variables["TLS_PRIVATE_KEY"]),
        )
        _check_key_pair(certificate, key)
        return cls(variables["LOGIN_USERNAME"].strip(), variables["LOGIN_PASSWORD"], certificate, key, token)

    def store(self, runtime: Runtime) -> None:
        """Write what the services need below `runtime.secrets`, which must exist and be the control user's
        alone."""
        _write(runtime.token_digest, hashlib.sha256(self.control_token.encode()).hexdigest())
        login = {"username": self.login_username, "password": hash_password(self.login_password)}
        _write(runtime.login, json.dumps(login))
        _write(runtime.certificate, self.tls_certificate)
        _write(runtime.private_key, self.tls_private_key)


def _with_line_breaks(pem: str) -> str:
    """Some ways of setting a variable turn line breaks into `\\n`."""
    return pem.replace("\\n", "\n").strip() + "\n"


def _check_key_pair(certificate: str, key: str) -> None:
    for name, pem, label in (
        ("TLS_CERTIFICATE", certificate, "CERTIFICATE"),
        ("TLS_PRIVATE_KEY", key, "PRIVATE KEY"),
    ):
        if f"{label}-----" not in pem or not pem.startswith("-----BEGIN "):
            raise ConfigurationError(name, f"is not a {label.lower()} in PEM form")
    with tempfile.TemporaryDirectory(prefix="environment-tls-") as folder:
        certificate_file, key_file = Path(folder) / "crt", Path(folder) / "key"
        _write(certificate_file, certificate)
        _write(key_file, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            # The empty password keeps an encrypted key from asking for one on the terminal.
            context.load_cert_chain(certificate_file, key_file, password="")
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise ConfigurationError("TLS_PRIVATE_KEY", "does not belong to TLS_CERTIFICATE") from None
            raise ConfigurationError("TLS_CERTIFICATE", "or TLS_PRIVATE_KEY is not valid PEM") from None


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + "." + secrets.token_hex(4))
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
