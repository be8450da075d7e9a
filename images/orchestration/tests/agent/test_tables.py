"""The frozen tables: which tools fit which model, what a model costs, what a request holds."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import anthropic.types
import pytest

from orchestration.agent import model_table
from orchestration.agent.backoff import BackOff, retry_after
from orchestration.agent.budget import Budget
from orchestration.agent.models import Usage
from orchestration.agent.settings import BadSettings, TaskSettings
from orchestration.agent.tool_versions import TOOL_VERSIONS, UnknownCombination, known_models, resolve

FITS = [
    ("anthropic", "claude-opus-5-5", "computer_toolset_20260801"),
    ("anthropic", "claude-haiku-5-5", "computer_toolset_20260801"),
    ("anthropic", "claude-opus-4-8", "computer_toolset_20260801"),
    ("anthropic", "claude-opus-4-6", "computer_20251124"),
    ("anthropic", "claude-sonnet-4-5-20250929", "computer_20250124"),
    ("bedrock", "us.anthropic.claude-opus-5-5", "computer_20251124"),
    ("bedrock", "global.anthropic.claude-opus-4-6-v1:0", "computer_20251124"),
    ("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "computer_20250124"),
    ("bedrock", "global.anthropic.claude-fable-5-2", "computer_20251124"),
    (
        "bedrock",
        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-5-5",
        "computer_20251124",
    ),
    (
        "bedrock",
        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
        "computer_20250124",
    ),
    ("anthropic", "claude-opus-4-5@20251101", "computer_20251124"),
    ("anthropic", "claude-opus-5[1m]", "computer_toolset_20260801"),
    ("anthropic", "claude-next-9", "computer_toolset_20260801"),
    ("bedrock", "arn:aws:bedrock:us-west-2:1:application-inference-profile/x", "computer_20251124"),
]


@pytest.mark.parametrize(("provider", "model", "version"), FITS)
def test_a_known_model_gets_the_newest_tools_that_fit(provider: str, model: str, version: str) -> None:
    assert resolve(provider, model).version.name == version


@pytest.mark.parametrize(
    ("provider", "model", "version", "choices"),
    [
        ("openai", "x", None, ["anthropic", "bedrock"]),
        ("bedrock-mantle", "anthropic.claude-opus-5-5", None, ["anthropic", "bedrock"]),
        ("anthropic", "claude-opus-5-5", "computer_20251124", ["computer_toolset_20260801"]),
        ("bedrock", "us.anthropic.claude-opus-5-5", "computer_toolset_20260801", ["computer_20251124"]),
        (
            "anthropic",
            "claude-opus-5-5",
            "computer_19990101",
            ["computer_toolset_20260801", "computer_20251124"],
        ),
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


def test_an_unknown_model_gets_the_tools_that_the_person_names_and_the_highest_price() -> None:
    fit = resolve(
        "bedrock", "arn:aws:bedrock:us-west-2:1:application-inference-profile/x", "computer_20250124"
    )
    assert fit.version.name == "computer_20250124" and not fit.model.known and not fit.model.priced
    for field in ("input", "output", "cache_write", "cache_read"):
        dearest = max(getattr(model.price, field) for model in model_table.MODELS)
        assert getattr(fit.model.price, field) == dearest
    assert fit.model.price.output == 125


@pytest.mark.parametrize(
    ("provider", "model", "sent"),
    [
        ("anthropic", "claude-opus-5[1m]", "claude-opus-5"),
        ("anthropic", "claude-opus-4-5@20251101", "claude-opus-4-5-20251101"),
        ("anthropic", "claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("bedrock", "us.anthropic.claude-sonnet-5-5[1m]", "us.anthropic.claude-sonnet-5-5"),
        (
            "bedrock",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
    ],
)
def test_a_model_is_asked_by_the_id_that_its_provider_knows(provider: str, model: str, sent: str) -> None:
    assert resolve(provider, model).model_id == sent


def test_every_id_of_the_sdk_is_in_the_table() -> None:
    listed = typing.get_args(typing.get_args(anthropic.types.Model)[0])
    assert len(listed) > 20
    for identifier in listed:
        assert model_table.find(identifier) is not None, identifier


def test_the_tables_are_frozen() -> None:
    for row, field in (
        (TOOL_VERSIONS[0], "beta"),
        (model_table.MODELS[0], "price"),
        (model_table.MODELS[0].price, "input"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(row, field, None)
    with pytest.raises(TypeError):
        TOOL_VERSIONS[0].models["anthropic"] = ()  # type: ignore[index]


def test_the_tools_and_the_price_table_list_the_same_models() -> None:
    listed = {model for version in TOOL_VERSIONS for fitting in version.models.values() for model in fitting}
    assert listed == {model.id for model in model_table.MODELS}
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
    assert settings.thinking_parameter(settings.fit()) == {
        "type": "adaptive",
        "display": "summarized",
        "block_binding": {"prefix_mismatch_behavior": "drop_block"},
    }
    unbound = TaskSettings("anthropic", "claude-opus-4-6")
    assert unbound.thinking_parameter(unbound.fit()) == {"type": "adaptive", "display": "summarized"}
    with pytest.raises(UnknownCombination, match="adaptive"):
        dataclasses.replace(settings, thinking="disabled").fit()
    older = TaskSettings("anthropic", "claude-haiku-4-5", thinking="enabled")
    assert older.thinking_parameter(older.fit()) == {"type": "enabled", "budget_tokens": 4096}


def test_an_effort_is_one_that_the_model_has() -> None:
    assert TaskSettings("anthropic", "claude-opus-5-5", effort="max").fit().model.efforts[-1] == "max"
    for model, effort in (("claude-opus-4-6", "xhigh"), ("claude-haiku-4-5", "low")):
        with pytest.raises(UnknownCombination, match="no effort"):
            TaskSettings("anthropic", model, effort=effort).fit()
    # What an unknown model accepts is in no table; the API refuses what it does not accept.
    assert TaskSettings("anthropic", "claude-next-9", effort="max").fit().model.known is False


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
        {"effort": "extreme"},
        {"thinking": "between_tools", "effort": "max"},
        {"system_suffix": "x" * 30_000},
    ],
)
def test_contradictory_settings_cannot_exist(change: dict[str, Any]) -> None:
    with pytest.raises(BadSettings):
        TaskSettings("anthropic", "claude-opus-5-5", **change)


def test_settings_are_restored_from_the_record() -> None:
    settings = TaskSettings("bedrock", "x", effort="high", dollars=1.5)
    assert TaskSettings.from_data(settings.as_data()) == settings
    with pytest.raises(BadSettings):
        TaskSettings.from_data({"provider": "anthropic", "model": "x", "colour": "red"})


def test_a_cost_counts_each_kind_of_token_at_its_price() -> None:
    opus = model_table.find("claude-opus-5-5")
    assert opus is not None
    assert opus.cost(Usage(1_000_000, 0, 0, 0)) == 4
    assert opus.cost(Usage(0, 1_000_000, 0, 0)) == 20
    assert opus.cost(Usage(0, 0, 1_000_000, 1_000_000)) == pytest.approx(5.2)
    sonnet = model_table.find("claude-sonnet-5-5")
    assert sonnet is not None and sonnet.cost(Usage(cache_read=1_000_000)) == 0.10
    haiku = model_table.find("us.anthropic.claude-haiku-5-5")
    assert haiku is not None
    assert haiku.cost(Usage(input=100_000)) == pytest.approx(0.01)
    assert haiku.cost(Usage(input=200_000)) == pytest.approx(0.10)


def test_a_budget_caps_the_answer_and_says_what_is_used_up() -> None:
    settings = TaskSettings("anthropic", "claude-opus-5-5", tokens=10_000, dollars=0.1)
    budget = Budget(settings, settings.fit().model)
    assert budget.answer_tokens() == 5_000
    budget.add([(None, Usage(input=6_000))])
    assert budget.answer_tokens() == 3_800 and budget.spent() is None
    budget.add([(None, Usage(input=4_000))])
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
