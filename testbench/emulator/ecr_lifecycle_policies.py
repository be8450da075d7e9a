"""ECR lifecycle policies: what AWS refuses of the rules together, and moto accepts.

Source: ECR user guide, "Lifecycle policy properties in Amazon ECR".
"""

from __future__ import annotations

import json
from typing import Any

from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters

_TAG_LISTS = ("tagPrefixList", "tagPatternList")


@checks("ecr", "put_lifecycle_policy")
def lifecycle_rules_must_fit_together(_call: Call, parameters: Parameters) -> None:
    try:
        rules = json.loads(parameters["lifecyclePolicyText"])["rules"]
        selections = [rule["selection"] for rule in rules]
        priorities = [rule["rulePriority"] for rule in rules]
    except (ValueError, KeyError, TypeError):
        return  # moto itself refuses a text of another shape
    if len(set(priorities)) < len(priorities):
        _refuse(f"each rule needs a unique rulePriority, and these are {sorted(priorities)}")
    for selection in selections:
        _check_tags(selection)
        _check_age(selection)
    _check_last(rules)


def _check_tags(selection: dict[str, Any]) -> None:
    given = [name for name in _TAG_LISTS if selection.get(name)]
    if selection.get("tagStatus") == "tagged":
        if len(given) != 1:
            _refuse("tagStatus tagged needs tagPrefixList or tagPatternList, and not both")
    elif given:
        _refuse(f"{given[0]} is allowed only with tagStatus tagged")


def _check_age(selection: dict[str, Any]) -> None:
    by_age = str(selection.get("countType", "")).startswith("since")
    if by_age and selection.get("countUnit") != "days":
        _refuse("a countType that counts an age needs the countUnit days")
    if not by_age and "countUnit" in selection:
        _refuse("countUnit is allowed only with a countType that counts an age")


def _check_last(rules: list[dict[str, Any]]) -> None:
    of_any = [rule["rulePriority"] for rule in rules if rule["selection"].get("tagStatus") == "any"]
    if of_any and of_any != [max(rule["rulePriority"] for rule in rules)]:
        _refuse("one rule may have tagStatus any, and its rulePriority is the highest of all")


def _refuse(reason: str) -> None:
    refuse(
        "InvalidParameterException",
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: "
        f"'Lifecycle policy validation failure: {reason}.'",
    )
