"""RULES.md is up to date, and each rule is in the file with its name."""

from pathlib import Path

from sandbox_policy.catalogue import RESOURCE_RULES, STACK_RULES
from sandbox_policy.handbook import render

PACK = Path(__file__).parent.parent


def test_rules_md_is_up_to_date() -> None:
    assert (PACK / "RULES.md").read_text(encoding="utf-8") == render()


def test_each_rule_is_in_the_file_with_its_name_and_each_file_has_a_rule() -> None:
    files = {path.stem for path in (PACK / "sandbox_policy" / "rules").glob("*.py")} - {"__init__"}
    assert {rule.name.replace("-", "_") for rule in (*RESOURCE_RULES, *STACK_RULES)} == files
    checks = {rule.name: rule.check.__module__ for rule in RESOURCE_RULES}
    checks |= {rule.name: rule.check.__module__ for rule in STACK_RULES}
    for name, module in checks.items():
        assert module.rsplit(".", 1)[1] == name.replace("-", "_")


def test_each_rule_has_a_unique_name_a_promise_and_a_reason() -> None:
    rules = (*RESOURCE_RULES, *STACK_RULES)
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.promise.endswith("."), rule.name
        assert rule.why.endswith("."), rule.name
