"""The frozen tables: what fits what, what it costs, what a request holds."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from orchestration.agent import models
from orchestration.agent.backoff import BackOff, retry_after
from orchestration.agent.budget import Budget
from orchestration.agent.models import Usage
from orchestration.agent.request import LOST, PRUNED, RequestBuilder, RequestTooLarge, pruned_count
from orchestration.agent.settings import BadSettings, TaskSettings
from orchestration.agent.tool_versions import TOOL_VERSIONS, UnknownCombination, known_models, resolve

IMAGE = b"\x89PNG" + b"x" * 60_000

FITS = [
    ("anthropic", "claude-opus-5-5", "computer_toolset_20260801"),
    ("anthropic", "claude-haiku-5-5", "computer_toolset_20260801"),
    ("anthropic", "claude-opus-4-8", "computer_toolset_20260801"),
    ("anthropic", "claude-opus-4-6", "computer_20251124"),
    ("anthropic", "claude-sonnet-4-5-20250929", "computer_20250124"),
    ("bedrock", "us.anthropic.claude-opus-5-5", "computer_20251124"),
    ("bedrock", "global.anthropic.claude-opus-4-6-v1:0", "computer_20251124"),
    ("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "computer_20250124"),
    ("bedrock-mantle", "anthropic.claude-sonnet-5-5", "computer_20251124"),
]


@pytest.mark.parametrize(("provider", "model", "version"), FITS)
def test_a_known_model_gets_the_newest_tools_that_fit(provider: str, model: str, version: str) -> None:
    assert resolve(provider, model).version.name == version


@pytest.mark.parametrize(
    ("provider", "model", "version", "choices"),
    [
        ("openai", "x", None, ["anthropic", "bedrock", "bedrock-mantle"]),
        ("anthropic", "gpt-9", None, ["computer_toolset_20260801", "claude-opus-5-5", "computer_20250124"]),
        ("anthropic", "claude-opus-5-5", "computer_20251124", ["computer_toolset_20260801"]),
        ("bedrock", "us.anthropic.claude-opus-5-5", "computer_toolset_20260801", ["computer_20251124"]),
        (
            "anthropic",
            "claude-opus-5-5",
            "computer_19990101",
            ["computer_toolset_20260801", "computer_20251124"],
        ),
        ("bedrock", "us.anthropic.claude-opus-5-5-vNext", None, ["computer_20251124"]),
        ("anthropic", "", None, ["claude-opus-5-5"]),
    ],
)
def test_an_unknown_combination_is_an_error_that_lists_the_choices(
    provider: str, model: str, version: str | None, choices: list[str]
) -> None:
    with pytest.raises(UnknownCombination) as error:
        resolve(provider, model, version)
    for choice in choices:
        assert choice in str(error.value)


def test_a_declared_model_is_taken_with_the_tools_that_the_person_vouched_for() -> None:
    declared = {"arn:aws:bedrock:us-west-2:1:application-inference-profile/x": "computer_20251124"}
    name = next(iter(declared))
    fit = resolve("bedrock", name, None, declared)
    assert fit.version.name == "computer_20251124" and not fit.model.known
    dearest = max(model.price.output for model in models.MODELS)
    assert fit.model.price.output == dearest
    with pytest.raises(UnknownCombination):
        resolve("bedrock", name, "computer_20250124", declared)


def test_the_tables_are_frozen() -> None:
    for row, field in (
        (TOOL_VERSIONS[0], "beta"),
        (models.MODELS[0], "price"),
        (models.MODELS[0].price, "input"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(row, field, None)
    with pytest.raises(TypeError):
        TOOL_VERSIONS[0].models["anthropic"] = ()  # type: ignore[index]


def test_every_listed_model_has_a_price_and_every_price_a_tool() -> None:
    listed = {model for version in TOOL_VERSIONS for fitting in version.models.values() for model in fitting}
    assert listed == {model.id for model in models.MODELS}
    assert known_models("anthropic")[0] == "claude-opus-5-5"


def test_the_tool_entries_are_what_the_api_takes() -> None:
    toolset, computer, _ = (version.tools(1024, 768) for version in TOOL_VERSIONS)
    assert toolset[0] == {"type": "computer_toolset_20260801"}
    assert computer[0]["display_width_px"] == 1024 and computer[0]["enable_zoom"] is True
    assert [version.betas for version in TOOL_VERSIONS] == [
        [],
        ["computer-use-2025-11-24"],
        ["computer-use-2025-01-24"],
    ]
    assert {tool["type"] for tool in toolset[1:]} == {"bash_20250124", "text_editor_20250728"}


def test_thinking_is_what_the_model_can_do() -> None:
    settings = TaskSettings("anthropic", "claude-opus-5-5")
    assert settings.thinking_parameter(settings.fit()) == {"type": "adaptive", "display": "summarized"}
    with pytest.raises(UnknownCombination, match="adaptive"):
        dataclasses.replace(settings, thinking="disabled").fit()
    older = TaskSettings("anthropic", "claude-haiku-4-5", thinking="enabled")
    assert older.thinking_parameter(older.fit()) == {"type": "enabled", "budget_tokens": 4096}


@pytest.mark.parametrize(
    "change",
    [
        {"approval": "never"},
        {"images_kept": 0},
        {"minutes": 0},
        {"tokens": -1},
        {"dollars": 0},
        {"approval_seconds": 1},
        {"thinking": "hard"},
        {"system_suffix": "x" * 30_000},
    ],
)
def test_contradictory_settings_cannot_exist(change: dict[str, Any]) -> None:
    with pytest.raises(BadSettings):
        TaskSettings("anthropic", "claude-opus-5-5", **change)


def test_settings_survive_the_record() -> None:
    settings = TaskSettings("bedrock", "x", declared={"x": "computer_20251124"}, dollars=1.5)
    assert TaskSettings.from_data(settings.as_data()) == settings
    with pytest.raises(BadSettings):
        TaskSettings.from_data({"provider": "anthropic", "model": "x", "colour": "red"})


def test_a_cost_counts_each_kind_of_token_at_its_price() -> None:
    opus = models.find("claude-opus-5-5")
    assert opus is not None
    assert opus.cost(Usage(1_000_000, 0, 0, 0)) == 4
    assert opus.cost(Usage(0, 1_000_000, 0, 0)) == 20
    assert opus.cost(Usage(0, 0, 1_000_000, 1_000_000)) == pytest.approx(5.2)
    haiku = models.find("us.anthropic.claude-haiku-5-5")
    assert haiku is not None
    assert haiku.cost(Usage(input=100_000)) == pytest.approx(0.01)
    assert haiku.cost(Usage(input=200_000)) == pytest.approx(0.10)


def test_a_budget_caps_the_answer_and_says_what_is_used_up() -> None:
    settings = TaskSettings("anthropic", "claude-opus-5-5", tokens=10_000, dollars=0.1)
    budget = Budget(settings, settings.fit().model)
    assert budget.answer_tokens() == 5_000
    budget.add(Usage(input=6_000))
    assert budget.answer_tokens() == 3_800 and budget.spent() is None
    budget.add(Usage(input=4_000))
    assert "10,000" in (budget.spent() or "")
    assert "$0.01" in (
        Budget(dataclasses.replace(settings, dollars=0.01), budget.model, cost=0.02).spent() or ""
    )


def test_waits_double_up_to_a_minute_and_retry_after_is_the_least() -> None:
    backoff = BackOff()
    assert [backoff.wait(failures, None, chance=0.0) for failures in range(1, 9)] == [
        1,
        2,
        4,
        8,
        16,
        32,
        60,
        60,
    ]
    assert backoff.wait(3, None, chance=1.0) == 2
    assert backoff.wait(1, 30.0) == 30
    assert all(0.5 <= backoff.wait(1, None) <= 1 for _ in range(100))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "999999999"}, None),
    ],
)
def test_retry_after_is_read_as_seconds_milliseconds_or_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds


def conversation(turns: int, text: str = "ok") -> list[dict[str, Any]]:
    """A prompt, then as many answers with one screenshot each."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": [{"type": "text", "text": "Go."}]}]
    for number in range(turns):
        call = {"type": "tool_use", "id": f"t{number}", "name": "computer", "input": {"action": "screenshot"}}
        parts = [{"type": "text", "text": text}, {"type": "image", "screen": f"{number:064d}"}]
        messages.append({"role": "assistant", "content": [call]})
        messages.append(
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": f"t{number}", "content": parts}],
            }
        )
    return messages


