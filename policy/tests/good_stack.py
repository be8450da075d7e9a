"""A small stack that keeps every promise, as the engine shows it at preview and after an update.

It is written by hand after the Java program's resources. The mutation test checks the real ones.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine import Stub
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

CONFIG = {
    "deployerIp": "203.0.113.1",
    "bedrockModels": ["us.anthropic.claude-x"],
    "aws:region": "us-west-2",
}
ACCOUNT = "123456789012"
DIGEST = "sha256:" + "0" * 64
LOGIN_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:computer-use-sandbox/dev/login-a1b2c3"
VERSION_ID = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
LOG_OPTIONS = {
    "awslogs-group": "/sandbox/containers",
    "awslogs-region": "us-west-2",
    "awslogs-stream-prefix": "orchestration",
    "mode": "blocking",
}

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
IGW = "aws:ec2/internetGateway:InternetGateway"
NAT = "aws:ec2/natGateway:NatGateway"
EIP = "aws:ec2/eip:Eip"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
RULE_GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
FIREWALL_RULE = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
FIREWALL = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
FIREWALL_CONFIG = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig"
QUERY_LOG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
QUERY_LOG_ASSOCIATION = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
KEY = "aws:kms/key:Key"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
SECRET = "aws:secretsmanager/secret:Secret"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
CLUSTER = "aws:ecs/cluster:Cluster"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"


@dataclass(frozen=True)
class Ref:
    """An output of another resource: unknown at preview, but the engine knows the dependency."""

    type: str
    name: str
    output: str = "id"
    form: str = "{}"


def identity(kind: str, name: str) -> str:
    """A made-up id in the format of AWS's ids."""
    digest = hashlib.sha256(f"{kind}{name}".encode()).hexdigest()[:10]
    return f"sg-{digest}" if kind == GROUP else f"{kind.rsplit(':', 1)[1].lower()}-{digest}"


def arn(kind: str, name: str) -> str:
    """A made-up ARN. That of a KMS key has the correct format."""
    service = "kms" if kind == KEY else kind.split("/", maxsplit=1)[0].split(":")[1]
    resource = "key/" if kind == KEY else f"{kind.rsplit(':', 1)[1].lower()}/"
    return f"arn:aws:{service}:us-west-2:{ACCOUNT}:{resource}{identity(kind, name)}"


def containers(name: str, **changes: object) -> list[dict[str, object]]:
    """The container definitions of one service, with some keys of the container changed."""
    definition: dict[str, object] = {
        "name": name,
        "image": f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/images@{DIGEST}",
        "privileged": False,
        "readonlyRootFilesystem": name != "environment",
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
        "mountPoints": [{"containerPath": "/tmp", "sourceVolume": "tmp", "readOnly": False}],
        "healthCheck": {
            "command": ["CMD", "/usr/local/bin/healthcheck"],
            "interval": 10,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 60,
        },
        "stopTimeout": 15,
        "portMappings": [{"containerPort": 8501, "hostPort": 8501, "protocol": "tcp"}],
        "environment": [{"name": "DISPLAY_WIDTH", "value": "1024"}],
        "secrets": [
            {
                "name": "LOGIN_PASSWORD",
                "valueFrom": f"{LOGIN_ARN}:password::{VERSION_ID}",
            }
        ],
        "logConfiguration": {"logDriver": "awslogs", "options": LOG_OPTIONS},
    }
    return [definition | changes]


