"""Sends requests to the stack's pages, but only after their certificate has been verified.

The certificate is self-signed, so it is verified by its SHA-256 fingerprint, which is the stack's output
`tlsCertificateSha256`. Nothing is sent to a server that presents another certificate.
"""

import hashlib
import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

SECONDS = 15.0


class PageFailure(Exception):
    """A page cannot be reached, or does not belong to the stack."""


class WrongCertificate(PageFailure):
    """Another server answers, or the certificate was replaced outside the stack."""


@dataclass(frozen=True)
class Reply:
    """The answer of a page."""

    status: int
    location: str
    cookie: str
    """The cookie that the page sets, as `NAME=VALUE`; empty if it sets none."""


@dataclass(frozen=True)
class Site:
    """Console or viewer: its address, and the SHA-256 of its certificate in hexadecimal digits."""

    url: str
    fingerprint: str

    @classmethod
    def of(cls, url: str, fingerprint: str) -> "Site":
        """The fingerprint may contain colons and capitals, as browsers show it."""
        return cls(url.rstrip("/"), fingerprint.replace(":", "").lower())

    @property
    def host(self) -> str:
        """Host name and port, as in a Host header."""
        return urlsplit(self.url).netloc

    def connect(self) -> ssl.SSLSocket:
        """Open a TLS connection and verify that it is to the stack's server. Raises PageFailure."""
        address = urlsplit(self.url)
        name, port = address.hostname or "", address.port or 443
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # Names below localhost always mean this machine (RFC 6761, 6.3), even if the resolver does not
            # know them.
            plain = socket.create_connection(
                ("127.0.0.1" if name.endswith(".localhost") else name, port), SECONDS
            )
        except OSError as error:
            raise PageFailure(f"{self.host} does not answer: {error}") from error
        try:
            secure = context.wrap_socket(plain, server_hostname=name)
        except OSError as error:
            plain.close()
            raise PageFailure(f"{self.host} does not speak TLS: {error}") from error
        shown = hashlib.sha256(secure.getpeercert(binary_form=True) or b"").hexdigest()
        if shown != self.fingerprint:
            secure.close()
            raise WrongCertificate(f"{self.host} presents another certificate, SHA-256 {shown}")
        return secure

    def request(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        cookie: str = "",
    ) -> Reply:
        """Request a page. Raises PageFailure."""
        connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
        connection.sock = self.connect()
        headers = {"Accept": "text/html", "Origin": self.url}
        if cookie:
            headers["Cookie"] = cookie
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise PageFailure(f"{self.host} closed the connection: {error!r}") from error
        finally:
            connection.close()
        return Reply(answer.status, answer.headers.get("Location", ""), _cookie(answer.headers))

    def sign_in(self, username: str, password: str) -> Reply:
        """Send the sign-in form. Raises PageFailure."""
        return self.request("POST", "/login", {"username": username, "password": password})

    def sign_out(self, cookie: str) -> None:
        """Sign out. The viewer needs a POST, the console a GET. Raises PageFailure."""
        if self.request("POST", "/logout", {}, cookie).status == http.client.METHOD_NOT_ALLOWED:
            self.request("GET", "/logout", cookie=cookie)


def _cookie(headers: http.client.HTTPMessage) -> str:
    for line in headers.get_all("Set-Cookie", []):
        for name, morsel in SimpleCookie(line).items():
            if morsel.value:
                return f"{name}={morsel.value}"
    return ""
