"""All rules, in the order in which RULES.md shows them."""

from sandbox_policy.model import ResourceRule, StackRule
from sandbox_policy.rules import (
    default_security_group,
    ingress_inline,
    ingress_legacy_rule,
    ingress_network_acl,
    ingress_rule,
)

RESOURCE_RULES: tuple[ResourceRule, ...] = (
    ingress_rule.RULE,
    ingress_inline.RULE,
    ingress_legacy_rule.RULE,
    default_security_group.RULE,
    ingress_network_acl.RULE,
)

STACK_RULES: tuple[StackRule, ...] = ()