def trust(service: str) -> str:
    """A trust policy for one AWS service."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Assume",
                    "Effect": "Allow",
                    "Action": ["sts:AssumeRole"],
                    "Principal": {"Service": service},
                    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                }
            ],
        }
    )


def key_policy() -> str:
    """The policy of the stack's key."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Account",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    "Principal": {"Service": "logs.us-west-2.amazonaws.com"},
                    "Action": ["kms:Encrypt", "kms:Decrypt"],
                    "Resource": "*",
                    "Condition": {
                        "ArnLike": {
                            "kms:EncryptionContext:aws:logs:arn": (
                                f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/sandbox/*"
                            )
                        }
                    },
                },
            ],
        }
    )


def _resources() -> Iterator[tuple[str, str, dict[str, object]]]:
    vpc = Ref(VPC, "sandbox")
    key = Ref(KEY, "sandbox", "arn")
    yield KEY, "sandbox", {"enableKeyRotation": True, "policy": key_policy()}
    yield VPC, "sandbox", {"cidrBlock": "10.42.0.0/16", "ipv6CidrBlock": "2001:db8:42::/56"}
    yield DEFAULT_GROUP, "default", {"vpcId": vpc, "ingress": [], "egress": []}
    yield IGW, "sandbox", {"vpcId": vpc}
    yield TABLE, "public", {"vpcId": vpc}
    yield TABLE, "private", {"vpcId": vpc}
    for index, zone in enumerate("ab"):
        for kind, offset in (("public", 0), ("private", 2)):
            block: dict[str, object] = {
                "vpcId": vpc,
                "cidrBlock": f"10.42.{64 * (index + offset)}.0/18",
                "availabilityZone": f"us-west-2{zone}",
                "mapPublicIpOnLaunch": False,
            }
            if kind == "public":
                block["ipv6CidrBlock"] = f"2001:db8:42:{index}::/64"
            yield SUBNET, f"{kind}-{index}", block
            association: dict[str, object] = {
                "subnetId": Ref(SUBNET, f"{kind}-{index}"),
                "routeTableId": Ref(TABLE, kind),
            }
            yield TABLE_ASSOCIATION, f"{kind}-{index}", association
    yield EIP, "nat", {"domain": "vpc"}
    yield NAT, "nat", {"subnetId": Ref(SUBNET, "public-0"), "allocationId": Ref(EIP, "nat")}
    for name, destination, target in (
        ("public", {"destinationCidrBlock": "0.0.0.0/0"}, {"gatewayId": Ref(IGW, "sandbox")}),
        ("private", {"destinationCidrBlock": "0.0.0.0/0"}, {"natGatewayId": Ref(NAT, "nat")}),
    ):
        yield ROUTE, name, {"routeTableId": Ref(TABLE, name), **destination, **target}
    for name in ("containers", "flow-logs", "dns-queries"):
        yield LOG_GROUP, name, {"kmsKeyId": key, "retentionInDays": 30}
    yield (
        FLOW_LOG,
        "sandbox",
        {
            "vpcId": vpc,
            "trafficType": "ALL",
            "logDestination": Ref(LOG_GROUP, "flow-logs", "arn"),
        },
    )
    yield from _firewall(vpc)
    yield from _doors(vpc)
    yield (
        REPOSITORY,
        "images",
        {
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": key}],
            "imageTagMutability": "MUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
        },
    )
    yield LIFECYCLE, "images", {"repository": Ref(REPOSITORY, "images", "name"), "policy": "{}"}
    yield SECRET, "login", {"kmsKeyId": key, "namePrefix": "computer-use-sandbox/dev/login-"}
    yield CLUSTER, "sandbox", {"settings": [{"name": "containerInsights", "value": "enhanced"}]}
    yield from _services()


def _firewall(vpc: Ref) -> Iterator[tuple[str, str, dict[str, object]]]:
    group = Ref(RULE_GROUP, "dns")
    yield RULE_GROUP, "dns", {}
    for name, domains, priority, action in (
        ("task-names", ["logs.us-west-2.amazonaws.com."], 100, {"action": "ALLOW"}),
        ("allowed", ["example.com.", "*.example.com."], 200, {"action": "ALLOW"}),
        ("every-name", ["*."], 1000, {"action": "BLOCK", "blockResponse": "NODATA"}),
    ):
        yield DOMAINS, name, {"domains": domains}
        rule = {
            "firewallRuleGroupId": group,
            "firewallDomainListId": Ref(DOMAINS, name),
            "priority": priority,
        }
        yield FIREWALL_RULE, name, rule | action
    yield FIREWALL, "dns", {"firewallRuleGroupId": group, "vpcId": vpc, "priority": 1000}
    yield FIREWALL_CONFIG, "dns", {"resourceId": vpc, "firewallFailOpen": "DISABLED"}
    yield QUERY_LOG, "dns", {"destinationArn": Ref(LOG_GROUP, "dns-queries", "arn")}
    yield QUERY_LOG_ASSOCIATION, "dns", {"resolverQueryLogConfigId": Ref(QUERY_LOG, "dns"), "resourceId": vpc}


def _doors(vpc: Ref) -> Iterator[tuple[str, str, dict[str, object]]]:
    for name in ("front-door", "environment", "orchestration"):
        yield GROUP, name, {"vpcId": vpc}
    for name, group, port, source in (
        ("deployer-to-console", "front-door", 8501, {"cidrIpv4": "203.0.113.1/32"}),
        ("deployer-to-viewer", "front-door", 8443, {"cidrIpv4": "203.0.113.1/32"}),
        ("door-to-console", "orchestration", 8501, {"referencedSecurityGroupId": Ref(GROUP, "front-door")}),
        ("door-to-viewer", "environment", 8443, {"referencedSecurityGroupId": Ref(GROUP, "front-door")}),
        ("agent-to-control", "environment", 5000, {"referencedSecurityGroupId": Ref(GROUP, "orchestration")}),
    ):
        ports = {"ipProtocol": "tcp", "fromPort": port, "toPort": port}
        yield INGRESS, name, {"securityGroupId": Ref(GROUP, group), **ports, **source}
    yield (
        EGRESS,
        "web",
        {
            "securityGroupId": Ref(GROUP, "environment"),
            "cidrIpv4": "0.0.0.0/0",
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
        },
    )
    yield (
        BALANCER,
        "front-door",
        {
            "loadBalancerType": "network",
            "subnets": [Ref(SUBNET, "public-0"), Ref(SUBNET, "public-1")],
            "securityGroups": [Ref(GROUP, "front-door")],
        },
    )
    for name, port in (("console", 8501), ("viewer", 8443)):
        yield TARGETS, name, {"vpcId": vpc, "port": port, "protocol": "TCP", "targetType": "ip"}
        yield (
            LISTENER,
            name,
            {"loadBalancerArn": Ref(BALANCER, "front-door", "arn"), "port": port, "protocol": "TCP"},
        )


def _services() -> Iterator[tuple[str, str, dict[str, object]]]:
    yield (
        ROLE,
        "orchestration",
        {
            "assumeRolePolicy": trust("ecs-tasks.amazonaws.com"),
            "maxSessionDuration": 3600,
            "path": "/computer-use-sandbox/dev/",
        },
    )
    profile = f"arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/us.anthropic.claude-x"
    statement = {"Effect": "Allow", "Action": ["bedrock:InvokeModel"], "Resource": [profile]}
    yield (
        ROLE_POLICY,
        "orchestration",
        {
            "role": Ref(ROLE, "orchestration", "name"),
            "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        },
    )
    for name in ("environment", "orchestration"):
        task: dict[str, object] = {
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "2048",
            "memory": "4096",
            "containerDefinitions": json.dumps(containers(name)),
            "volumes": [{"name": "tmp"}],
        }
        if name == "orchestration":
            task["taskRoleArn"] = Ref(ROLE, name, "arn")
        yield TASK, name, task
        yield (
            SERVICE,
            name,
            {
                "cluster": Ref(CLUSTER, "sandbox", "arn"),
                "taskDefinition": Ref(TASK, name, "arn"),
                "networkConfiguration": {
                    "subnets": [Ref(SUBNET, "private-0"), Ref(SUBNET, "private-1")],
                    "securityGroups": [Ref(GROUP, name)],
                    "assignPublicIp": False,
                },
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            },
        )


def good_stack(*, preview: bool, ids: bool = True) -> list[Stub]:
    """Every resource of the stack with its inputs and outputs; ids and ARNs are unknown at preview.

    With `ids=False` the stack looks as if the provider omitted ids and the ARNs of NAT gateways.
    """
    stubs = []
    for kind, name, properties in _resources():
        stub = Stub(kind, name, {})
        for key, value in properties.items():
            refs: list[Ref] = []
            stub.properties[key] = _resolve(value, refs, preview)
            if refs:
                stub.ties[key] = [Stub(ref.type, ref.name, {}).urn for ref in refs]
        outputs = ["id", "arn", "name"] if ids else [] if kind == NAT else ["arn", "name"]
        for output in outputs:
            stub.properties.setdefault(
                output, UNKNOWN_STRING_VALUE if preview else output_of(kind, name, output)
            )
        stubs.append(stub)
    return stubs


def output_of(kind: str, name: str, output: str) -> str:
    """The value of a resource's output after the update."""
    return arn(kind, name) if output == "arn" else identity(kind, name)


def _resolve(value: object, refs: list[Ref], preview: bool) -> object:
    if isinstance(value, Ref):
        refs.append(value)
        return UNKNOWN_STRING_VALUE if preview else output_of(value.type, value.name, value.output)
    if isinstance(value, dict):
        return {key: _resolve(element, refs, preview) for key, element in value.items()}
    if isinstance(value, list):
        return [_resolve(element, refs, preview) for element in value]
    return value


Change = Callable[[list[Stub]], None]


def find(stubs: list[Stub], kind: str, name: str) -> Stub:
    """The resource of this type and name."""
    return next(stub for stub in stubs if (stub.type, stub.name) == (kind, name))


def without(kind: str, name: str) -> Change:
    """The stack without one resource."""
    return lambda stubs: stubs.remove(find(stubs, kind, name))


def with_value(kind: str, name: str, key: str, value: object) -> Change:
    """The stack with one property set to another literal value."""

    def change(stubs: list[Stub]) -> None:
        stub = find(stubs, kind, name)
        stub.properties[key] = value
        stub.ties.pop(key, None)

    return change


def with_link(kind: str, name: str, key: str, *targets: tuple[str, str], wrap: bool = False) -> Change:
    """The stack with one property that depends on other resources; `wrap` makes it a list."""

    def change(stubs: list[Stub]) -> None:
        stub = find(stubs, kind, name)
        preview = find(stubs, VPC, "sandbox").properties["arn"] == UNKNOWN_STRING_VALUE
        values = [UNKNOWN_STRING_VALUE if preview else output_of(*target, "id") for target in targets]
        stub.properties[key] = values if wrap else values[0]
        stub.ties[key] = [Stub(*target, {}).urn for target in targets]

    return change


def with_resource(kind: str, name: str, **properties: object) -> Change:
    """The stack with one more resource, all of whose values are literals."""
    return lambda stubs: stubs.append(Stub(kind, name, dict(properties)))
