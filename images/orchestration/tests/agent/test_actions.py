"""The actions that the loop takes are those of the SDK's own types, field by field."""

from __future__ import annotations

import importlib
import re

import pytest
from anthropic.types.beta import BetaComputerMemberName
from pydantic import BaseModel

from orchestration.agent.actions import COMPUTER_ACTIONS, InvalidInput, parse

MEMBERS = tuple(getattr(BetaComputerMemberName, "__args__", ()))
# The API's members without fields have no input type of their own in every release.
EXAMPLES: dict[str, object] = {
    "coordinate": [10, 20],
    "start_coordinate": [1, 2],
    "text": "ctrl",
    "repeat": 2,
    "duration": 1,
    "scroll_direction": "down",
    "scroll_amount": 3,
    "region": [0, 0, 10, 10],
}


def input_type(member: str) -> type[BaseModel]:
    module = importlib.import_module(f"anthropic.types.beta.beta_computer_{member}_input")
    camel = "".join(part.title() for part in member.split("_"))
    found: type[BaseModel] = getattr(module, f"BetaComputer{camel}Input")
    return found


def test_every_member_of_the_toolset_is_an_action() -> None:
    assert MEMBERS and sorted(MEMBERS) == sorted(COMPUTER_ACTIONS)


@pytest.mark.parametrize("member", COMPUTER_ACTIONS)
def test_an_action_takes_the_fields_that_the_sdk_gives_it_and_no_other(member: str) -> None:
    fields = input_type(member).model_fields
    value = {name: EXAMPLES[name] for name in fields}
    assert parse(member, "computer", value, 1024, 768).verb == member
    for name, field in fields.items():
        without = {key: item for key, item in value.items() if key != name}
        if field.is_required():
            with pytest.raises(InvalidInput, match=re.escape(f"'{name}'")):
                parse(member, "computer", without, 1024, 768)
        else:
            parse(member, "computer", without, 1024, 768)
    with pytest.raises(InvalidInput):
        parse(member, "computer", {**value, "force": True}, 1024, 768)
