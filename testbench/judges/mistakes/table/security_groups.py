"""Security groups and their rules."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake, Of
from judges.places_in_inputs import ABSENT

_GROUP = "ec2.SecurityGroup environment"
_ADMIT = "vpc.SecurityGroupIngressRule deployer-to-viewer-ipv4"
_OUT = "vpc.SecurityGroupEgressRule environment-to-https"
_BETWEEN = "vpc.SecurityGroupIngressRule orchestration-to-control-api"
_CHARACTERS = "Allowed are a-z, A-Z, 0-9, blanks and ._-:/()#,@[]+=&;{}!$*."

MISTAKES = (
    Mistake(
        "apostrophe in a rule's description",
        _ADMIT,
        {"description": "The deployer's address range"},
        _CHARACTERS,
        "EC2 API: IpRange, Description",
    ),
    Mistake(
        "dash in the description of a rule between groups",
        _BETWEEN,
        {"description": "Control API \u2013 from the agent"},
        _CHARACTERS,
        "EC2 API: UserIdGroupPair, Description",
    ),
    Mistake(
        "rule's description of 256 characters",
        _OUT,
        {"description": "x" * 256},
        "At most 255 characters.",
        "EC2 API: IpRange, Description",
    ),
    Mistake(
        "quotation marks in a group's description",
        _GROUP,
        {"description": 'The "desktop"'},
        _CHARACTERS,
        "EC2 API: CreateSecurityGroup, GroupDescription",
    ),
    Mistake(
        "group's name that begins as an id",
        _GROUP,
        {"name": "sg-desktop"},
        "A group's name does not start with sg-.",
        "EC2 API: CreateSecurityGroup, GroupName",
    ),
    Mistake(
        "group named default",
        _GROUP,
        {"name": "default"},
        "The name default is the VPC's own group's.",
        "EC2 API errors: InvalidGroup.Reserved",
    ),
    Mistake(
        "group's name of 256 characters",
        _GROUP,
        {"name": "x" * 256},
        "At most 255 characters.",
        "EC2 API: CreateSecurityGroup, GroupName",
    ),
    Mistake(
        "group in a VPC that does not exist",
        _GROUP,
        {"vpcId": "vpc-0123456789abcdef0"},
        "The VPC exists.",
        "EC2 API errors: InvalidVpcID.NotFound",
    ),
    Mistake(
        "port above 65535",
        _OUT,
        {"fromPort": 65536, "toPort": 65536},
        "Ports end at 65535.",
        "EC2 API: IpPermission, FromPort and ToPort",
    ),
    Mistake(
        "range of ports from high to low",
        _OUT,
        {"fromPort": 443, "toPort": 80},
        "The first port is not above the last.",
        "EC2 API errors: InvalidParameterValue, 'Invalid TCP/UDP port range'",
    ),
    Mistake(
        "rule without a last port",
        _OUT,
        {"toPort": ABSENT},
        "TCP needs both ports.",
        "EC2 API: IpPermission",
    ),
    Mistake(
        "protocol that is not one of IP's",
        _ADMIT,
        {"ipProtocol": "https"},
        "The protocol is tcp, udp, icmp, icmpv6, -1 or a number.",
        "EC2 API: IpPermission, IpProtocol",
    ),
    Mistake(
        "source range with a length of 33",
        _ADMIT,
        {"cidrIpv4": "203.0.113.1/33"},
        "A block is an address and a length of at most 32.",
        "EC2 API: IpRange, CidrIp",
        made_impossible_by="IngressCidr",
    ),
    Mistake(
        "source range by host name",
        _ADMIT,
        {"cidrIpv4": "home.example.com/32"},
        "A source is a CIDR block.",
        "EC2 API: IpRange, CidrIp",
        made_impossible_by="IngressCidr",
    ),
    Mistake(
        "IPv6 range where IPv4 belongs",
        _ADMIT,
        {"cidrIpv4": "2001:db8::1/128"},
        "An IPv6 block is CidrIpv6.",
        "EC2 API: IpRange, CidrIp",
        made_impossible_by="IngressCidr",
    ),
    Mistake(
        "rule for a group that does not exist",
        _BETWEEN,
        {"referencedSecurityGroupId": "sg-0123456789abcdef0"},
        "The group exists.",
        "EC2 API errors: InvalidGroup.NotFound",
    ),
    Mistake(
        "the same rule twice",
        "vpc.SecurityGroupEgressRule environment-to-http",
        {"fromPort": Of(_OUT, "fromPort"), "toPort": Of(_OUT, "toPort")},
        "A rule's traffic is not that of another rule.",
        "EC2 API errors: InvalidPermission.Duplicate",
        refused_at="AuthorizeSecurityGroupEgress",
    ),
)
