"""Every rule accepts inputs that keep its promise, and refuses those that break it or can't be read."""

import pytest
import test_ingress
from container_cases import CONTAINERS
from engine import Stub, engine_context, judge_resource
from good_stack import CONFIG, good_stack
from name_cases import NAMES
from policy_cases import POLICIES
from rule_cases import RULES, Cases, Inputs

from sandbox_policy.catalogue import RESOURCE_RULES

ALL = [*RULES, *CONTAINERS, *NAMES, *POLICIES]


def each(kind: str) -> list[tuple[Cases, Inputs]]:
    """Each case of a kind, together with its rule."""
    return [(cases, inputs) for cases in ALL for inputs in getattr(cases, kind)]


def judged(cases: Cases, inputs: Inputs, *, preview: bool) -> list[str]:
    """The messages of the rule for these inputs."""
    stub = Stub(cases.type, cases.name, inputs)
    return judge_resource(cases.rule, stub, engine_context(CONFIG, preview=preview))


@pytest.mark.parametrize(("cases", "inputs"), each("compliant"))
def test_inputs_that_keep_the_promise_pass(cases: Cases, inputs: Inputs) -> None:
    assert judged(cases, inputs, preview=True) == []


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(("cases", "inputs"), each("violating"))
def test_inputs_that_break_the_promise_are_refused(cases: Cases, inputs: Inputs, preview: bool) -> None:
    assert judged(cases, inputs, preview=preview)


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(("cases", "inputs"), each("malformed"))
def test_malformed_inputs_are_refused(cases: Cases, inputs: Inputs, preview: bool) -> None:
    assert judged(cases, inputs, preview=preview)


@pytest.mark.parametrize(("cases", "inputs"), each("unknown"))
def test_an_unknown_value_that_a_preview_always_knows_is_refused(cases: Cases, inputs: Inputs) -> None:
    assert judged(cases, inputs, preview=True)


@pytest.mark.parametrize(("cases", "inputs"), each("waits"))
def test_a_value_that_only_the_update_knows_passes_at_preview_and_is_refused_if_still_unknown(
    cases: Cases, inputs: Inputs
) -> None:
    assert judged(cases, inputs, preview=True) == []
    assert judged(cases, inputs, preview=False)


@pytest.mark.parametrize("preview", [True, False])
def test_no_rule_finds_anything_in_a_good_stack(preview: bool) -> None:
    context = engine_context(CONFIG, preview=preview)
    findings = {
        (rule.name, stub.name): messages
        for rule in RESOURCE_RULES
        for stub in good_stack(preview=preview)
        if (messages := judge_resource(rule.name, stub, context))
    }
    assert findings == {}


def test_every_rule_has_compliant_violating_unknown_and_malformed_cases() -> None:
    for rule in RESOURCE_RULES:
        cases = [case for case in ALL if case.rule == rule.name]
        if not cases:
            for table in (
                test_ingress.COMPLIANT,
                test_ingress.VIOLATING,
                test_ingress.UNKNOWN,
                test_ingress.MALFORMED,
            ):
                assert any(row[0][0] == rule.name for row in table), rule.name
            continue
        assert any(case.compliant for case in cases), rule.name
        assert any(case.violating for case in cases), rule.name
        assert any(case.malformed for case in cases), rule.name
        assert any(case.unknown or case.waits for case in cases), rule.name


def test_a_rule_ignores_resources_of_other_types() -> None:
    for rule in RESOURCE_RULES:
        if rule.types:
            stub = Stub("aws:some/other:Type", "it", {})
            assert judge_resource(rule.name, stub, engine_context(CONFIG, preview=True)) == []
