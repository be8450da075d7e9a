"""Where the model's API is, for a local stack: on this machine, or somewhere behind TLS."""

from __future__ import annotations

from urllib.parse import urlsplit

_HTTPS, _HTTP = 443, 80
_HERE = ("127.0.0.1", "localhost")


class ModelApi:
    """Its address as a person gives it (`url`), and as the tasks of the emulated VPC reach it."""

    def __init__(self, url: str) -> None:
        """`http://127.0.0.1:PORT` for one on this machine, or an `https://` address. Raises `ValueError`."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is no address of an API: write http://127.0.0.1:PORT or https://HOST")
        if parts.username is not None:
            raise ValueError(f"the address of {parts.hostname} holds a user or key, which would be shown")
        is_here = parts.hostname in _HERE
        if parts.scheme == "http" and not is_here:
            raise ValueError(
                f"{url!r} sends the API key in clear over a network: write https://{parts.hostname}"
            )
        self.url = url.rstrip("/")
        self.host = parts.hostname
        self.port = parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)
        # With TLS, the name must stay the one of the certificate.
        self.name = "api.anthropic.com" if is_here else parts.hostname
        # The security groups let tasks out to 443 only.
        self.url_for_tasks = f"{parts.scheme}://{self.name}:{_HTTPS}{parts.path.rstrip('/')}"