def images_in(messages: list[dict[str, Any]]) -> int:
    return str(messages).count("'type': 'image'")


def test_screenshots_go_in_batches_so_that_the_prefix_stays() -> None:
    assert [pruned_count(total, 5) for total in range(0, 21)] == [0] * 10 + [5] * 5 + [10] * 5 + [15]
    assert pruned_count(100, 1) == 95 and pruned_count(30, 10) == 20
    builder = RequestBuilder(lambda digest: IMAGE)
    changes = 0
    before: list[dict[str, Any]] = []
    for turns in range(1, 31):
        messages = builder.prepare(conversation(turns), 5).messages
        for message in messages:
            for block in message["content"]:
                block.pop("cache_control", None)
        changes += messages[: len(before)] != before
        before = messages
        assert 5 <= images_in(messages) < 10 or turns < 5
    # 30 turns prune five times; a limit that prunes at every turn would have changed the prefix 25 times.
    assert changes == 5


def test_the_newest_screenshots_are_the_ones_kept() -> None:
    messages = RequestBuilder(lambda digest: IMAGE).prepare(conversation(12), 3).messages
    kept = [str(message).count("'type': 'image'") for message in messages if message["role"] == "user"][1:]
    assert kept == [0] * 5 + [1] * 7 and PRUNED in str(messages[2])


def test_a_request_stays_below_its_limit_and_keeps_the_last_screenshot() -> None:
    builder = RequestBuilder(lambda digest: IMAGE, largest=300_000)
    prepared = builder.prepare(conversation(40), 50)
    assert prepared.bytes <= 300_000 and 1 <= prepared.images < 4
    assert "'type': 'image'" in str(prepared.messages[-1])


def test_old_outputs_are_cut_when_screenshots_are_not_enough() -> None:
    builder = RequestBuilder(lambda digest: IMAGE, largest=250_000)
    prepared = builder.prepare(conversation(30, "word " * 3_000), 5)
    assert prepared.bytes <= 250_000
    assert len(prepared.messages[-1]["content"][0]["content"][0]["text"]) == 15_000


def test_what_cannot_be_made_small_enough_is_said() -> None:
    with pytest.raises(RequestTooLarge, match="start a new one"):
        RequestBuilder(lambda digest: IMAGE, largest=50_000).prepare(conversation(3), 5)


def test_a_lost_screenshot_is_said_to_the_model() -> None:
    assert LOST in str(RequestBuilder(lambda digest: None).prepare(conversation(1), 5).messages)


def test_the_cache_marks_are_on_the_two_newest_messages_of_the_user() -> None:
    messages = RequestBuilder(lambda digest: IMAGE).prepare(conversation(4), 5).messages
    marked = [number for number, message in enumerate(messages) if "cache_control" in message["content"][-1]]
    assert marked == [6, 8]
