"""The HTTP log shows all exchanges with the model's API, without secrets and images, and is bounded."""

from __future__ import annotations

import pytest

from conftest import MakeRig
from fake_claude.script import Fault, calls, member, says
from orchestration.agent.exchanges import KEPT, LONGEST_BODY
from rig import API_KEY
from stand_in_desktop import TOKEN


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("anthropic", "claude-opus-5-5"),
        ("bedrock", "us.anthropic.claude-opus-5-5"),
    ],
)
async def test_the_log_has_requests_responses_headers_and_retries_but_no_secrets(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, provider: str, model: str
) -> None:
    looking = member("t1", "screenshot")
    if provider != "anthropic":
        looking = {**looking, "name": "computer", "input": {"action": "screenshot"}}
        del looking["toolset_name"]
    failing = [Fault("status", status=429, retry_after="0.01")]
    rig = make_rig(calls(looking), says("Seen.", faults=failing))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
    monkeypatch.setenv("ANTHROPIC_BEDROCK_BASE_URL", rig.claude.url)
    assert (await rig.run("Go.", provider=provider, model=model)).reason == "finished"
    model_exchanges = [
        exchange for exchange in rig.log.list() if exchange.peer == "model" and exchange.method == "POST"
    ]
    assert [(exchange.status, exchange.attempt) for exchange in model_exchanges] == [
        (200, 1),
        (429, 1),
        (200, 2),
    ]
    last = model_exchanges[-1]
    assert "Seen." in last.response_body
    assert "[image, " in last.request_body and last.request_bytes > 10_000
    assert last.request_headers["authorization"] == "[redacted]"
    assert model_exchanges[1].response_headers["retry-after"] == "0.01"
    desktop = [exchange for exchange in rig.log.list() if exchange.peer == "desktop"]
    assert "[image, " in desktop[-1].response_body
    everything = str(rig.log.list())
    for secret in (API_KEY, TOKEN, "made-up-for-signing-in-tests", "AKIDEXAMPLE/"):
        assert secret not in everything
    assert all(exchange.error is None for exchange in rig.log.list())


async def test_the_log_is_bounded(make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = make_rig(says("x" * 200_000))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", rig.claude.url)
    await rig.run("y" * 100_000)
    assert all(
        len(exchange.request_body) < LONGEST_BODY + 100 and len(exchange.response_body) < LONGEST_BODY + 100
        for exchange in rig.log.list()
    )
    assert rig.log._exchanges.maxlen == KEPT
