"""Recorded requests are found again by what they ask for, and places in inputs by their path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from judges.places_in_inputs import ABSENT, put
from judges.requests import Exchange, Recorded

_SIGNED = "AWS4-HMAC-SHA256 Credential=test/20261130/us-west-2/{}/aws4_request, SignedHeaders=host"


def _json(action: str, **parameters: Any) -> Exchange:
    headers = {"x-amz-target": f"Service_20261130.{action}", "authorization": _SIGNED.format("ecs")}
    return Exchange("POST", "/", headers, json.dumps(parameters).encode(), 200, b"{}")


def _query(text: str) -> Exchange:
    return Exchange("POST", "/", {"authorization": _SIGNED.format("ec2")}, text.encode(), 200, b"<a/>")


def test_the_order_of_a_list_and_a_clients_token_make_no_difference() -> None:
    first = _json("CreateService", clientToken="a", tags=[{"key": "a"}, {"key": "b"}])
    again = _json("CreateService", clientToken="b", tags=[{"key": "b"}, {"key": "a"}])
    assert Recorded([first]).same(again) == [first]
    numbered = _query("Action=CreateVpc&Tag.1.Key=a&Tag.2.Key=b&ClientToken=x")
    assert Recorded([numbered]).same(_query("Action=CreateVpc&Tag.1.Key=b&Tag.2.Key=a")) == [numbered]


@pytest.mark.parametrize(
    "other",
    [_json("CreateService", tags=[{"key": "a"}]), _json("UpdateService", tags=[{"key": "b"}])],
    ids=["a value", "an action"],
)
def test_another_value_or_action_makes_another_request(other: Exchange) -> None:
    assert Recorded([_json("CreateService", tags=[{"key": "b"}])]).same(other) == []


def test_the_closest_is_the_one_with_most_in_common() -> None:
    one, two = (
        _json("CreateService", name="a", cpu=1, size=1),
        _json("CreateService", name="b", cpu=1, size=2),
    )
    assert Recorded([one, two]).closest(_json("CreateService", name="b", cpu=3, size=2)) == two


def test_service_and_action_are_read_as_each_protocol_has_them() -> None:
    assert (_json("CreateCluster").service, _json("CreateCluster").action) == ("ecs", "CreateCluster")
    described = _query("Action=DescribeVpcs&Version=2016-11-15")
    assert (described.service, described.action, described.changes) == ("ec2", "DescribeVpcs", False)


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("a.b", 2, {"a": {"b": 2}, "l": [1], "j": '{"x": [1]}'}),
        ("l.0", 2, {"a": {"b": 1}, "l": [2], "j": '{"x": [1]}'}),
        ("l.1", 2, {"a": {"b": 1}, "l": [1, 2], "j": '{"x": [1]}'}),
        ("j!x.0", 2, {"a": {"b": 1}, "l": [1], "j": '{"x": [2]}'}),
        ("a", ABSENT, {"l": [1], "j": '{"x": [1]}'}),
    ],
    ids=["in an object", "in a list", "after a list's end", "in JSON text", "absent"],
)
def test_a_place_is_a_path_into_objects_lists_and_json_text(
    place: str, value: Any, expected: dict[str, Any]
) -> None:
    properties = {"a": {"b": 1}, "l": [1], "j": '{"x": [1]}'}
    put(properties, place, value)
    assert properties == expected


def test_a_place_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        put({"a": {}}, "a.b.c", 1)
