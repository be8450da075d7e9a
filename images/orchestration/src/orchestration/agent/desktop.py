"""The client of the desktop's control API. Every failure becomes an outcome with a phrase of ours, never an
exception.

Only the desktop's own `output` and `error` of a completed request reach the model; what transport and
server say when they fail goes to the record for people.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx2

from orchestration.agent.actions import Action
from orchestration.agent.exchanges import ExchangeLog, LoggingTransport, attempt_number
from orchestration.agent.picture import PictureError, picture_size
from orchestration.agent.tool_versions import COMPUTER

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
LARGEST_ANSWER = 24_000_000
WAITS_BEFORE_RETRY = (0.5, 1.0, 2.0)

UNREACHABLE = "The desktop does not answer; the action was not sent."
REFUSED = "The desktop refused this input as malformed; nothing was done."
NOT_ALLOWED = "The desktop refused the console's token; nothing was done."
BUSY = "The desktop is busy with other actions; nothing was done."
TIMED_OUT = (
    "The action took too long and was abandoned; whether it took effect is unknown. Take a screenshot."
)
BROKEN = "The desktop failed during this action; whether it took effect is unknown. Take a screenshot."
MALFORMED = (
    "The desktop's answer was malformed; whether the action took effect is unknown. Take a screenshot."
)
PAUSED = "A person is using the desktop, so nothing was done. Look at the screen again before you go on."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one action.

    `fault` is None when the desktop did its work (the action itself may still have failed: `error`), else
    one of `unreachable`, `refused`, `not_allowed`, `busy`, `timed_out`, `broken`, `malformed`; `detail` is
    for the record only. `image` is PNG.
    """

    output: str | None = None
    error: str | None = None
    image: bytes | None = None
    settled: bool | None = None
    elapsed_ms: float | None = None
    paused: bool = False
    fault: str | None = None
    detail: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the action did not succeed."""
        return self.error is not None or self.fault is not None


class Desktop:
    """Sends actions, one at a time. Use as an async context manager, in one event loop."""

    def __init__(
        self, url: str, token: str, log: ExchangeLog, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._answer_seconds = answer_seconds
        self._client = httpx2.AsyncClient(
            base_url=url,
            headers={"authorization": f"Bearer {token}", "accept-encoding": "identity"},
            transport=LoggingTransport("desktop", log, httpx2.AsyncHTTPTransport(retries=0)),
        )

    async def __aenter__(self) -> Desktop:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def execute(self, action: Action, picture: bool = False) -> Outcome:
        """Do one action. Sent again only where the desktop cannot have begun it.

        Args:
            picture: whether a screenshot is wanted with an action that is not about one.
        """
        outcome = Outcome(error=UNREACHABLE, fault="unreachable")
        for number, wait in enumerate((*WAITS_BEFORE_RETRY, None), start=1):
            attempt_number.set(number)
            outcome = await self._send(action, picture)
            if outcome.fault not in ("unreachable", "busy") or wait is None:
                break
            await asyncio.sleep(wait)
        attempt_number.set(1)
        return outcome

    async def screenshot(self) -> Outcome:
        """A settled picture of the whole screen."""
        return await self.execute(Action("computer", {"action": "screenshot"}, "screenshot"))

    async def pointer(self) -> tuple[int, int] | None:
        """Where the pointer is, in the screenshot's pixels; None when the desktop does not say."""
        outcome = await self.execute(Action(COMPUTER, {"action": "cursor_position"}, "cursor_position"))
        place = re.fullmatch(r"X=(\d{1,5}),Y=(\d{1,5})", outcome.output or "", re.ASCII)
        return (int(place[1]), int(place[2])) if place and not outcome.failed else None

    async def focused_site(self) -> str | None:
        """The origin of the page that would get what is typed; None where there is none or it is unknown."""
        try:
            answer = await self._client.get("/focus", timeout=httpx2.Timeout(CONNECT_SECONDS))
            origin = json.loads(answer.content)["origin"] if answer.status_code == 200 else None
        except (httpx2.HTTPError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return origin if isinstance(origin, str) else None

    async def _send(self, action: Action, picture: bool) -> Outcome:
        patience = self._answer_seconds + action.seconds
        timeout = httpx2.Timeout(patience, connect=CONNECT_SECONDS)
        body: dict[str, Any] = {"tool": action.tool, "input": dict(action.input)}
        if action.tool == COMPUTER and not picture and action.verb not in ("screenshot", "zoom"):
            body["options"] = {"screenshot": False}
        try:
            async with (
                asyncio.timeout(patience + CONNECT_SECONDS),
                self._client.stream("POST", "/execute", json=body, timeout=timeout) as response,
            ):
                received = bytearray()
                async for chunk in response.aiter_bytes():
                    received += chunk
                    if len(received) > LARGEST_ANSWER:
                        return Outcome(error=MALFORMED, fault="malformed", detail="the answer is too large")
                return _read(response.status_code, bytes(received))
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            return Outcome(error=UNREACHABLE, fault="unreachable", detail=type(error).__name__)
        except (httpx2.TimeoutException, TimeoutError) as error:
            return Outcome(error=TIMED_OUT, fault="timed_out", detail=type(error).__name__)
        except httpx2.HTTPError as error:
            return Outcome(error=BROKEN, fault="broken", detail=type(error).__name__)


def _read(status: int, body: bytes) -> Outcome:
    detail = f"status {status}: {body[:300].decode('utf-8', 'replace')}"
    by_status = {
        400: (REFUSED, "refused"),
        401: (NOT_ALLOWED, "not_allowed"),
        403: (NOT_ALLOWED, "not_allowed"),
        413: (REFUSED, "refused"),
        422: (REFUSED, "refused"),
        429: (BUSY, "busy"),
    }
    if status in by_status:
        phrase, fault = by_status[status]
        return Outcome(error=phrase, fault=fault, detail=detail)
    if status != 200:
        return Outcome(error=BROKEN, fault="broken", detail=detail)
    try:
        return _outcome(json.loads(body))
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error, PictureError) as error:
        return Outcome(error=MALFORMED, fault="malformed", detail=f"{type(error).__name__}, {detail}")


def _outcome(value: Any) -> Outcome:
    """Raises ValueError, TypeError, KeyError or PictureError where the answer is not what the contract
    says.
    """
    output, error, encoded = value["output"], value["error"], value["base64_image"]
    for text in (output, error, encoded):
        if text is not None and not isinstance(text, str):
            raise TypeError("not text")
    image = base64.b64decode(encoded, validate=True) if encoded else None
    if image is not None:
        picture_size(image)
    if value.get("paused") is True:
        return Outcome(error=PAUSED, paused=True, detail=error)
    settled, elapsed = value.get("settled"), value.get("elapsed_ms")
    if not isinstance(settled, bool | None) or not isinstance(elapsed, int | float | None):
        raise TypeError("not a flag or a number")
    return Outcome(output or None, error or None, image, settled, elapsed)
