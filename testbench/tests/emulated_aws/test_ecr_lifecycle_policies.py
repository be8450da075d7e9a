"""ECR refuses lifecycle rules that contradict each other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import Aws, Refused


def _rule(priority: int, **selection: Any) -> dict[str, Any]:
    given = {
        "tagStatus": "tagged",
        "tagPrefixList": ["a-"],
        "countType": "imageCountMoreThan",
        "countNumber": 10,
    }
    selected = {key: value for key, value in {**given, **selection}.items() if value is not None}
    return {"rulePriority": priority, "selection": selected, "action": {"type": "expire"}}


_ANY = {"tagStatus": "any", "tagPrefixList": None}


@pytest.fixture
def repository(aws: Aws) -> str:
    aws("ecr").create_repository(repositoryName="sandbox")
    return "sandbox"


@pytest.mark.parametrize(
    "rules",
    [
        [_rule(1)],
        [_rule(1), _rule(2, tagPrefixList=["b-"])],
        [_rule(1, tagPrefixList=None, tagPatternList=["a-*"])],
        [_rule(1), _rule(2, **_ANY)],
        [_rule(1, countType="sinceImagePushed", countUnit="days")],
    ],
    ids=["one", "two", "a pattern", "any at last", "by age"],
)
def test_rules_that_fit_together_are_accepted(aws: Aws, repository: str, rules: list[dict[str, Any]]) -> None:
    text = json.dumps({"rules": rules})
    aws("ecr").put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=text)
    assert aws("ecr").get_lifecycle_policy(repositoryName=repository)["lifecyclePolicyText"] == text


@pytest.mark.parametrize(
    "rules",
    [
        [_rule(1), _rule(1, tagPrefixList=["b-"])],
        [_rule(1, tagPrefixList=None)],
        [_rule(1, tagPatternList=["a-*"])],
        [_rule(1, tagStatus="untagged")],
        [_rule(1, **_ANY), _rule(2)],
        [_rule(1, **_ANY), _rule(2, **_ANY)],
    ],
    ids=["one priority", "no tags", "both lists", "untagged", "any first", "any twice"],
)
def test_rules_that_contradict_each_other_are_refused(
    aws: Aws, refused: Refused, repository: str, rules: list[dict[str, Any]]
) -> None:
    put = {"repositoryName": repository, "lifecyclePolicyText": json.dumps({"rules": rules})}
    assert refused(aws("ecr").put_lifecycle_policy, **put) == "InvalidParameterException"
