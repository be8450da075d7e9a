"""The viewer, as somebody finds it who tries to get around its login."""

import os
import signal
import socket
import ssl
import time
from collections.abc import Iterator

import pytest
import requests

from running import PASSWORD, Environment, wait_until
from terminal import Terminal
from viewer_client import COOKIE, frame, try_to_sign_in, web_socket


@pytest.fixture
def own_environment(key_pair: tuple[str, str]) -> Iterator[Environment]:
    """An environment for tests after which nobody could sign in."""
    environment = Environment(*key_pair)
    try:
        yield environment.start()
    finally:
        environment.remove()


def test_view_only_holds_on_the_server(
    http: requests.Session, environment: Environment, terminal: Terminal
) -> None:
    cookie = try_to_sign_in(http, environment).cookies[COOKIE]
    with web_socket(environment, cookie, "view") as connection:
        connection.sendall(frame(b"RFB 003.008\n") + frame(b"\x01") + frame(b"\x01"))
        connection.sendall(frame(b"\x04\x01\0\0\0\0\0v" + b"\x04\0\0\0\0\0\0v" + b"\x05\x01\0\x0a\0\x0a"))
        time.sleep(0.5)
    position = environment.act("cursor_position")["output"]
    assert position != "X=10,Y=10"
    environment.act("type", text="agent")
    assert terminal.typed(5) == "agent"


def test_session_outlives_a_restart_of_the_viewer(http: requests.Session, environment: Environment) -> None:
    cookie = {"Cookie": f"{COOKIE}={try_to_sign_in(http, environment).cookies[COOKIE]}"}
    os.kill(environment.service_process("desktop_control.viewer"), signal.SIGKILL)
    http.close()  # a connection that is kept dies with the process at its other end
    assert (
        http.get(environment.viewer_url + "/", headers=cookie, allow_redirects=False, timeout=10).status_code
        == 200
    )


def test_cookie_is_out_of_reach(http: requests.Session, environment: Environment) -> None:
    header = try_to_sign_in(http, environment).headers["Set-Cookie"]
    for part in (f"{COOKIE}=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in header
    assert "Domain" not in header


@pytest.mark.parametrize(
    "path", ["/desktop.js", "/websocket", "/novnc/core/rfb.js", "/novnc/core/../../src/x", "/etc/passwd"]
)
@pytest.mark.parametrize("cookie", [None, "forged", "../../control-token.sha256", ""])
def test_without_a_session_there_is_nothing(
    http: requests.Session, environment: Environment, path: str, cookie: str | None
) -> None:
    headers = {} if cookie is None else {"Cookie": f"{COOKIE}={cookie}"}
    headers["Origin"] = environment.viewer_url
    assert (
        http.get(environment.viewer_url + path, headers=headers, allow_redirects=False, timeout=5).status_code
        == 401
    )


@pytest.mark.parametrize("query", ["?authenticated=true", "?token=x", "?password=x"])
def test_nothing_in_the_address_signs_in(
    http: requests.Session, environment: Environment, query: str
) -> None:
    response = http.get(environment.viewer_url + "/" + query, allow_redirects=False, timeout=5)
    assert response.status_code == 303


def test_other_sites_cannot_use_the_session(http: requests.Session, environment: Environment) -> None:
    cookie = try_to_sign_in(http, environment).cookies[COOKIE]
    headers = {"Cookie": f"{COOKIE}={cookie}", "Origin": "https://evil.example"}
    assert http.get(f"{environment.viewer_url}/websocket", headers=headers, timeout=5).status_code == 403
    assert http.post(f"{environment.viewer_url}/logout", headers=headers, timeout=5).status_code == 403
    del headers["Origin"]
    assert http.get(f"{environment.viewer_url}/websocket", headers=headers, timeout=5).status_code == 403


def test_pages_cannot_be_framed_or_sniffed(http: requests.Session, environment: Environment) -> None:
    headers = http.get(f"{environment.viewer_url}/login", timeout=5).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"]


def test_guessing_gets_slower(http: requests.Session, own_environment: Environment) -> None:
    answers = [
        try_to_sign_in(http, own_environment, password=f"guess {number}").status_code for number in range(6)
    ]
    assert answers[:5] == [401] * 5
    assert answers[5] == 429
    refused = try_to_sign_in(http, own_environment)
    assert refused.status_code == 429, "also with the right password"
    assert int(refused.headers["Retry-After"]) >= 1
    wait_until(lambda: try_to_sign_in(http, own_environment).status_code == 303, 10)


@pytest.mark.parametrize(
    "form", [{"password": "x" * 10_000}, {"password": ""}, {"username": "root"}, {"password": PASSWORD[:8]}]
)
def test_odd_logins_are_refused(
    http: requests.Session, own_environment: Environment, form: dict[str, str]
) -> None:
    assert try_to_sign_in(http, own_environment, **form).status_code == 401


def test_huge_form_is_refused(http: requests.Session, environment: Environment) -> None:
    assert try_to_sign_in(http, environment, password="x" * 1_000_000).status_code == 413


def test_plain_http_is_not_spoken(environment: Environment) -> None:
    with socket.create_connection(("127.0.0.1", environment.viewer_port), 5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"HTTP" not in connection.recv(1000)


def test_certificate_is_the_given_one_and_old_tls_is_refused(environment: Environment) -> None:
    shown = ssl.get_server_certificate(("127.0.0.1", environment.viewer_port))
    assert shown.strip() == environment.variables["TLS_CERTIFICATE"].strip()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", environment.viewer_port), 5) as plain,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(plain)


def test_vnc_listens_on_no_port(environment: Environment) -> None:
    server = environment.service_process("Xtigervnc")
    sockets = environment.bash(f"ls -l /proc/{server}/fd | grep -o 'socket:.[0-9]*' | tr -dc '0-9\\n'")[
        "output"
    ].split()
    listening = environment.bash("cat /proc/net/tcp /proc/net/tcp6")["output"]
    assert not [inode for inode in sockets if f" {inode} " in listening]
