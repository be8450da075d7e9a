"""Generates RULES.md from the rules: `python -m sandbox_policy.handbook > RULES.md`."""

import sys
from collections.abc import Iterator

from sandbox_policy.catalogue import RESOURCE_RULES, STACK_RULES
from sandbox_policy.model import Rule

INTRODUCTION = """\
# Rules of the policy pack

This file is generated. To change it, change a rule and run `python -m sandbox_policy.handbook > RULES.md`.

Every rule is mandatory: a violation stops `pulumi preview` and `pulumi up`. A value that a rule can't read is
a violation too: always if it has the wrong type, and if it is unknown where a preview must know it. A value
that only the update can know (a policy that names the ARN of a new resource) is checked during the update,
before the resource is created.

An exception is an entry in `exceptions.json`: the rule, the resource (its name or URN, or `stack`), a reason,
and the date on which the exception ends, at most a year ahead. An expired or malformed exception has no
effect and is itself a violation. The column "exceptions" says which rules allow them.
"""


def render() -> str:
    """Return the whole text of RULES.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    yield f"## {len(RESOURCE_RULES)} rules for single resources"
    yield ""
    yield "They check the inputs of a resource before it is created or changed."
    yield ""
    yield from _table(RESOURCE_RULES)
    yield ""
    yield f"## {len(STACK_RULES)} rules for the whole stack"
    yield ""
    yield "They check what must exist, and how resources refer to each other."
    yield ""
    yield from _table(STACK_RULES)


def _table(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "| rule | promise | why | exceptions |"
    yield "|---|---|---|---|"
    for rule in sorted(rules, key=lambda rule: rule.name):
        file = f"sandbox_policy/rules/{rule.name.replace('-', '_')}.py"
        exceptions = "yes" if rule.exceptable else "never"
        yield f"| [`{rule.name}`]({file}) | {rule.promise} | {rule.why} | {exceptions} |"


if __name__ == "__main__":
    sys.stdout.write(render())
