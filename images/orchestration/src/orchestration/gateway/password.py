"""The login's user name and password, held as an Argon2id hash only."""

from __future__ import annotations

import hmac
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

LONGEST_PASSWORD_BYTES = 16_384
PARALLEL_CHECKS = 2


class Login:
    """Checks a user name and password in the same time whichever of them is wrong.

    Each check takes about 20 MB and some tens of milliseconds; no more than two run at once, so a flood of
    tries cannot take the memory that the agent needs.
    """

    def __init__(self, username: str, password: str) -> None:
        self._username = username.encode()
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._hash = self._hasher.hash(password)
        self._slots = threading.Semaphore(PARALLEL_CHECKS)

    def check(self, username: str, password: str) -> bool:
        """Whether both are right. Blocks; call it from a thread."""
        name_right = hmac.compare_digest(username.encode("utf-8", "replace"), self._username)
        secret = password.encode("utf-8", "replace")
        too_long = len(secret) > LONGEST_PASSWORD_BYTES
        with self._slots:
            try:
                password_right: bool = self._hasher.verify(self._hash, secret[:LONGEST_PASSWORD_BYTES])
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                password_right = False
        return name_right and password_right and not too_long
