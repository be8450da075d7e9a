"""Fixtures: a certificate, a running environment that most tests share, and programs on its desktop."""

import datetime
import ipaddress
import os
from collections.abc import Iterator

import pytest
import requests
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from probe_page import ProbePage
from running import Environment
from terminal import Terminal


@pytest.fixture(scope="session", autouse=True)
def _root() -> None:
    if os.geteuid() != 0:
        pytest.exit("these tests start the environment as two users and so must run as root", returncode=2)


@pytest.fixture(scope="session")
def key_pair() -> tuple[str, str]:
    """A self-signed certificate for loopback and its key, PEM."""
    return make_key_pair()


def make_key_pair() -> tuple[str, str]:
    """A certificate as the infrastructure makes it: P-256, self-signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "environment test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )


@pytest.fixture(scope="session")
def shared_environment(key_pair: tuple[str, str]) -> Iterator[Environment]:
    """The environment that most tests use, one after the other."""
    environment = Environment(*key_pair)
    try:
        yield environment.start()
    finally:
        environment.remove()


@pytest.fixture
def environment(shared_environment: Environment) -> Iterator[Environment]:
    """The shared environment; programs that the test started are gone after it."""
    yield shared_environment
    shared_environment.close_programs()


@pytest.fixture(scope="module")
def shared_page(shared_environment: Environment) -> Iterator[ProbePage]:
    """Firefox, full screen on the page that reports events. It stays open for all tests of a file."""
    page = ProbePage(shared_environment)
    try:
        page.open()
        yield page
    finally:
        page.close()


@pytest.fixture
def page(shared_page: ProbePage) -> ProbePage:
    """The page, brought to its beginning: white, no events, empty text box with the focus."""
    shared_page.reset()
    return shared_page


@pytest.fixture
def terminal(environment: Environment) -> Terminal:
    """An xterm that writes what is typed into a file."""
    return Terminal(environment)


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """A client that accepts the self-signed certificate."""
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    with requests.Session() as session:
        session.verify = False
        session.trust_env = False
        yield session
