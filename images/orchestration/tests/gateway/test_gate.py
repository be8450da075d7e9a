"""The running console over TLS: nothing without a session, over HTTP as over WebSockets."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from console_process import PASSWORD, USERNAME, ConsoleProcess, certificate
from orchestration.gateway.headers import SECURITY_HEADERS
from orchestration.gateway.session_socket import SESSION_OVER
from orchestration.gateway.sessions import COOKIE

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcess]:
    """One console for the file."""
    with ConsoleProcess(tmp_path_factory.mktemp("gate") / "data", "http://127.0.0.1:9") as running:
        yield running


@pytest.fixture(scope="module")
def cookie(console: ConsoleProcess) -> str:
    """A session that stays signed in."""
    status, value = console.sign_in()
    assert status == 303 and value
    return value


@contextmanager
def stream(
    console: ConsoleProcess, cookie: str | None, origin: str | None = "own"
) -> Iterator[ClientConnection]:
    """A WebSocket as the pages open it."""
    context = ssl.create_default_context(cadata=certificate()[0])
    address = f"wss://localhost:{console.port}/_stcore/stream"
    headers = {"cookie": cookie} if cookie else {}
    own = console.url.rstrip("/")
    with connect(
        address,
        ssl=context,
        additional_headers=headers,
        origin=own if origin == "own" else origin,  # type: ignore[arg-type]
        open_timeout=10,
    ) as connection:
        yield connection


def rerun() -> bytes:
    """What a page sends for a click."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    return bytes(message.SerializeToString())


def drain(tab: ClientConnection, seconds: float) -> None:
    """Read what comes for a while; raises ConnectionClosed when the server closes."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        with suppress(TimeoutError):
            tab.recv(timeout=left)


def refusals_are_over(console: ConsoleProcess) -> None:
    """Wait until sign-ins are taken again after a test that was refused a lot."""
    for _ in range(90):
        status, _ = console.sign_in()
        if status == 303:
            return
        time.sleep(1)
    raise AssertionError("sign-ins stayed blocked")


def test_without_a_session_every_page_leads_to_the_login(console: ConsoleProcess) -> None:
    for path in ("/", "/exchanges", "/replay", "/guide", "/anything"):
        status, headers, _ = console.request("GET", path, headers=HTML)
        assert (status, headers["location"]) == (303, "/login"), path


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/agent/openapi.json",
        "/_stcore/metrics",
        "/media/x.png",
        "/static/js/index.js",
        "/session",
        "/session.js",
        "/logout",
        "/screens/" + "0" * 64 + ".png",
    ],
)
def test_without_a_session_nothing_else_answers(console: ConsoleProcess, path: str) -> None:
    assert console.request("GET", path)[0] == 401


@pytest.mark.parametrize(
    "query",
    [
        "?authenticated=true&username=computeruse&login_time=9999999999",
        "?authenticated=true",
        "?session_id=1&authenticated=True",
        "?__Host-console=x.y",
    ],
)
def test_the_old_bypass_by_query_is_ignored(console: ConsoleProcess, query: str) -> None:
    status, headers, body = console.request("GET", "/" + query, headers=HTML)
    assert (status, headers["location"]) == (303, "/login") and "set-cookie" not in headers
    status, _, body = console.request("GET", "/login" + query, headers=HTML)
    assert status == 200 and b"password" in body and b"authenticated" not in body


@pytest.mark.parametrize("value", ["x", "x.y", "", '"; drop', "a" * 5000])
def test_a_forged_cookie_is_ignored(console: ConsoleProcess, value: str) -> None:
    for path in ("/", "/session"):
        assert console.request("GET", path, headers={"cookie": f"{COOKIE}={value}"})[0] == 401
    with pytest.raises(InvalidStatus), stream(console, f"{COOKIE}={value}"):
        pass


def test_the_cookie_is_httponly_secure_strict_and_the_url_holds_nothing(console: ConsoleProcess) -> None:
    form = urlencode({"username": USERNAME, "password": PASSWORD})
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": console.url.rstrip("/")}
    status, answer, _ = console.request("POST", "/login", form, headers)
    assert status == 303 and answer["location"] == "/"
    parts = {part.strip().lower() for part in answer["set-cookie"].split(";")[1:]}
    assert parts == {"path=/", "secure", "httponly", "samesite=strict"}


def test_a_session_fixed_by_an_attacker_is_not_taken_over(console: ConsoleProcess) -> None:
    """The attacker plants a cookie of their own, valid or not, and waits for the victim to sign in with "
    "it."""
    _, planted = console.sign_in()
    form = urlencode({"username": USERNAME, "password": PASSWORD})
    for brought in (planted, f"{COOKIE}=fixed.value"):
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": console.url.rstrip("/"),
            "cookie": str(brought),
        }
        status, answer, _ = console.request("POST", "/login", form, headers)
        assert status == 303 and answer["set-cookie"].split(";")[0] != brought
        assert console.request("GET", "/session", headers={"cookie": str(brought)})[0] == 401


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (USERNAME, "wrong"),
        (USERNAME, ""),
        ("", ""),
        ("root", PASSWORD),
        (USERNAME.upper(), PASSWORD),
        (USERNAME, PASSWORD + " "),
        (USERNAME, "x" * 10_000),
        ("x" * 10_000, PASSWORD),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ],
)
def test_wrong_credentials_are_refused(console: ConsoleProcess, username: str, password: str) -> None:
    status, cookie = console.sign_in(username, password)
    assert status in (401, 429) and cookie is None
    refusals_are_over(console)


def test_a_form_beyond_all_measure_is_refused(console: ConsoleProcess) -> None:
    assert console.sign_in(USERNAME, "x" * 70_000)[0] == 413
    assert console.sign_in(USERNAME, "x" * 2_000_000)[0] == 413


