"""What an earlier run left decides how this one begins."""

from __future__ import annotations

from typing import Any

import pytest

from launcher.situation import Next, decide

VPC = {"urn": "urn:pulumi:local::p::aws:ec2/vpc:Vpc::sandbox", "type": "aws:ec2/vpc:Vpc", "custom": True}
STACK = {"urn": "urn:pulumi:local::p::pulumi:pulumi:Stack::p-local", "type": "pulumi:pulumi:Stack"}
PROVIDER = {"urn": "urn:x::pulumi:providers:aws::default", "type": "pulumi:providers:aws", "custom": True}


def _pending(kind: str) -> dict[str, Any]:
    return {"type": kind, "resource": VPC}


@pytest.mark.parametrize(
    ("checkpoint", "made_in", "expected"),
    [
        ({}, None, Next.GO_ON),
        ({"resources": [STACK, PROVIDER]}, None, Next.GO_ON),
        ({"resources": [STACK, VPC]}, "this", Next.GO_ON),
        ({"resources": [STACK, VPC]}, "another", Next.START_OVER),
        ({"resources": [STACK, VPC]}, None, Next.START_OVER),
        ({"resources": [STACK], "pending_operations": [_pending("creating")]}, "another", Next.START_OVER),
        ({"resources": [STACK], "pending_operations": [_pending("creating")]}, "this", Next.START_OVER),
        ({"resources": [STACK, VPC], "pending_operations": [_pending("updating")]}, "this", Next.REFRESH),
        ({"resources": [STACK, VPC], "pending_operations": [_pending("deleting")]}, "this", Next.REFRESH),
        ({"resources": None, "pending_operations": None}, "this", Next.GO_ON),
    ],
)
def test_the_state_is_trusted_only_where_it_can_be(
    checkpoint: dict[str, Any], made_in: str | None, expected: Next
) -> None:
    decision = decide(checkpoint, made_in, "this")
    assert decision.next is expected
    assert bool(decision.why) == (expected is not Next.GO_ON)


def test_an_interrupted_creation_is_named() -> None:
    checkpoint = {"pending_operations": [_pending("creating")]}
    assert "sandbox" in decide(checkpoint, "this", "this").why
