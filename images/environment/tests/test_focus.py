"""GET /focus: the program that receives typed text and, in the browser, the site whose frame has the
focus."""

import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from running import Environment, wait_until

# Each half of the page is one site's text box, so that a click hits it below a bar of Firefox's, too.
_BOX = "style='display:block;width:100%;height:300px;border:0;margin:0'"
_OUTER = (
    f"<!doctype html><title>outer</title><body style='margin:0'><input id=a autofocus {_BOX}>"
    f"<iframe {_BOX} src='http://localhost:{{port}}/inner'></iframe>"
)
_INNER = f"<!doctype html><title>inner</title><body style='margin:0'><input {_BOX}>"
_ON_OUTER, _ON_INNER = [300, 250], [300, 600]


class Site:
    """Pages on two origins: 127.0.0.1 and localhost."""

    def __init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = _INNER if self.path == "/inner" else _OUTER.format(port=site.port)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def focus(environment: Environment) -> dict[str, Any]:
    response = environment.session.get(f"{environment.control_url}/focus", timeout=10)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.fixture
def site(environment: Environment) -> Iterator[Site]:
    """A site with a page that is open in Firefox and whose text box has the focus."""
    site = Site()
    try:
        environment.launch(f"firefox-esr http://127.0.0.1:{site.port}/")
        wait_until(lambda: focus(environment)["program"] == "firefox-esr", 60)
        yield site
    finally:
        environment.close_programs(["firefox-esr"])
        site.server.shutdown()
        site.server.server_close()


def test_focus_needs_the_token(environment: Environment) -> None:
    response = requests.get(f"{environment.control_url}/focus", timeout=5)
    assert response.status_code == 401 and "program" not in response.json()


def test_focus_answers_while_windows_open_and_close(environment: Environment) -> None:
    environment.launch("sh -c 'for n in 1 2 3 4 5; do timeout 0.4 xterm; done; touch ~/came-and-went'")
    seen = set()
    deadline = time.monotonic() + 60
    while not (environment.home / "came-and-went").exists():
        assert time.monotonic() < deadline
        seen.add(focus(environment)["program"])
    assert seen <= {"xterm", "tint2", None}


def test_a_site_is_named_only_while_one_of_its_frames_has_the_focus(
    environment: Environment, site: Site
) -> None:
    outer, inner = f"http://127.0.0.1:{site.port}", f"http://localhost:{site.port}"

    def becomes(origin: str | None) -> None:
        wait_until(lambda: focus(environment)["origin"] == origin, 20, lambda: str(focus(environment)))

    def click(coordinate: list[int], origin: str) -> None:
        # A click that closes a list of the address bar goes no further, as for a person.
        def clicked() -> bool:
            environment.act("left_click", coordinate=coordinate)
            return bool(focus(environment)["origin"] == origin)

        wait_until(clicked, 20, lambda: str(focus(environment)))

    becomes(outer)
    environment.act("key", text="ctrl+l")
    becomes(None)
    environment.act("key", text="Escape")
    click(_ON_OUTER, outer)
    # A frame of another site inside the page: what is typed there goes to the other site.
    click(_ON_INNER, inner)
    click(_ON_OUTER, outer)
    environment.launch("xterm -geometry 40x10+600+400")
    wait_until(lambda: focus(environment)["program"] == "xterm", 20)
    assert focus(environment)["origin"] is None
    environment.close_programs(["xterm"])
    becomes(outer)
    forge(environment, "https://bank.example")
    assert focus(environment)["origin"] is None, "the file counts only when the browser's program wrote it"


def forge(environment: Environment, origin: str) -> None:
    """Write a report from the agent's shell to where the extension's native program writes its own."""
    said = json.dumps({"origin": origin, "process": os.getpid()}).replace(str(os.getpid()), "$$")
    written = environment.bash(
        f"rm -f $(dirname $XAUTHORITY)/keyboard-focus.json; echo '{said}' | sed \"s/[$][$]/$$/\" "
        "> $(dirname $XAUTHORITY)/keyboard-focus.json"
    )
    assert written["error"] is None, written
