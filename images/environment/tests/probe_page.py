"""Opens Firefox on a page that shows each event as a colour and reports the events to the test."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from running import Environment, wait_until

WHITE = (255, 255, 255)
# Where the page's parts are on the screen, in kiosk mode at 1024x768.
PAD = (300, 200)
# A spot of the pad that the pointer does not cover when it is at PAD.
SPOT = (260, 160)
BOX = (300, 500)
MARKER = (900, 20)

_PAGE = """<!doctype html><meta charset="utf-8"><title>probe</title>
<style>
  html, body { margin: 0; height: 100%; overflow: hidden; background: #fff; }
  #pad { position: fixed; inset: 0 auto auto 0; width: 800px; height: 400px; background: #fff; }
  #box { position: fixed; left: 0; top: 420px; width: 796px; height: 300px; caret-color: transparent; }
  #marker { position: fixed; right: 0; top: 0; width: 200px; height: 100px; background: #fff; }
</style>
<div id="pad"></div><textarea id="box" spellcheck="false"></textarea><div id="marker"></div>
<script>
  const pad = document.getElementById("pad"), box = document.getElementById("box");
  const marker = document.getElementById("marker");
  let events = [];
  const colours = {
    click: "#ff0000", contextmenu: "#00ff00", auxclick: "#0000ff", dblclick: "#ffff00", triple: "#ff00ff",
    mousedown: "#808080", wheel: "#00ffff", drag: "#800000", hover: "#008000",
  };
  function show(name) { pad.style.background = colours[name]; }
  function report(event, name) {
    if (events.length > 500) events.shift();
    events.push({ name, x: event.clientX, y: event.clientY, detail: event.detail, key: event.key,
      repeat: event.repeat, dx: event.deltaX, dy: event.deltaY, ctrl: event.ctrlKey, shift: event.shiftKey,
      alt: event.altKey, meta: event.metaKey, button: event.button });
  }
  for (const name of ["mousedown", "mouseup", "click", "dblclick", "auxclick", "contextmenu", "wheel"])
    document.addEventListener(name, (event) => {
      if (name === "contextmenu" || name === "auxclick") event.preventDefault();
      report(event, name);
      if (!(name in colours) || (name === "auxclick" && event.button !== 1)) return;
      show(name === "click" && event.detail === 3 ? "triple" : name);
    }, { passive: false });
  document.addEventListener("mousemove", (event) => {
    report(event, "mousemove");
    if (event.buttons === 1) show("drag"); else marker.style.background = colours.hover;
  });
  for (const name of ["keydown", "keyup"]) document.addEventListener(name, (event) => report(event, name));
  async function answer() {
    const question = await (await fetch("/question")).json();
    if (question.reset) {
      events = []; box.value = ""; pad.style.background = marker.style.background = "#fff"; box.focus();
    }
    const state = { number: question.number, events, text: box.value };
    await fetch("/answer", { method: "POST", body: JSON.stringify(state) });
    answer();
  }
  box.focus();
  answer();
</script>
"""


class ProbePage:
    """The page's server, on a free loopback port, and the Firefox that shows it."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._changed = threading.Condition()
        self._asked = {"number": 0, "reset": False}
        self._answer: dict[str, Any] = {"number": -1}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def open(self) -> None:
        """Start Firefox and wait until the page is on the screen."""
        self.environment.launch(f"firefox-esr --kiosk http://127.0.0.1:{self._server.server_port}/")
        wait_until(lambda: self._answer["number"] == 0, 60, self.environment.log)
        wait_until(lambda: self.environment.screen().getpixel(MARKER) == WHITE, 20)

    def close(self) -> None:
        """End Firefox and the server."""
        self.environment.close_programs(["firefox-esr"])
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Forget all events, make the page white, empty and focus the text box, and move the pointer into
        it."""
        self.environment.act("mouse_move", coordinate=list(BOX))
        self._ask(reset=True)
        wait_until(lambda: self.environment.screen().getpixel(SPOT) == WHITE, 10)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events called `name` so far."""
        return [event for event in self._ask()["events"] if event["name"] == name]

    def text(self) -> str:
        """The text box's current text."""
        text: str = self._ask()["text"]
        return text

    def pad_colour(self) -> tuple[int, int, int]:
        """The colour that the pad has on the screen."""
        colour: tuple[int, int, int] = self.environment.screen().getpixel(SPOT)  # type: ignore[assignment]
        return colour

    def _ask(self, reset: bool = False) -> dict[str, Any]:
        """The page's current state. The page sends it only when asked, so that it is idle between
        questions."""
        with self._changed:
            number = self._asked["number"] + 1
            self._asked = {"number": number, "reset": reset}
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._answer["number"] == number, 30), (
                "the page does not answer"
            )
            return self._answer

    def _next_question(self) -> dict[str, Any]:
        with self._changed:
            self._changed.wait_for(lambda: self._asked["number"] != self._answer["number"])
            return self._asked

    def _take(self, answer: dict[str, Any]) -> None:
        with self._changed:
            self._answer = answer
            self._changed.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/question":
                    self._send("application/json", json.dumps(page._next_question()))
                elif self.path == "/":
                    self._send("text/html", _PAGE)
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                page._take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._send("text/plain", "")

            def _send(self, kind: str, body: str) -> None:
                data = body.encode()
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                return

        return Handler
