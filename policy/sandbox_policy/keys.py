"""Decides whether a property names a KMS key."""

import re
from collections.abc import Iterator
from typing import Final

from sandbox_policy.model import Context

KEY_ARN: Final = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")


def judge_key(value: object, what: str, context: Context) -> Iterator[str]:
    """Yield a message unless `value` is the ARN of a key.

    A preview may not know it, because the key is about to be created. An alias is refused, because it can be
    moved to another key.
    """
    if value is None:
        yield f"{what} is missing"
    elif not context.awaits(value, what) and not (isinstance(value, str) and KEY_ARN.fullmatch(value)):
        yield f"{what} is {value!r}, which is not the ARN of a KMS key"
