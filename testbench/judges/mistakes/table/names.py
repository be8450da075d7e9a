"""DNS firewall, query log, Cloud Map."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake, Of
from judges.places_in_inputs import ABSENT

_LIST = "route53.ResolverFirewallDomainList allowed-domains"
_BLOCK = "route53.ResolverFirewallRule block-the-rest"
_ALLOW = "route53.ResolverFirewallRule allow-domains"
_ASSOCIATION = "route53.ResolverFirewallRuleGroupAssociation dns-firewall"
_QUERY_LOG = "route53.ResolverQueryLogConfig dns-firewall"
_NAMESPACE = "servicediscovery.PrivateDnsNamespace sandbox"
_SERVICE = "servicediscovery.Service environment"
_DOMAINS = "Route 53 Resolver guide: DNS Firewall domain lists"

MISTAKES = (
    Mistake(
        "domain with a blank",
        _LIST,
        {"domains.0": "exam ple.com."},
        "A label has letters, digits, hyphens and underscores.",
        _DOMAINS,
        made_impossible_by="DomainName",
    ),
    Mistake(
        "domain with a star inside",
        _LIST,
        {"domains.0": "www.*.com."},
        "A star is the whole first label.",
        _DOMAINS,
        made_impossible_by="DomainName",
    ),
    Mistake(
        "domain with an empty label",
        _LIST,
        {"domains.0": "example..com."},
        "A label has 1 to 63 characters.",
        _DOMAINS,
        made_impossible_by="DomainName",
    ),
    Mistake(
        "domain with a label of 64 characters",
        _LIST,
        {"domains.0": "x" * 64 + ".com."},
        "A label has 1 to 63 characters.",
        _DOMAINS,
        made_impossible_by="DomainName",
    ),
    Mistake(
        "domain of 256 characters",
        _LIST,
        {"domains.0": "a." * 127 + "aa"},
        "A domain has at most 255 characters.",
        _DOMAINS,
        made_impossible_by="DomainName",
    ),
    Mistake(
        "domain list's name with a dot",
        _LIST,
        {"name": "allowed.domains"},
        "A name has letters, digits, hyphens, underscores, blanks and apostrophes.",
        "Route 53 Resolver API: Name",
    ),
    Mistake(
        "rule group's name of digits",
        "route53.ResolverFirewallRuleGroup dns-firewall",
        {"name": "12345"},
        "A name is not a number.",
        "Route 53 Resolver API: Name",
    ),
    Mistake(
        "rule group's name of 65 characters",
        "route53.ResolverFirewallRuleGroup dns-firewall",
        {"name": "x" * 65},
        "A name has at most 64 characters.",
        "Route 53 Resolver API: Name",
    ),
    Mistake(
        "rule with an unknown action",
        _BLOCK,
        {"action": "DENY", "blockResponse": ABSENT},
        "The action is ALLOW, BLOCK or ALERT.",
        "Route 53 Resolver API: Action",
    ),
    Mistake(
        "rule that blocks without an answer",
        _BLOCK,
        {"blockResponse": ABSENT},
        "BLOCK needs a block response.",
        "Route 53 Resolver API: CreateFirewallRule, BlockResponse",
    ),
    Mistake(
        "rule that allows with a block response",
        _ALLOW,
        {"blockResponse": "NODATA"},
        "Only BLOCK has a block response.",
        "Route 53 Resolver API: CreateFirewallRule, BlockResponse",
    ),
    Mistake(
        "rule with an unknown answer",
        _BLOCK,
        {"blockResponse": "REFUSED"},
        "The answer is NODATA, NXDOMAIN or OVERRIDE.",
        "Route 53 Resolver API: BlockResponse",
    ),
    Mistake(
        "rule that overrides with nothing",
        _BLOCK,
        {"blockResponse": "OVERRIDE"},
        "OVERRIDE needs a domain, its type and its time to live.",
        "Route 53 Resolver API: CreateFirewallRule, BlockOverrideDomain",
    ),
    Mistake(
        "answer that is kept for 8 days",
        _BLOCK,
        {
            "blockResponse": "OVERRIDE",
            "blockOverrideDomain": "blocked.example.com",
            "blockOverrideDnsType": "CNAME",
            "blockOverrideTtl": 691200,
        },
        "The time to live is at most 604800 seconds.",
        "Route 53 Resolver API: BlockOverrideTtl",
    ),
    Mistake(
        "rule with an unknown redirection",
        _ALLOW,
        {"firewallDomainRedirectionAction": "TRUST"},
        "It is INSPECT_REDIRECTION_DOMAIN or TRUST_REDIRECTION_DOMAIN.",
        "Route 53 Resolver API: FirewallDomainRedirectionAction",
    ),
    Mistake(
        "two rules of one priority",
        _ALLOW,
        {"priority": Of(_BLOCK, "priority")},
        "Each rule of a group has a priority of its own.",
        "Route 53 Resolver API: CreateFirewallRule, Priority",
        refused_at="CreateFirewallRule",
    ),
    Mistake(
        "rule for a list that does not exist",
        _ALLOW,
        {"firewallDomainListId": "rslvr-fdl-0123456789abcdef"},
        "The domain list exists.",
        "Route 53 Resolver API errors: ResourceNotFoundException",
    ),
    Mistake(
        "association with a priority of 100",
        _ASSOCIATION,
        {"priority": 100},
        "The priority is above 100 and below 9900.",
        "Route 53 Resolver API: AssociateFirewallRuleGroup, Priority",
    ),
    Mistake(
        "association with a priority of 9901",
        _ASSOCIATION,
        {"priority": 9901},
        "The priority is above 100 and below 9900.",
        "Route 53 Resolver API: AssociateFirewallRuleGroup, Priority",
    ),
    Mistake(
        "association with unknown protection",
        _ASSOCIATION,
        {"mutationProtection": "ON"},
        "It is ENABLED or DISABLED.",
        "Route 53 Resolver API: MutationProtectionStatus",
    ),
    Mistake(
        "unknown word for failing closed",
        "route53.ResolverFirewallConfig dns-firewall",
        {"firewallFailOpen": "OFF"},
        "It is ENABLED, DISABLED or USE_LOCAL_RESOURCE_SETTING.",
        "Route 53 Resolver API: FirewallFailOpenStatus",
    ),
    Mistake(
        "query log to a group's name for its ARN",
        _QUERY_LOG,
        {"destinationArn": Of("cloudwatch.LogGroup dns-queries", "name")},
        "The destination is named by its ARN.",
        "Route 53 Resolver API: CreateResolverQueryLogConfig, DestinationArn",
    ),
    Mistake(
        "query log to a group of another region",
        _QUERY_LOG,
        {
            "destinationArn": Of(
                "cloudwatch.LogGroup dns-queries", "arn", lambda arn: arn.replace("us-west-2", "eu-west-1")
            )
        },
        "A log group is in the query log's region.",
        "Route 53 Resolver guide: query logging destinations",
    ),
    Mistake(
        "query log's name with a slash",
        _QUERY_LOG,
        {"name": "dns/queries"},
        "A name has letters, digits, hyphens, underscores, blanks and apostrophes.",
        "Route 53 Resolver API: ResolverQueryLogConfigName",
    ),
    Mistake(
        "query log of a VPC that does not exist",
        "route53.ResolverQueryLogConfigAssociation dns-firewall",
        {"resourceId": "vpc-0123456789abcdef0"},
        "The VPC exists.",
        "Route 53 Resolver API errors: InvalidParameterException",
    ),
    Mistake(
        "private zone with a blank",
        _NAMESPACE,
        {"name": "computer use.local"},
        "A name has printable characters without blanks.",
        "Cloud Map API: NamespaceNamePrivate",
    ),
    Mistake(
        "private zone's name of 254 characters",
        _NAMESPACE,
        {"name": "a." * 126 + "ab"},
        "A name has at most 253 characters.",
        "Cloud Map API: NamespaceNamePrivate",
    ),
    Mistake(
        "private zone of a VPC that does not exist",
        _NAMESPACE,
        {"vpc": "vpc-0123456789abcdef0"},
        "The VPC exists.",
        "Cloud Map API: CreatePrivateDnsNamespace, Vpc",
    ),
    Mistake(
        "private zone's description of 1025 characters",
        _NAMESPACE,
        {"description": "x" * 1025},
        "At most 1024 characters.",
        "Cloud Map API: ResourceDescription",
    ),
    Mistake(
        "record of an unknown type",
        _SERVICE,
        {"dnsConfig.dnsRecords.0.type": "TXT"},
        "The type is A, AAAA, CNAME or SRV.",
        "Cloud Map API: RecordType",
    ),
    Mistake(
        "record with a negative time to live",
        _SERVICE,
        {"dnsConfig.dnsRecords.0.ttl": -1},
        "The time to live is between 0 and 2147483647.",
        "Cloud Map API: RecordTTL",
    ),
    Mistake(
        "unknown routing policy",
        _SERVICE,
        {"dnsConfig.routingPolicy": "ROUND_ROBIN"},
        "The policy is MULTIVALUE or WEIGHTED.",
        "Cloud Map API: RoutingPolicy",
    ),
    Mistake(
        "several answers that are aliases",
        _SERVICE,
        {"dnsConfig.dnsRecords.0.type": "CNAME"},
        "CNAME needs the routing policy WEIGHTED.",
        "Cloud Map API: DnsRecord, Type",
    ),
    Mistake(
        "private name with a blank",
        _SERVICE,
        {"name": "environ ment"},
        "A name is one or more labels of letters, digits, hyphens and underscores.",
        "Cloud Map API: ServiceName",
    ),
    Mistake(
        "private name that another service has",
        "servicediscovery.Service orchestration",
        {"name": Of(_SERVICE, "name"), "dnsConfig.dnsRecords.0.ttl": 30},
        "Each service of a namespace has a name of its own.",
        "Cloud Map API errors: ServiceAlreadyExists",
        refused_at="CreateService",
    ),
)
