"""Checking a name and a password, slowly on purpose, and more slowly for whoever guesses."""

import asyncio
import hmac
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from desktop_control.viewer.backoff import Backoff
from desktop_control.viewer.password import verify_password

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusal:
    """Wrong, or too early: then `wait_seconds` is above 0 and the guess was not even looked at."""

    wait_seconds: float


class Login:
    """The one account. Guesses are looked at one at a time, so that they cannot use up memory and
    processor."""

    def __init__(self, username: str, password_hash: str, backoff: Backoff) -> None:
        self._username = username
        self._password_hash = password_hash
        self._backoff = backoff
        self._one_at_a_time = asyncio.Lock()

    @classmethod
    def from_file(cls, path: Path) -> "Login":
        """The account that the entry point stored."""
        account = json.loads(path.read_text(encoding="utf-8"))
        return cls(account["username"], account["password"], Backoff())

    async def check(self, username: str, password: str, source: str) -> Refusal | None:
        """None when name and password are right. The time it takes tells nothing about which of them is
        wrong."""
        async with self._one_at_a_time:
            wait = self._backoff.seconds_to_wait(source)
            if wait > 0:
                logger.warning(
                    "sign-in refused", extra={"fields": {"reason": "too many attempts", "source": source}}
                )
                return Refusal(wait)
            password_is_right = await asyncio.to_thread(verify_password, password, self._password_hash)
            name_is_right = hmac.compare_digest(_encoded(username), _encoded(self._username))
            if password_is_right and name_is_right:
                self._backoff.succeeded(source)
                logger.info("signed in", extra={"fields": {"source": source}})
                return None
            self._backoff.failed(source)
            logger.warning("sign-in refused", extra={"fields": {"reason": "wrong", "source": source}})
            return Refusal(0)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
