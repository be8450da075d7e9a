"""The control API: `POST /execute`, `GET /focus` and `GET /healthz`."""

import base64
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from desktop_control.api.health import DisplayProbe
from desktop_control.api.lane import Lane, LaneFullError
from desktop_control.api.request import BadRequestError, BashCall, Call, ComputerCall, Execution, parse
from desktop_control.display.connection import DisplayUnavailableError
from desktop_control.display.focus import Focus
from desktop_control.display.scaling import Scaling
from desktop_control.json_log import redact
from desktop_control.tools.bash import Bash
from desktop_control.tools.computer import Computer
from desktop_control.tools.computer_input import Wait
from desktop_control.tools.editor import Editor
from desktop_control.tools.result import PausedError, ToolError, ToolResult

MAX_BODY_BYTES = 16 * 1024 * 1024
_HEALTH_SECONDS = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tools:
    """The tools, each with its own lane: a command that never ends must not hold up a click. `queue_bound` is
    the number of requests that may be under way or waiting in one lane."""

    computer: Computer
    bash: Bash
    editor: Editor
    queue_bound: int
    lanes: dict[str, Lane] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "lanes", {name: Lane(self.queue_bound) for name in ("computer", "bash", "editor")}
        )

    def run(self, call: Call) -> ToolResult:
        """Carry out a validated call when its turn comes. Raises LaneFullError and ToolError."""
        if isinstance(call, ComputerCall):
            if isinstance(call.action, Wait):
                # Not in the lane: whoever asked may have given up, and no other action is to wait for that.
                with self.lanes["computer"].present_without_turn():
                    time.sleep(call.action.duration)
            with self.lanes["computer"].turn():
                return self.computer.run(call.action, call.options)
        if isinstance(call, BashCall):
            if call.command is None:
                return self.bash.restart()
            with self.lanes["bash"].turn():
                return self.bash.run(call.command)
        with self.lanes["editor"].turn():
            return self.editor.run(call.command)


def create_app(
    tools: Tools,
    scaling: Scaling,
    token_digest: bytes,
    probe: DisplayProbe,
    look_at_focus: Callable[[], Focus],
) -> Flask:
    """The WSGI application. `token_digest` is the SHA-256 of the bearer token; `look_at_focus` raises
    DisplayUnavailableError."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES

    @app.get("/healthz")
    def health() -> Response:
        healthy = probe.answers(_HEALTH_SECONDS)
        return _json({"status": "ok" if healthy else "the display does not answer"}, 200 if healthy else 503)

    @app.post("/execute")
    def execute() -> Response:
        began = time.monotonic()
        if (refusal := _refusal(token_digest, began)) is not None:
            return refusal
        try:
            execution = parse(request.get_data(), scaling)
        except BadRequestError as error:
            logger.warning("refused", extra={"fields": {"reason": "malformed"}})
            return _answer(ToolResult(error=str(error)), began, 400)
        result, status = _run(tools, execution)
        _log(execution, result, status, began)
        return _answer(result, began, status)

    @app.get("/focus")
    def focus() -> Response:
        if (refusal := _refusal(token_digest, time.monotonic())) is not None:
            return refusal
        try:
            return _json(asdict(look_at_focus()), 200)
        except DisplayUnavailableError as error:
            return _json({"program": None, "origin": None, "error": str(error)}, 503)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        return _answer(ToolResult(error=error.description), time.monotonic(), error.code or 500)

    return app


def _run(tools: Tools, execution: Execution) -> tuple[ToolResult, int]:
    try:
        return tools.run(execution.call), 200
    except PausedError as error:
        return ToolResult(error=str(error), paused=True), 200
    except ToolError as error:
        return ToolResult(error=str(error)), 200
    except LaneFullError as error:
        return ToolResult(error=str(error)), 429
    except Exception:
        number = f"D-{secrets.token_hex(4)}"
        logger.exception("a tool failed unexpectedly", extra={"fields": {"number": number}})
        return ToolResult(error=f"the tool failed; the desktop's log says where under {number}"), 500


def _refusal(token_digest: bytes, began: float) -> Response | None:
    """The answer to a request without the right token; None when it has it."""
    if _is_authorized(request.headers.get("Authorization", ""), token_digest):
        return None
    logger.warning("refused", extra={"fields": {"reason": "token", "source": request.remote_addr}})
    response = _answer(ToolResult(error="the bearer token is missing or wrong"), began, 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _is_authorized(header: str, token_digest: bytes) -> bool:
    scheme, _, token = header.partition(" ")
    given = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).digest()
    return hmac.compare_digest(given, token_digest) and scheme.lower() == "bearer"


def _answer(result: ToolResult, began: float, status: int) -> Response:
    body: dict[str, object] = {
        "output": result.output,
        "error": result.error,
        "base64_image": None if result.image is None else base64.b64encode(result.image).decode("ascii"),
        "settled": result.settled,
        "elapsed_ms": round((time.monotonic() - began) * 1000, 1),
    }
    return _json(body | {"paused": True} if result.paused else body, status)


def _json(body: Mapping[str, object], status: int) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")


def _log(execution: Execution, result: ToolResult, status: int, began: float) -> None:
    given = dict(execution.given)
    fields: dict[str, object] = {"tool": execution.tool, "status": status}
    if "command" in given and execution.tool.startswith("str_replace"):
        fields["command"] = given.pop("command")
    fields["input"] = redact(given)
    fields["settled"] = result.settled
    fields["failed"] = result.error is not None
    fields["paused"] = result.paused
    fields["elapsed_ms"] = round((time.monotonic() - began) * 1000, 1)
    logger.info("execute", extra={"fields": fields})
