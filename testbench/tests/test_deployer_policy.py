"""The generator of the deployer's policy: narrow where AWS offers it, and never wide by accident."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployer import document, recording
from deployer.recording import Call
from deployer.unseen import UNSEEN

POLICIES = Path(__file__).resolve().parents[2] / "deployer-policy"


def _grants(*calls: Call) -> dict[str, set[tuple[tuple[str, ...], document.Condition]]]:
    found: dict[str, set[tuple[tuple[str, ...], document.Condition]]] = {}
    for grant in document.grants(calls):
        found.setdefault(grant.action, set()).add((grant.resources, grant.condition))
    return found


def test_a_created_resource_needs_the_request_tag_and_its_parent_its_own_tag() -> None:
    made = _grants(Call("ec2", "CreateSubnet", tagged=True))["ec2:CreateSubnet"]
    assert made == {
        (("ec2:*:*:subnet/*",), (("StringEquals", "aws:RequestTag/Project", ("ComputerUseSandbox",)),)),
        (("ec2:*:*:vpc/*",), (("StringEquals", "aws:ResourceTag/Project", ("ComputerUseSandbox",)),)),
    }


def test_a_call_that_sends_no_tag_has_no_condition_on_request_tags() -> None:
    made = _grants(Call("kms", "CreateKey", tagged=False))["kms:CreateKey"]
    assert made == {(("*",), ())}


@pytest.mark.parametrize("action", ["DeleteRole", "GetRole", "PutRolePolicy", "PassRole"])
def test_roles_are_scoped_by_their_path(action: str) -> None:
    for resources, _condition in _grants(Call("iam", action, tagged=False))[f"iam:{action}"]:
        assert resources == ("iam::*:role/computer-use-sandbox/*",)


def test_an_action_that_iam_does_not_know_is_an_error() -> None:
    with pytest.raises(document.NotScopable, match="ec2:MakeCoffee is not an IAM action"):
        document.grants([Call("ec2", "MakeCoffee", tagged=False)])


def test_an_action_on_a_kind_of_resource_that_the_stack_does_not_have_is_an_error() -> None:
    with pytest.raises(document.NotScopable, match=r"ec2:TerminateInstances needs .*instance"):
        document.grants([Call("ec2", "TerminateInstances", tagged=False)])


def test_a_recording_says_whether_every_call_of_an_action_was_tagged() -> None:
    entries = [
        {"service": "elbv2", "action": "CreateListener", "tagged": True},
        {"service": "elbv2", "action": "CreateListener", "tagged": False},
    ]
    assert recording.distinct(entries) == [Call("elasticloadbalancing", "CreateListener", tagged=False)]


def test_policies_split_before_the_limit_and_keep_every_action() -> None:
    many = [document.Grant((f"ec2:*:*:vpc/{number}",), (), f"ec2:Act{number}") for number in range(300)]
    pieces = document.policies(many)
    assert len(pieces) > 1
    assert all(len(document.text(piece)) <= document.PIECE_LIMIT for piece in pieces)
    actions = {action for piece in pieces for one in piece["Statement"] for action in one["Action"]}
    assert actions == {grant.action for grant in many}


def test_one_long_statement_is_split_too() -> None:
    many = [document.Grant(("*",), (), f"ec2:SomeQuiteLongNameOfAnAction{number}") for number in range(400)]
    assert all(len(document.text(piece)) <= document.PIECE_LIMIT for piece in document.policies(many))


def test_every_unseen_permission_names_its_source() -> None:
    for unseen in UNSEEN:
        assert "(" in unseen.reason
        assert unseen.actions


def test_the_committed_pieces_fit_iams_quotas_and_hold_no_wildcard_action() -> None:
    files = sorted(POLICIES.glob("deployer-*.json"))
    assert 1 <= len(files) <= document.PIECES_LIMIT
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text) <= document.PIECE_LIMIT, file.name
        for statement in json.loads(text)["Statement"]:
            assert statement["Effect"] == "Allow"
            assert not [action for action in statement["Action"] if "*" in action]


def test_the_stacks_tag_can_be_set_only_on_new_resources_and_those_that_have_it() -> None:
    made = _grants(Call("ec2", "CreateVpc", tagged=True))["ec2:CreateTags"]
    on_vpcs = {condition for resources, condition in made if resources == ("ec2:*:*:vpc/*",)}
    assert on_vpcs == {
        (
            ("StringEquals", "aws:RequestTag/Project", ("ComputerUseSandbox",)),
            ("StringEquals", "ec2:CreateAction", ("CreateVpc",)),
        ),
        (("StringEquals", "aws:ResourceTag/Project", ("ComputerUseSandbox",)),),
    }