def test_a_login_from_another_site_is_refused(console: ConsoleProcess) -> None:
    form = urlencode({"username": USERNAME, "password": PASSWORD})
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": console.url.rstrip("/"), "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert console.request("POST", "/login", form, {**kind, **headers})[0] == 403


def test_brute_force_is_slowed_down_and_does_not_get_in(console: ConsoleProcess) -> None:
    refusals_are_over(console)
    with ThreadPoolExecutor(8) as pool:
        guesses = list(pool.map(lambda number: console.sign_in(USERNAME, f"guess-{number}")[0], range(40)))
    assert guesses.count(401) <= 6 and guesses.count(429) >= 34
    # The right password has to wait too, else the back-off would tell it.
    assert console.sign_in()[0] == 429
    refusals_are_over(console)


def test_wrong_name_and_wrong_password_look_alike(console: ConsoleProcess) -> None:
    refusals_are_over(console)
    pages = []
    for username, password in (("nobody", PASSWORD), (USERNAME, "wrong password")):
        form = urlencode({"username": username, "password": password})
        headers = {"content-type": "application/x-www-form-urlencoded", "origin": console.url.rstrip("/")}
        pages.append(console.request("POST", "/login", form, headers)[2])
    assert pages[0] == pages[1]


def test_with_a_session_the_page_comes_and_unknown_paths_do_not(console: ConsoleProcess, cookie: str) -> None:
    status, headers, body = console.request("GET", "/", headers={"cookie": cookie, **HTML})
    assert status == 200 and b'<script src="/session.js">' in body
    assert headers["cache-control"] == "no-store"
    for path in (
        "/_stcore/agent/openapi.json",
        "/_stcore/metrics",
        "/_stcore/upload_file/a/b",
        "/static/../x",
    ):
        assert console.request("GET", path, headers={"cookie": cookie})[0] == 404
    own = {"cookie": cookie, "origin": console.url.rstrip("/")}
    assert console.request("POST", "/_stcore/agent/interact", "{}", own)[0] == 404
    assert console.request("POST", "/static/x", "{}", own)[0] == 405
    assert console.request("GET", "/?a=b", headers={"cookie": cookie})[1]["location"] == "/"


def test_security_headers_are_on_every_answer(console: ConsoleProcess, cookie: str) -> None:
    for path in ("/", "/login", "/healthz", "/nothing", "/session.js"):
        headers = console.request("GET", path, headers={"cookie": cookie})[1]
        for name, value in SECURITY_HEADERS.items():
            assert value in headers[name.lower()], (path, name)
        assert "server" not in headers or headers["server"] == "nginx"
        assert "access-control-allow-origin" not in headers


def test_a_websocket_without_a_session_or_from_another_site_is_refused(
    console: ConsoleProcess, cookie: str
) -> None:
    for shown, origin in ((None, "own"), (cookie, "https://evil.example"), (cookie, None), (cookie, "null")):
        with pytest.raises(InvalidStatus) as refused, stream(console, shown, origin):
            pass
        assert refused.value.response.status_code == 403


def test_an_open_websocket_is_cut_when_its_session_signs_out_in_another_tab(console: ConsoleProcess) -> None:
    refusals_are_over(console)
    _, own = console.sign_in()
    with stream(console, own) as first, stream(console, own) as second:
        first.send(rerun())
        first.recv(timeout=10)
        assert console.sign_out(str(own)) == 303
        for tab in (first, second):
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    tab.recv(timeout=10)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == SESSION_OVER
    assert console.request("GET", "/session", headers={"cookie": str(own)})[0] == 401


def test_the_inner_header_cannot_be_made_up(console: ConsoleProcess) -> None:
    for name in ("x-console-session", "X-Console-Session"):
        assert console.request("GET", "/", headers={name: "a" * 16})[0] == 401


def test_the_health_check_covers_the_app(console: ConsoleProcess) -> None:
    assert console.request("GET", "/healthz")[::2] == (200, b"ok")


def test_old_tls_and_clear_text_are_not_served(console: ConsoleProcess) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with pytest.warns(DeprecationWarning):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", console.port), 5) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(plain)
    with socket.create_connection(("127.0.0.1", console.port), 5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert plain.recv(1000).split(b"\r\n")[0] in (
            b"HTTP/1.1 301 Moved Permanently",
            b"HTTP/1.1 400 Bad Request",
        )


def test_idle_sessions_are_signed_out_and_their_websockets_cut(tmp_path: Path) -> None:
    """Timers' messages are not activity; a person's are."""
    idle = ConsoleProcess(
        tmp_path / "data", "http://127.0.0.1:9", script=Path(__file__).parent.parent / "short_idle.py"
    )
    timer = BackMsg()
    timer.rerun_script.is_auto_rerun = True
    with idle:
        _, cookie = idle.sign_in()
        with stream(idle, cookie) as tab:
            tab.send(rerun())
            for _ in range(9):
                tab.send(rerun())
                drain(tab, 0.5)
            assert idle.request("GET", "/session", headers={"cookie": str(cookie)})[0] == 200
            with pytest.raises(ConnectionClosed) as closed:
                for _ in range(30):
                    tab.send(timer.SerializeToString())
                    drain(tab, 0.5)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == SESSION_OVER
        assert idle.request("GET", "/session", headers={"cookie": str(cookie)})[0] == 401
        with pytest.raises(InvalidStatus), stream(idle, cookie):
            pass
        reasons = [line["data"]["reason"] for line in idle.lines() if line.get("kind") == "signed_out"]
        assert reasons == ["idle"]
