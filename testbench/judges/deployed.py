"""The deployed stack, as the judges receive it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mutation.recording import Recording

from judges.checkpoint import Resource
from judges.requests import Exchange


@dataclass(frozen=True)
class Deployed:
    """The requests to AWS, what the engine showed the policy packs, and the resources in the checkpoint."""

    exchanges: Sequence[Exchange]
    update: Recording
    resources: Sequence[Resource]
