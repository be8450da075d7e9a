"""An exception excuses one rule for one resource until a date. Expired or malformed, it excuses nothing."""

import datetime
import json
from pathlib import Path

import pytest
from engine import Stub, engine_context, judge_resource, judge_stack

from sandbox_policy.policies import EXCEPTIONS

TODAY = datetime.datetime.now(datetime.UTC).date()
KEPT_FOR_EVER = Stub("aws:cloudwatch/logGroup:LogGroup", "audit", {"retentionInDays": 0})


def entry(**changes: object) -> dict[str, object]:
    """A valid exception with some keys changed."""
    return {
        "rule": "log-retention",
        "resource": "audit",
        "reason": "the auditor asked for a longer record",
        "expires": (TODAY + datetime.timedelta(days=30)).isoformat(),
    } | changes


def write(path: Path, *entries: object) -> Path:
    """Write an exceptions file."""
    file = path / "exceptions.json"
    file.write_text(json.dumps({"exceptions": entries}), encoding="utf-8")
    return file


def test_an_exception_in_force_excuses_its_rule_for_its_resource(tmp_path: Path) -> None:
    context = engine_context({}, preview=True, exceptions=write(tmp_path, entry()))
    assert judge_resource("log-retention", KEPT_FOR_EVER, context) == []
    assert judge_stack("exceptions-in-force", [], context) == []


def test_an_exception_may_name_the_urn(tmp_path: Path) -> None:
    context = engine_context({}, preview=True, exceptions=write(tmp_path, entry(resource=KEPT_FOR_EVER.urn)))
    assert judge_resource("log-retention", KEPT_FOR_EVER, context) == []


def test_an_exception_excuses_no_other_rule_and_no_other_resource(tmp_path: Path) -> None:
    context = engine_context({}, preview=True, exceptions=write(tmp_path, entry()))
    assert judge_resource("log-encrypted", KEPT_FOR_EVER, context)
    assert judge_resource("log-retention", Stub(KEPT_FOR_EVER.type, "another", {}), context)


def test_an_exception_excuses_a_finding_about_the_stack(tmp_path: Path) -> None:
    vpc = Stub("aws:ec2/vpc:Vpc", "sandbox", {"id": "vpc-1"})
    excused = engine_context(
        {}, preview=False, exceptions=write(tmp_path, entry(rule="flow-log-present", resource="sandbox"))
    )
    assert judge_stack("flow-log-present", [vpc], excused) == []
    assert judge_stack("query-log-present", [vpc], excused)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires": (TODAY - datetime.timedelta(days=1)).isoformat()},
        {"expires": (TODAY + datetime.timedelta(days=400)).isoformat()},
        {"expires": "soon"},
        {"expires": 20300101},
        {"reason": ""},
        {"reason": "needed"},
        {"resource": ""},
        {"rule": "no-such-rule"},
        {"rule": "ingress-rule"},
        {"rule": "exceptions-in-force"},
        {"owner": "somebody"},
    ],
)
def test_an_expired_or_malformed_exception_excuses_nothing_and_is_a_violation(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    context = engine_context({}, preview=True, exceptions=write(tmp_path, entry(**changes)))
    assert judge_resource("log-retention", KEPT_FOR_EVER, context)
    assert judge_stack("exceptions-in-force", [], context)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"exceptions": {}}', '{"exceptions": [7]}', "\udcff"])
def test_a_malformed_file_excuses_nothing_and_is_a_violation(tmp_path: Path, text: str) -> None:
    file = tmp_path / "exceptions.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    context = engine_context({}, preview=True, exceptions=file)
    assert judge_stack("exceptions-in-force", [], context)


def test_ingress_rules_allow_no_exception(tmp_path: Path) -> None:
    context = engine_context(
        {}, preview=True, exceptions=write(tmp_path, entry(rule="ingress-rule", resource="open"))
    )
    rule = Stub(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "open", {"cidrIpv4": "0.0.0.0/0"}
    )
    assert judge_resource("ingress-rule", rule, context)


def test_the_exceptions_of_this_project_are_in_force() -> None:
    context = engine_context({}, preview=True, exceptions=EXCEPTIONS)
    assert judge_stack("exceptions-in-force", [], context) == []
