"""Fixtures of all tests of the pack."""

from collections.abc import Callable, Mapping

import pytest
from engine import Stub, engine_context, judge_resource

Judge = Callable[..., list[str]]


@pytest.fixture
def judge() -> Judge:
    """Return `judge(rule, type, inputs, config={}, preview=True)` → the messages of that rule's policy."""

    def run(
        rule: str,
        resource_type: str,
        inputs: dict[str, object],
        config: Mapping[str, object] | None = None,
        *,
        preview: bool = True,
    ) -> list[str]:
        return judge_resource(
            rule, Stub(resource_type, "it", inputs), engine_context(config or {}, preview=preview)
        )

    return run
