"""What the container is told by its environment, checked once at start.

A variable that is missing or malformed stops the process with a message that names the variable and never
its value: values of half of them are secrets.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from orchestration.gateway.certificate import CertificateError, check_pair

PROVIDERS = ("bedrock", "anthropic")
MINIMUM_SECRET_CHARACTERS = 8


class ConfigurationError(ValueError):
    """A variable of the environment cannot be used; `variable` is its name."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that the infrastructure decides. Secrets are hidden from `repr`."""

    environment_url: str
    viewer_url: str
    aws_region: str
    default_provider: str
    default_model: str
    bedrock_models: tuple[str, ...]
    session_idle_minutes: int
    data_directory: Path
    listen_address: str
    listen_port: int
    login_username: str
    login_password: str
    tls_certificate: str
    tls_private_key: str
    control_token: str
    anthropic_api_key: str | None

    def __repr__(self) -> str:
        return f"Configuration(environment_url={self.environment_url!r}, …)"

    def secrets(self) -> dict[str, str]:
        """Every secret by the name that replaces it wherever it would show."""
        named = {
            "login password": self.login_password,
            "TLS key": self.tls_private_key,
            "control token": self.control_token,
        }
        if self.anthropic_api_key:
            named["API key"] = self.anthropic_api_key
        return named

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> Configuration:
        """Read and check every variable.

        Raises:
            ConfigurationError: for the first variable that is missing or malformed.
        """
        source = _Source(environment)
        certificate = source.required("TLS_CERTIFICATE")
        private_key = source.required("TLS_PRIVATE_KEY")
        try:
            check_pair(certificate, private_key)
        except CertificateError as error:
            raise ConfigurationError(error.variable, str(error)) from None
        address, port = source.listen()
        return Configuration(
            environment_url=source.url("ENVIRONMENT_URL", ("http", "https")),
            viewer_url=source.url("VIEWER_URL", ("https",)),
            aws_region=source.matching(
                "AWS_REGION", r"[a-z]{2,3}(-[a-z]+)+-\d{1,2}", "an AWS region such as us-west-2"
            ),
            default_provider=source.choice("DEFAULT_PROVIDER", PROVIDERS),
            default_model=source.matching("DEFAULT_MODEL", r"[!-~]{1,512}", "a model id without blanks"),
            bedrock_models=source.names("BEDROCK_MODELS"),
            session_idle_minutes=source.integer("SESSION_IDLE_MINUTES", 1, 1440),
            data_directory=source.writable_directory("DATA_DIRECTORY"),
            listen_address=address,
            listen_port=port,
            login_username=source.matching(
                "LOGIN_USERNAME", r"[!-~]{1,64}", "1 to 64 printable ASCII characters without blanks"
            ),
            login_password=source.secret("LOGIN_PASSWORD", r"[^\x00-\x1f\x7f]{8,4096}"),
            tls_certificate=certificate,
            tls_private_key=private_key,
            control_token=source.secret("CONTROL_TOKEN", r"[!-~]{16,4096}"),
            anthropic_api_key=source.optional_secret("ANTHROPIC_API_KEY", r"[!-~]{8,4096}"),
        )


class _Source:
    """Reads one variable after the other; each method says what a good value is."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def required(self, name: str) -> str:
        value = self._environment.get(name, "")
        if not value.strip():
            raise ConfigurationError(name, "is missing or empty")
        return value

    def matching(self, name: str, pattern: str, expected: str) -> str:
        value = self.required(name)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ConfigurationError(name, f"must be {expected}")
        return value

    def secret(self, name: str, pattern: str) -> str:
        value = self.required(name)
        if not re.fullmatch(pattern, value):
            raise ConfigurationError(
                name,
                f"must be one line of at least {MINIMUM_SECRET_CHARACTERS} characters (a token: 16, no "
                f"blanks)",
            )
        return value

    def optional_secret(self, name: str, pattern: str) -> str | None:
        return self.secret(name, pattern) if self._environment.get(name, "").strip() else None

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.required(name)
        if value not in choices:
            raise ConfigurationError(name, f"must be one of {', '.join(choices)}")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A comma-separated list that may be empty but has to be set."""
        if name not in self._environment:
            raise ConfigurationError(name, "is missing (it may be set and empty)")
        entries = tuple(entry.strip() for entry in self._environment[name].split(",") if entry.strip())
        if not all(re.fullmatch(r"[!-~]{1,512}", entry, re.ASCII) for entry in entries):
            raise ConfigurationError(name, "must be model ids separated by commas")
        return entries

    def integer(self, name: str, lowest: int, highest: int) -> int:
        value = self.required(name)
        if not re.fullmatch(r"\d{1,6}", value, re.ASCII) or not lowest <= int(value) <= highest:
            raise ConfigurationError(name, f"must be a whole number from {lowest} to {highest}")
        return int(value)

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        value = self.required(name)
        expected = f"must be {' or '.join(schemes)}://HOST[:PORT] with neither user, query nor blanks"
        if not re.fullmatch(r"[!-~]+", value, re.ASCII):
            raise ConfigurationError(name, expected)
        try:
            parts = urlsplit(value)
            bad_port = parts.port == 0
        except ValueError:
            raise ConfigurationError(name, expected) from None
        if parts.scheme not in schemes or not parts.hostname or bad_port:
            raise ConfigurationError(name, expected)
        if parts.username is not None or parts.query or parts.fragment or re.search(r"[<>\"'`\\]", value):
            raise ConfigurationError(name, expected)
        return value

    def writable_directory(self, name: str) -> Path:
        path = Path(self.required(name))
        if not path.is_absolute() or not path.is_dir() or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise ConfigurationError(
                name, "must be the absolute path of a directory that this user may write"
            )
        return path

    def listen(self) -> tuple[str, int]:
        """Where TLS is served; every address on 8501 unless LISTEN says ADDRESS:PORT (a local run does)."""
        value = self._environment.get("LISTEN", "0.0.0.0:8501")
        match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})", value, re.ASCII)
        if not match or not 0 < int(match[2]) < 65536 or any(int(part) > 255 for part in match[1].split(".")):
            raise ConfigurationError("LISTEN", "must be IPV4-ADDRESS:PORT")
        return match[1], int(match[2])
