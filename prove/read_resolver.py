"""Reads the DNS firewall and the query logs of the VPC."""

from botocore.exceptions import ClientError

from prove.aws import Answer, Aws
from prove.world import Dns, FirewallRule

SERVICE = "route53resolver"


def read_dns(aws: Aws, vpc: str) -> Dns:
    """Read the firewall's rules in the order of evaluation, and where queries are logged."""
    associations = aws.all(
        SERVICE, "list_firewall_rule_group_associations", "FirewallRuleGroupAssociations", VpcId=vpc
    )
    rules: list[FirewallRule] = []
    for association in sorted(associations, key=lambda one: int(one["Priority"])):
        if association.get("Status", "COMPLETE") not in ("COMPLETE", "UPDATING"):
            continue
        group = association["FirewallRuleGroupId"]
        listed = aws.all(SERVICE, "list_firewall_rules", "FirewallRules", FirewallRuleGroupId=group)
        rules += [_rule(aws, rule) for rule in sorted(listed, key=lambda one: int(one["Priority"]))]
    config = aws.get(SERVICE, "get_firewall_config", ResourceId=vpc)["FirewallConfig"]
    return Dns(
        rules=tuple(rules),
        fails_closed=config["FirewallFailOpen"] == "DISABLED",
        query_logs=tuple(_query_logs(aws, vpc)),
    )


def _rule(aws: Aws, rule: Answer) -> FirewallRule:
    domains: tuple[str, ...] | None
    try:
        listed = aws.all(
            SERVICE, "list_firewall_domains", "Domains", FirewallDomainListId=rule["FirewallDomainListId"]
        )
        domains = tuple(str(name) for name in listed)
    except (ClientError, KeyError):
        domains = None  # A list managed by AWS can't be read, so it may contain anything.
    return FirewallRule(
        label=f"rule {rule.get('Name') or rule['Priority']} (priority {rule['Priority']})",
        action=rule["Action"],
        block_response=rule.get("BlockResponse") or "",
        query_type=rule.get("Qtype") or "",
        domains=domains,
    )


def _query_logs(aws: Aws, vpc: str) -> list[str]:
    """Names of the log groups that the VPC's queries are written to; "" for other kinds of destinations."""
    associations = aws.all(
        SERVICE, "list_resolver_query_log_config_associations", "ResolverQueryLogConfigAssociations"
    )
    used = {one["ResolverQueryLogConfigId"] for one in associations if one["ResourceId"] == vpc}
    configs = aws.all(SERVICE, "list_resolver_query_log_configs", "ResolverQueryLogConfigs")
    return [log_group_of(config["DestinationArn"]) for config in configs if config["Id"] in used]


def log_group_of(arn: str) -> str:
    """The name in the ARN of a log group; "" for any other ARN."""
    _, found, rest = arn.partition(":log-group:")
    return rest.removesuffix(":*") if found else ""
