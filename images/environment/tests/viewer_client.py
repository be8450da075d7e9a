"""Ways to the viewer: a browser's form, the same without a browser, and a WebSocket by hand."""

import socket
import ssl

import requests
from playwright.sync_api import Page

from running import PASSWORD, USERNAME, Environment

COOKIE = "__Host-viewer"


def sign_in(tab: Page, environment: Environment, password: str = PASSWORD) -> None:
    """Fill the form in and send it."""
    tab.goto(environment.viewer_url + "/")
    tab.fill("[name=username]", USERNAME)
    tab.fill("[name=password]", password)
    tab.click("button")


def try_to_sign_in(http: requests.Session, environment: Environment, **form: str) -> requests.Response:
    """The form, sent without a browser."""
    data = {"username": USERNAME, "password": PASSWORD} | form
    return http.post(f"{environment.viewer_url}/login", data=data, allow_redirects=False, timeout=20)


def canvas_colour(tab: Page, x: int, y: int) -> list[int]:
    """The colour of a desktop pixel as the browser shows it."""
    script = (
        "([x, y]) => Array.from("
        "document.querySelector('canvas').getContext('2d').getImageData(x, y, 1, 1).data)"
    )
    return tab.evaluate(script, [x, y])[:3]  # type: ignore[no-any-return]


def web_socket(environment: Environment, cookie: str, mode: str) -> ssl.SSLSocket:
    """An open WebSocket by hand, so that nothing but the server decides what may pass."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = context.wrap_socket(socket.create_connection(("127.0.0.1", environment.viewer_port), 5))
    lines = [
        f"GET /websocket?mode={mode} HTTP/1.1",
        f"Host: 127.0.0.1:{environment.viewer_port}",
        f"Origin: {environment.viewer_url}",
        f"Cookie: {COOKIE}={cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: binary",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    assert b"101 Switching Protocols" in connection.recv(4096)
    return connection


def frame(payload: bytes) -> bytes:
    """A masked binary WebSocket frame of fewer than 126 bytes; the mask is zero."""
    return bytes([0x82, 0x80 | len(payload), 0, 0, 0, 0]) + payload
