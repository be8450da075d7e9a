"""Screenshots on the task's volume, each under the SHA-256 of its bytes, so that a changed one is noticed."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

DIGEST = re.compile(r"[0-9a-f]{64}")


class Screens:
    """A folder of PNG files named by their hash. Files are written once and never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, image: bytes) -> str:
        """Store an image durably and return its SHA-256 in hex. Storing it again costs nothing."""
        digest = hashlib.sha256(image).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(image)
                file.flush()
                os.fdatasync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(self._folder)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The bytes, or None when the file is gone or no longer has that hash."""
        if not DIGEST.fullmatch(digest):
            return None
        try:
            image = self.path(digest).read_bytes()
        except OSError:
            return None
        return image if hashlib.sha256(image).hexdigest() == digest else None

    def path(self, digest: str) -> Path:
        """Where an image with that hash is or would be."""
        return self._folder / f"{digest}.png"


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
