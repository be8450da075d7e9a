"""Small versions of console and viewer: TLS, sign-in form, session cookie, and a screen over RFB.

Statuses, headers and paths are those of images/orchestration (gateway/gate.py) and images/environment
(viewer/app.py); the stream is RFC 6143's, in RFC 6455's frames.
"""

import base64
import hashlib
import http.server
import ssl
import struct
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USERNAME = "computeruse"
PASSWORD = "correct horse & battery"
WEBSOCKET_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3."""


def make_certificate(folder: Path) -> tuple[Path, str]:
    """A new self-signed certificate with its key in one file, and its SHA-256 as browsers show it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "page")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    digest = hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest().upper()
    file = folder / f"{digest}.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return file, ":".join(digest[index : index + 2] for index in range(0, 64, 2))


class Pages(http.server.ThreadingHTTPServer):
    """The server of one page. Its attributes set how it behaves; `sessions` holds the cookies of open
    sessions.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate)
        self.sessions: set[str] = set()
        self.requests: list[str] = []
        self.accepts = {PASSWORD}
        self.needs_session = True
        self.logout_method = "POST"
        self.status_of_wrong_password = 401
        self.screen = (64, 48)
        self.colours = (b"\x10\x20\x30\x00", b"\xff\x80\x00\x00")
        self.version = b"RFB 003.008\n"
        self.has_stream = True
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The page's address. Its name ends in localhost, so it resolves to this machine."""
        return f"https://door.localhost:{self.server_address[1]}/"

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Pages

    def do_GET(self) -> None:
        self.server.requests.append(f"GET {self.path}")
        signed_in = self._cookie() in self.server.sessions
        if self.path == "/websocket" and self.server.has_stream and signed_in and self.headers["Origin"]:
            self._stream()
        elif self.path == "/logout":
            self._logout("GET")
        elif self.path == "/" and (signed_in or not self.server.needs_session):
            self._say(200)
        elif self.path == "/":
            self._say(303, Location="/login")
        else:
            self._say(401)

    def do_POST(self) -> None:
        self.server.requests.append(f"POST {self.path}")
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/logout":
            self._logout("POST")
        elif form["username"] == [USERNAME] and form["password"][0] in self.server.accepts:
            cookie = f"__Host-page={len(self.server.sessions)}-{id(self)}"
            self.server.sessions.add(cookie)
            self._say(303, Location="/", Set_Cookie=f"{cookie}; Path=/; Secure; HttpOnly; SameSite=Strict")
        else:
            self._say(self.server.status_of_wrong_password)

    def _logout(self, method: str) -> None:
        if method != self.server.logout_method:
            self._say(405)
            return
        self.server.sessions.discard(self._cookie())
        self._say(303, Location="/login")

    def _cookie(self) -> str:
        return str(self.headers.get("Cookie", ""))

    def _say(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _stream(self) -> None:
        key = self.headers["Sec-WebSocket-Key"].encode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accepted = base64.b64encode(hashlib.sha1(key + WEBSOCKET_KEY).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accepted)
        self.send_header("Sec-WebSocket-Protocol", "binary")
        self.end_headers()
        self.close_connection = True
        width, height = self.server.screen
        self._send(self.server.version)
        self._receive()
        self._send(b"\x01\x01")
        self._receive()
        self._send(struct.pack(">I", 0))
        self._receive()
        self._send(struct.pack(">HH16xI4s", width, height, 4, b"desk"))
        for _ in ("pixel format", "encodings", "request"):
            self._receive()
        self._send(
            b"\x02" + struct.pack(">BxxxI3s", 3, 3, b"cut")
        )  # A bell and a clipboard message come in between.
        upper, lower = self.server.colours
        half = height // 2
        self._send(struct.pack(">BxH", 0, 2) + struct.pack(">HHHHi", 0, 0, width, half, 0))
        self._send(upper * width * half)
        self._send(struct.pack(">HHHHi", 0, half, width, height - half, 0) + lower * width * (height - half))
        self._receive()

    def _send(self, payload: bytes) -> None:
        length = len(payload)
        head = struct.pack(">BB", 0x82, length) if length < 126 else struct.pack(">BBH", 0x82, 126, length)
        self.wfile.write(head + payload)
        self.wfile.flush()

    def _receive(self) -> bytes:
        _, length = self.rfile.read(2)
        mask = self.rfile.read(4)
        return bytes(byte ^ mask[index % 4] for index, byte in enumerate(self.rfile.read(length & 0x7F)))

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""
