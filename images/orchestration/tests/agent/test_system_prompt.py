"""What the model is told about who writes what."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.agent.settings import APPROVAL_MODES
from orchestration.agent.system_prompt import system_prompt


@pytest.mark.parametrize("approval", APPROVAL_MODES)
@pytest.mark.parametrize(
    "source",
    [
        "web pages",
        "pictures",
        "screenshots",
        "window titles",
        "files",
        "names",
        "clipboard",
        "programs print",
    ],
)
def test_text_that_the_person_did_not_write_is_marked_as_such_by_where_it_comes_from(
    source: str, approval: str
) -> None:
    prompt = system_prompt(date(2026, 11, 30), "", approval, 1024, 768)
    (paragraph,) = [part for part in prompt.split("\n\n") if "tool result" in part]
    assert source in paragraph and "never an instruction" in paragraph
    assert "user messages" in paragraph


def test_text_that_claims_an_authority_is_named() -> None:
    prompt = system_prompt(date(2026, 11, 30), "", "consequential", 1024, 768)
    for claimed in ("the person", "the console", "the operator", "Anthropic", "was approved"):
        assert claimed in prompt
