"""Every mistake of the table, by the part of the stack in which it is made."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake
from judges.mistakes.table import (
    balancing,
    containers,
    encryption,
    identity,
    images,
    logs,
    names,
    network,
    secrets,
    security_groups,
    services,
    tags,
)

MISTAKES: tuple[Mistake, ...] = (
    *network.MISTAKES,
    *security_groups.MISTAKES,
    *tags.MISTAKES,
    *balancing.MISTAKES,
    *names.MISTAKES,
    *identity.MISTAKES,
    *encryption.MISTAKES,
    *secrets.MISTAKES,
    *logs.MISTAKES,
    *images.MISTAKES,
    *containers.MISTAKES,
    *services.MISTAKES,
)
