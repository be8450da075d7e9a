"""VPC, subnets, routes, gateways, security groups, flow logs."""

from __future__ import annotations

from judges.conversion import REF, Beside, Conversion, NoCounterpart, PartOf
from judges.inputs import Inputs, Properties


def _vpc(inputs: Inputs) -> Properties:
    return inputs.properties("cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy")


def _ipv6_block(inputs: Inputs, vpc: Properties) -> dict[str, Beside]:
    if not inputs.take("assignGeneratedIpv6CidrBlock"):
        return {}
    block = {"VpcId": vpc, "AmazonProvidedIpv6CidrBlock": True}
    return {"Ipv6Block": Beside("AWS::EC2::VPCCidrBlock", block)}


def _subnet(inputs: Inputs) -> Properties:
    return inputs.properties(
        *("assignIpv6AddressOnCreation", "availabilityZone", "cidrBlock", "enableDns64", "ipv6CidrBlock"),
        *("ipv6Native", "mapPublicIpOnLaunch", "vpcId"),
    ) | _private_names(inputs)


def _private_names(inputs: Inputs) -> Properties:
    names = inputs.properties(
        EnableResourceNameDnsAAAARecord="enableResourceNameDnsAaaaRecordOnLaunch",
        EnableResourceNameDnsARecord="enableResourceNameDnsARecordOnLaunch",
        HostnameType="privateDnsHostnameTypeOnLaunch",
    )
    return {"PrivateDnsNameOptionsOnLaunch": names} if any(names.values()) else {}


def _attachment(inputs: Inputs, gateway: Properties) -> dict[str, Beside]:
    attached = {"VpcId": inputs.take("vpcId"), "InternetGatewayId": gateway}
    return {"Attachment": Beside("AWS::EC2::VPCGatewayAttachment", attached)}


def _security_group(inputs: Inputs) -> Properties:
    inputs.leave_out("revokeRulesOnDelete")
    return inputs.properties("vpcId", GroupDescription="description", GroupName="name")


def _rule(inputs: Inputs, other_group: str, prefix_list: str) -> Properties:
    return inputs.properties(
        *("description", "fromPort", "toPort", "ipProtocol"),
        CidrIp="cidrIpv4",
        CidrIpv6="cidrIpv6",
        GroupId="securityGroupId",
        **{other_group: "referencedSecurityGroupId", prefix_list: "prefixListId"},
    )


def _ingress(inputs: Inputs) -> Properties:
    return _rule(inputs, "SourceSecurityGroupId", "SourcePrefixListId")


def _egress(inputs: Inputs) -> Properties:
    return _rule(inputs, "DestinationSecurityGroupId", "DestinationPrefixListId")


def _route(inputs: Inputs) -> Properties:
    return inputs.properties(
        *("destinationCidrBlock", "destinationIpv6CidrBlock", "gatewayId", "natGatewayId", "routeTableId")
    )


def _flow_log(inputs: Inputs) -> Properties:
    inputs.leave_out("region")
    named = inputs.properties(
        *("trafficType", "logDestination", "logDestinationType", "maxAggregationInterval"),
        DeliverLogsPermissionArn="iamRoleArn",
        ResourceId="vpcId",
    )
    return named | {"ResourceType": "VPC"}


def _association(inputs: Inputs) -> Properties:
    return inputs.properties("routeTableId", "subnetId")


def _nat_gateway(inputs: Inputs) -> Properties:
    return inputs.properties("allocationId", "connectivityType", "subnetId")


CONVERSIONS: dict[str, Conversion | PartOf | NoCounterpart] = {
    "aws:ec2/vpc:Vpc": Conversion("AWS::EC2::VPC", _vpc, {"id": REF}, beside=_ipv6_block),
    "aws:ec2/subnet:Subnet": Conversion("AWS::EC2::Subnet", _subnet, {"id": REF}),
    "aws:ec2/internetGateway:InternetGateway": Conversion(
        "AWS::EC2::InternetGateway", lambda _: {}, {"id": REF}, beside=_attachment
    ),
    "aws:ec2/routeTable:RouteTable": Conversion(
        "AWS::EC2::RouteTable", lambda inputs: inputs.properties("vpcId"), {"id": REF}
    ),
    "aws:ec2/route:Route": Conversion("AWS::EC2::Route", _route, tagged=False),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Conversion(
        "AWS::EC2::SubnetRouteTableAssociation", _association, tagged=False
    ),
    "aws:ec2/eip:Eip": Conversion(
        "AWS::EC2::EIP", lambda inputs: inputs.properties("domain"), {"id": "AllocationId"}
    ),
    "aws:ec2/natGateway:NatGateway": Conversion("AWS::EC2::NatGateway", _nat_gateway, {"id": REF}),
    "aws:ec2/securityGroup:SecurityGroup": Conversion(
        "AWS::EC2::SecurityGroup", _security_group, {"id": "GroupId"}
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": NoCounterpart(
        "CloudFormation creates security groups, but cannot adopt the one that EC2 creates with a VPC."
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Conversion(
        "AWS::EC2::SecurityGroupIngress", _ingress, tagged=False
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Conversion(
        "AWS::EC2::SecurityGroupEgress", _egress, tagged=False
    ),
    "aws:ec2/flowLog:FlowLog": Conversion("AWS::EC2::FlowLog", _flow_log),
}
