"""DNS: the firewall, the query log, and the services' private names."""

from __future__ import annotations

from judges.conversion import REF, Conversion, NoCounterpart, PartOf
from judges.inputs import Inputs, Properties


def _rule(inputs: Inputs) -> Properties:
    inputs.leave_out("name")  # rules have no names in CloudFormation
    return inputs.properties(
        *("action", "blockOverrideDnsType", "blockOverrideDomain", "blockOverrideTtl", "blockResponse"),
        *("firewallDomainListId", "firewallDomainRedirectionAction", "priority", "qType"),
    )


def _association(inputs: Inputs) -> Properties:
    return inputs.properties("firewallRuleGroupId", "mutationProtection", "name", "priority", "vpcId")


def _service(inputs: Inputs) -> Properties:
    inputs.leave_out("forceDestroy")
    dns = inputs.take("dnsConfig")
    records = [{"TTL": record["ttl"], "Type": record["type"]} for record in dns["dnsRecords"]]
    config = {"DnsRecords": records, "NamespaceId": dns["namespaceId"]}
    if "routingPolicy" in dns:
        config["RoutingPolicy"] = dns["routingPolicy"]
    return inputs.properties("description", "healthCheckCustomConfig", "name") | {"DnsConfig": config}


CONVERSIONS: dict[str, Conversion | PartOf | NoCounterpart] = {
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": Conversion(
        "AWS::Route53Resolver::FirewallDomainList",
        lambda inputs: inputs.properties("domains", "name"),
        {"id": REF},
    ),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": Conversion(
        "AWS::Route53Resolver::FirewallRuleGroup", lambda inputs: inputs.properties("name"), {"id": REF}
    ),
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": PartOf(
        "firewallRuleGroupId", "FirewallRules", _rule, listed=True
    ),
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": Conversion(
        "AWS::Route53Resolver::FirewallRuleGroupAssociation", _association
    ),
    "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": NoCounterpart(
        "CloudFormation cannot say whether a VPC's DNS firewall fails open."
    ),
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": Conversion(
        "AWS::Route53Resolver::ResolverQueryLoggingConfig",
        lambda inputs: inputs.properties("destinationArn", "name"),
        {"id": REF},
    ),
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": Conversion(
        "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        lambda inputs: inputs.properties("resolverQueryLogConfigId", "resourceId"),
        tagged=False,
    ),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": Conversion(
        "AWS::ServiceDiscovery::PrivateDnsNamespace",
        lambda inputs: inputs.properties("description", "name", "vpc"),
        {"id": REF},
    ),
    "aws:servicediscovery/service:Service": Conversion(
        "AWS::ServiceDiscovery::Service", _service, {"id": REF, "arn": "Arn"}
    ),
}
