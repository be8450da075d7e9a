"""The hosted computer tool is in every request: the classifiers against injected instructions run only then.

Source: Claude documentation, "Computer use tool", security considerations.
"""

from __future__ import annotations

import pytest

from conftest import MakeRig
from fake_claude.script import calls, member, says, tool
from orchestration.agent.tool_versions import TOOL_VERSIONS, ToolVersion


@pytest.mark.parametrize("version", TOOL_VERSIONS, ids=lambda version: version.name)
def test_every_tool_version_declares_the_hosted_computer_tool(version: ToolVersion) -> None:
    tools = version.tools(1024, 768)
    assert tools[0]["type"] == version.name and version.name.startswith("computer_")


async def test_the_hosted_computer_tool_is_declared_in_every_request_of_a_task(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make_rig(
        calls(tool("t1", "bash", command="ls")),
        calls(member("t2", "screenshot")),
        says("Here is what it says."),
    )
    monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
    assert (await rig.run("Go.")).reason == "finished"
    assert (await rig.run("And on.")).reason == "finished"
    kinds = [[entry["type"] for entry in request.body["tools"]] for request in rig.claude.requests]
    assert len(kinds) == 4 and all(any(kind.startswith("computer_") for kind in entry) for entry in kinds)
