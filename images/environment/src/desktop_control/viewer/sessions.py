"""Who is signed in. Sessions live on the server, as files, so that they outlast a restart of the viewer and
end for good at sign-out; the browser holds a random number and nothing else."""

import hashlib
import secrets
import time
from pathlib import Path

_TOKEN_BYTES = 32
LIFETIME_SECONDS = 12 * 3600


class Sessions:
    """Sessions in `folder`, which only the control user may enter. A file's name is the token's SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> str:
        """A new session; returns the token for the cookie."""
        self._remove_expired()
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._file(token).touch(mode=0o600)
        return token

    def is_open(self, token: str | None) -> bool:
        """Whether the token belongs to a session that was begun less than LIFETIME_SECONDS ago and not
        ended."""
        return bool(token) and self._is_fresh(self._file(str(token)))

    def end(self, token: str) -> None:
        """Sign out."""
        self._file(token).unlink(missing_ok=True)

    def _file(self, token: str) -> Path:
        return self._folder / hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()

    def _is_fresh(self, file: Path) -> bool:
        try:
            return time.time() - file.stat().st_mtime < LIFETIME_SECONDS
        except FileNotFoundError:
            return False

    def _remove_expired(self) -> None:
        for file in self._folder.iterdir():
            if not self._is_fresh(file):
                file.unlink(missing_ok=True)
