"""EC2: tags in a create request that AWS refuses (EC2 API reference, TagSpecification)."""

from __future__ import annotations

from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters

# The resource type that each action creates and tags.
_TYPES = {
    "AllocateAddress": "elastic-ip",
    "CreateFlowLogs": "vpc-flow-log",
    "CreateInternetGateway": "internet-gateway",
    "CreateNatGateway": "natgateway",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSubnet": "subnet",
    "CreateVpc": "vpc",
    "CreateVpcEndpoint": "vpc-endpoint",
}


@checks(
    "ec2",
    "allocate_address",
    "create_flow_logs",
    "create_internet_gateway",
    "create_nat_gateway",
    "create_route_table",
    "create_security_group",
    "create_subnet",
    "create_vpc",
    "create_vpc_endpoint",
)
def tags_must_fit(call: Call, parameters: Parameters) -> None:
    created = _TYPES[call.action]
    for specification in parameters.get("TagSpecifications", []):
        if specification.get("ResourceType") != created:
            refuse(
                "InvalidParameterValue",
                f"'{specification.get('ResourceType')}' is not a valid taggable resource type "
                f"for this operation: it creates a {created}.",
            )
        keys = [tag.get("Key") for tag in specification.get("Tags", [])]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            refuse("InvalidParameterValue", f"Duplicate tag key '{twice[0]}' specified.")
