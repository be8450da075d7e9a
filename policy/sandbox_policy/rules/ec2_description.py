"""Rule: descriptions of security groups and their rules."""

import re
from collections.abc import Iterator, Mapping

from sandbox_policy.model import Context, Resource, ResourceRule
from sandbox_policy.ports import GROUP, GROUP_RULE_FORMS
from sandbox_policy.values import UNKNOWN, items, mapping, read

CHARACTERS = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
"""What EC2 accepts as the description of a group or a rule (botocore: `ec2.IpRange.Description`)."""


def check(resource: Resource, context: Context) -> Iterator[str]:
    """Yield a message for each description that is too long or has a character that EC2 refuses."""
    yield from _judge(resource.properties, "description", context)
    if resource.type == GROUP:
        for direction in ("ingress", "egress"):
            for index, rule in enumerate(items(read(resource.properties, direction), direction)):
                if rule is not UNKNOWN:
                    label = f"{direction}[{index}]"
                    yield from _judge(mapping(rule, label), f"{label}.description", context)


def _judge(holder: Mapping[str, object], label: str, context: Context) -> Iterator[str]:
    text = read(holder, "description")
    if text is None or context.awaits(text, label):
        return
    if not isinstance(text, str):
        yield f"{label} is not a string: {text!r}"
    elif not CHARACTERS.fullmatch(text):
        refused = sorted({letter for letter in text if not CHARACTERS.fullmatch(letter)})
        reason = (
            f"does not accept {' '.join(refused)}" if refused else f"accepts 255 characters, not {len(text)}"
        )
        yield f"{label} is {text!r}: EC2 {reason}"


RULE = ResourceRule(
    name="ec2-description",
    promise="EC2 accepts the description of every security group and rule.",
    why="An apostrophe in one would stop a deployment halfway, at the rule that admits the deployer.",
    types=GROUP_RULE_FORMS,
    check=check,
)
