"""A page is the stack's own when it shows the stack's certificate. The servers are real, on loopback."""

from __future__ import annotations

import hashlib
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import checkout
from launcher import pages, runner_process
from launcher.places import Places
from launcher.report import Failure


class Identity:
    """A certificate of its own, and the key to it."""

    def __init__(self, folder: Path) -> None:
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
        der = made.public_bytes(serialization.Encoding.DER)
        self.sha256 = hashlib.sha256(der).hexdigest()
        pem = serialization.Encoding.PEM
        file = folder / f"{self.sha256}.pem"
        file.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + made.public_bytes(pem)
        )
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(file)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""


class Server(http.server.ThreadingHTTPServer):
    """Speaks TLS as `identity`, or none at all; closes so many connections before it answers one."""

    daemon_threads = False

    def __init__(self, identity: Identity | None, closes: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.identity, self.closes = identity, closes

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.closes:
            self.closes -= 1
            return
        if self.identity is None:
            super().finish_request(request, client_address)
            return
        with self.identity.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no matter here."""


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server; its port."""
    started: list[tuple[Server, threading.Thread]] = []

    def start(identity: Identity | None, closes: int = 0) -> int:
        server = Server(identity, closes)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        started.append((server, thread))
        return int(server.server_address[1])

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    made = Places(tmp_path)
    checkout.install_tools(made)
    checkout.install_runner(made)
    yield made
    runner_process.stop(made)


@pytest.fixture
def own(tmp_path: Path) -> Identity:
    return Identity(tmp_path)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Nobody answers there, and nobody else can take it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def _outputs(own: Identity, console: int, viewer: int, **changes: str) -> dict[str, str]:
    pairs = [own.sha256[index : index + 2].upper() for index in range(0, 64, 2)]
    return {
        "ingressCidr": "203.0.113.1/32",
        "orchestrationUrl": f"https://front-door.elb.us-west-2.localhost:{console}/",
        "environmentUrl": f"https://front-door.elb.us-west-2.localhost:{viewer}/",
        "tlsCertificateSha256": ":".join(pairs),
        **changes,
    }


def _run(places: Places) -> None:
    runner_process.start(places, "http://127.0.0.1:9", "i", None)


def test_pages_with_the_stacks_certificate_are_its_own(places: Places, own: Identity, serve: Serve) -> None:
    outputs = _outputs(own, serve(own), serve(own))
    assert pages.wait(places, outputs).startswith(f"{outputs['orchestrationUrl']} ")


def test_it_waits_while_no_task_answers_behind_the_door(places: Places, own: Identity, serve: Serve) -> None:
    _run(places)
    outputs = _outputs(own, serve(own), serve(own, closes=3))
    assert outputs["orchestrationUrl"] in pages.wait(places, outputs)


@pytest.mark.parametrize("is_viewer", [False, True])
def test_another_programs_certificate_is_refused_with_the_way_out(
    places: Places, own: Identity, serve: Serve, tmp_path: Path, is_viewer: bool
) -> None:
    foreign, right = serve(Identity(tmp_path)), serve(own)
    with pytest.raises(Failure, match=rf"Another program answers on 127.0.0.1:{foreign}.*End it"):
        pages.wait(places, _outputs(own, *((right, foreign) if is_viewer else (foreign, right))))


def test_another_program_that_does_not_speak_tls_is_refused_too(
    places: Places, own: Identity, serve: Serve
) -> None:
    foreign = serve(None)
    with pytest.raises(Failure, match=f"Another program answers on 127.0.0.1:{foreign}"):
        pages.wait(places, _outputs(own, foreign, serve(own)))


@pytest.mark.parametrize("cidr", ["192.0.2.7/32", "2001:db8::7/128"])
def test_a_deployer_elsewhere_is_told_how_this_machine_could_connect(
    places: Places, own: Identity, closed_port: int, cidr: str
) -> None:
    said = pages.wait(places, _outputs(own, closed_port, closed_port, ingressCidr=cidr))
    assert f"deployerIp is {cidr}" in said
    assert "pulumi config set deployerIp 203.0.113.1" in said


def test_a_runner_that_has_ended_is_said_with_its_last_words(
    places: Places, own: Identity, closed_port: int
) -> None:
    _run(places)
    runner_process.stop(places)
    with pytest.raises(Failure) as failure:
        pages.wait(places, _outputs(own, closed_port, closed_port))
    assert str(failure.value) == f"The task runner has ended. Its log: {places.runner_log}\nrunning"


def test_a_page_that_does_not_come_is_said_with_where_to_look(
    places: Places, own: Identity, serve: Serve, closed_port: int
) -> None:
    _run(places)
    with pytest.raises(Failure) as failure:
        pages.wait(places, _outputs(own, serve(own), closed_port), seconds=0)
    said = str(failure.value)
    assert f"No page opens on 127.0.0.1:{closed_port}. `aws ecs describe-services` tells why" in said
    assert said.endswith(f"{places.runner_log}:\nrunning")
