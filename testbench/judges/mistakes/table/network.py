"""VPC, subnets, routes, NAT gateway, addresses, flow log."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake, Of
from judges.places_in_inputs import ABSENT

_VPC = "ec2.Vpc sandbox"
_SUBNET = "ec2.Subnet private-1"
_FLOW_LOG = "ec2.FlowLog flow-logs"

MISTAKES = (
    Mistake(
        "VPC block of /8",
        _VPC,
        {"cidrBlock": "10.0.0.0/8"},
        "A VPC's block is between /16 and /28.",
        "EC2 API: CreateVpc, CidrBlock",
        made_impossible_by="SandboxConfig",
    ),
    Mistake(
        "VPC block with a length of 33",
        _VPC,
        {"cidrBlock": "10.42.0.0/33"},
        "A block is an address and a length of at most 32.",
        "EC2 API: CreateVpc, CidrBlock",
        made_impossible_by="SandboxConfig",
    ),
    Mistake(
        "VPC with an unknown tenancy",
        _VPC,
        {"instanceTenancy": "shared"},
        "The tenancy is default, dedicated or host.",
        "EC2 API: Tenancy",
    ),
    Mistake(
        "subnet outside its VPC",
        _SUBNET,
        {"cidrBlock": "10.99.0.0/18"},
        "A subnet's block is a part of its VPC's.",
        "EC2 API errors: InvalidSubnet.Range",
        made_impossible_by="SubnetPlan",
    ),
    Mistake(
        "subnet with another's block",
        _SUBNET,
        {"cidrBlock": Of("ec2.Subnet private-0", "cidrBlock")},
        "Subnets of one VPC do not overlap.",
        "EC2 API errors: InvalidSubnet.Conflict",
        refused_at="CreateSubnet",
        made_impossible_by="SubnetPlan",
    ),
    Mistake(
        "subnet of /29",
        _SUBNET,
        {"cidrBlock": "10.42.192.0/29"},
        "A subnet's block is between /16 and /28.",
        "VPC guide: subnet sizing",
        made_impossible_by="SubnetPlan",
    ),
    Mistake(
        "subnet in another region's zone",
        _SUBNET,
        {"availabilityZone": "eu-west-1a"},
        "The zone is one of the region's.",
        "EC2 API: CreateSubnet, AvailabilityZone",
    ),
    Mistake(
        "subnet with an IPv6 block of /66",
        "ec2.Subnet public-1",
        {
            "ipv6CidrBlock": Of(
                "ec2.Subnet public-1", "ipv6CidrBlock", lambda block: block.replace("/64", "/66")
            )
        },
        "A subnet's IPv6 block is between /44 and /64, in steps of 4.",
        "VPC guide: subnet sizing for IPv6",
        made_impossible_by="SubnetPlan",
    ),
    Mistake(
        "subnet with an IPv6 block that is not the VPC's",
        "ec2.Subnet public-1",
        {"ipv6CidrBlock": "2001:db8:ffff:ff01::/64"},
        "A subnet's IPv6 block is a part of its VPC's.",
        "EC2 API: CreateSubnet, Ipv6CidrBlock",
    ),
    Mistake(
        "route to a block of length 33",
        "ec2.Route private-0",
        {"destinationCidrBlock": "0.0.0.0/33"},
        "A block is an address and a length of at most 32.",
        "EC2 API: CreateRoute, DestinationCidrBlock",
    ),
    Mistake(
        "route through a gateway that does not exist",
        "ec2.Route public",
        {"gatewayId": "igw-0123456789abcdef0"},
        "The gateway exists.",
        "EC2 API errors: InvalidGatewayID.NotFound",
    ),
    Mistake(
        "route with two targets",
        "ec2.Route private-0",
        {"gatewayId": Of("ec2.InternetGateway sandbox", "id")},
        "A route has one target.",
        "EC2 API: CreateRoute",
    ),
    Mistake(
        "subnet with two route tables",
        "ec2.RouteTableAssociation private-1",
        {"subnetId": Of("ec2.Subnet private-0", "id"), "routeTableId": Of("ec2.RouteTable public", "id")},
        "A subnet has one route table.",
        "EC2 API errors: Resource.AlreadyAssociated",
        refused_at="AssociateRouteTable",
    ),
    Mistake(
        "NAT gateway without an address",
        "ec2.NatGateway nat-0",
        {"allocationId": ABSENT},
        "A public NAT gateway has an elastic IP address.",
        "EC2 API: CreateNatGateway, AllocationId",
    ),
    Mistake(
        "NAT gateway with an address that does not exist",
        "ec2.NatGateway nat-0",
        {"allocationId": "eipalloc-0123456789abcdef0"},
        "The address exists.",
        "EC2 API errors: InvalidAllocationID.NotFound",
    ),
    Mistake(
        "private NAT gateway with a public address",
        "ec2.NatGateway nat-0",
        {"connectivityType": "private"},
        "A private NAT gateway has no elastic IP address.",
        "EC2 API: CreateNatGateway, AllocationId",
    ),
    Mistake(
        "NAT gateway with an unknown connectivity",
        "ec2.NatGateway nat-0",
        {"connectivityType": "internet"},
        "The connectivity is private or public.",
        "EC2 API: ConnectivityType",
    ),
    Mistake(
        "elastic address of an unknown domain",
        "ec2.Eip nat-0",
        {"domain": "internet"},
        "The domain is vpc or standard.",
        "EC2 API: DomainType",
    ),
    Mistake(
        "flow log of an unknown kind of traffic",
        _FLOW_LOG,
        {"trafficType": "EVERYTHING"},
        "The traffic is ACCEPT, REJECT or ALL.",
        "EC2 API: TrafficType",
    ),
    Mistake(
        "flow log to an unknown kind of destination",
        _FLOW_LOG,
        {"logDestinationType": "cloudwatch"},
        "The destination is cloud-watch-logs, s3 or kinesis-data-firehose.",
        "EC2 API: LogDestinationType",
    ),
    Mistake(
        "flow log every two minutes",
        _FLOW_LOG,
        {"maxAggregationInterval": 120},
        "The interval is 60 or 600 seconds.",
        "EC2 API: CreateFlowLogs, MaxAggregationInterval",
    ),
    Mistake(
        "flow log without a role",
        _FLOW_LOG,
        {"iamRoleArn": ABSENT},
        "Delivery to CloudWatch Logs needs a role.",
        "EC2 API: CreateFlowLogs, DeliverLogsPermissionArn",
    ),
    Mistake(
        "flow log with a role's name for its ARN",
        _FLOW_LOG,
        {"iamRoleArn": Of("iam.Role flow-logs", "name")},
        "The role is named by its ARN.",
        "EC2 API: CreateFlowLogs, DeliverLogsPermissionArn",
    ),
    Mistake(
        "flow log to a group's name for its ARN",
        _FLOW_LOG,
        {"logDestination": Of("cloudwatch.LogGroup flow-logs", "name")},
        "The destination is named by its ARN.",
        "EC2 API: CreateFlowLogs, LogDestination",
    ),
)
