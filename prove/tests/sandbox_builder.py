"""Builds a sandbox that keeps every promise, with plain calls of the AWS API and without Pulumi."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-west-2"
ACCOUNT = "123456789012"
DEPLOYER = "203.0.113.0/24"
PROFILE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/us.anthropic.claude-x"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-x"
PROJECT = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:project/default"
NAMES = "computer-use-sandbox/prove"
"""The prefix of the roles' paths and the secrets' names."""

LOG_GROUPS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:"

_numbers = itertools.count(1)


def connect(url: str, service: str) -> Any:
    """A client of the emulator."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 0}),
    )


def document(*statements: dict[str, object]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: list[str], resources: list[str], **more: object) -> dict[str, object]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


@dataclass
class Sandbox:
    """The ids of the resources that were built, and clients to change them."""

    url: str
    number: int
    clients: dict[str, Any]
    vpc: str = ""
    cluster: str = ""
    subnets: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    gateway: str = ""
    balancer: str = ""
    target_groups: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    key: str = ""
    secret: str = ""
    version: str = ""
    repository: str = ""
    image: str = ""
    flow_log: str = ""
    rule_group: str = ""
    domain_lists: dict[str, str] = field(default_factory=dict)
    query_log: str = ""

    def __getattr__(self, service: str) -> Any:
        if service.startswith("_"):
            raise AttributeError(service)
        clients = self.__dict__["clients"]
        if service not in clients:
            clients[service] = connect(self.url, service)
        return clients[service]

    def named(self, name: str) -> str:
        """The name with the sandbox's number appended, which makes it unique in the emulator."""
        return f"{name}-{self.number}"

    def log_group(self, name: str) -> str:
        """The name of one of the log groups."""
        return f"/sandbox/{self.number}/{name}"


def build(url: str, clients: dict[str, Any]) -> Sandbox:
    """Build a whole sandbox. `clients` are reused from one sandbox to the next."""
    box = Sandbox(url, next(_numbers), clients)
    _network(box)
    _groups(box)
    _key_and_logs(box)
    _resolver(box)
    _front_door(box)
    _identities(box)
    _services(box)
    return box


def _network(box: Sandbox) -> None:
    ec2 = box.ec2
    vpc = ec2.create_vpc(CidrBlock="10.42.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    box.vpc = vpc["VpcId"]
    described = ec2.describe_vpcs(VpcIds=[box.vpc])["Vpcs"][0]
    ipv6 = described["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].removesuffix("00::/56")
    box.gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=box.gateway, VpcId=box.vpc)
    box.subnets, box.tables = {}, {}
    for kind in ("public", "private"):
        box.tables[kind] = ec2.create_route_table(VpcId=box.vpc)["RouteTable"]["RouteTableId"]
    for index, (kind, zone) in enumerate(itertools.product(("public", "private"), "ab")):
        name = f"{kind}-{zone}"
        more = {"Ipv6CidrBlock": f"{ipv6}0{index}::/64"} if kind == "public" else {}
        subnet = ec2.create_subnet(
            VpcId=box.vpc, CidrBlock=f"10.42.{64 * index}.0/18", AvailabilityZone=f"{REGION}{zone}", **more
        )
        box.subnets[name] = subnet["Subnet"]["SubnetId"]
        ec2.associate_route_table(RouteTableId=box.tables[kind], SubnetId=box.subnets[name])
    ec2.create_route(
        RouteTableId=box.tables["public"], DestinationCidrBlock="0.0.0.0/0", GatewayId=box.gateway
    )
    ec2.create_route(
        RouteTableId=box.tables["public"], DestinationIpv6CidrBlock="::/0", GatewayId=box.gateway
    )
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=box.subnets["public-a"], AllocationId=address)["NatGateway"]
    ec2.create_route(
        RouteTableId=box.tables["private"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"]
    )


def tcp(port: int, *, cidr: str | None = None, group: str | None = None) -> dict[str, object]:
    """A security group permission for one TCP port and one source or target."""
    permission: dict[str, object] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    if group:
        permission["UserIdGroupPairs"] = [{"GroupId": group}]
    elif cidr and ":" in cidr:
        permission["Ipv6Ranges"] = [{"CidrIpv6": cidr}]
    else:
        permission["IpRanges"] = [{"CidrIp": cidr}]
    return permission


def _groups(box: Sandbox) -> None:
    ec2 = box.ec2
    default = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [box.vpc]}])[
        "SecurityGroups"
    ]
    box.groups = {"default": default[0]["GroupId"]}
    for name in ("front-door", "environment", "orchestration"):
        made = ec2.create_security_group(GroupName=box.named(name), Description=name, VpcId=box.vpc)
        box.groups[name] = made["GroupId"]
    for group in ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [box.vpc]}])[
        "SecurityGroups"
    ]:
        for direction in ("IpPermissions", "IpPermissionsEgress"):
            if group[direction]:
                revoke = ec2.revoke_security_group_ingress
                if direction == "IpPermissionsEgress":
                    revoke = ec2.revoke_security_group_egress
                revoke(GroupId=group["GroupId"], IpPermissions=group[direction])
    door, desktop, agent = (box.groups[name] for name in ("front-door", "environment", "orchestration"))
    for group, permission in (
        (door, tcp(8501, cidr=DEPLOYER)),
        (door, tcp(8443, cidr=DEPLOYER)),
        (agent, tcp(8501, group=door)),
        (desktop, tcp(8443, group=door)),
        (desktop, tcp(5000, group=agent)),
    ):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    for group, permission in (
        (door, tcp(8501, group=agent)),
        (door, tcp(8443, group=desktop)),
        (agent, tcp(5000, group=desktop)),
        (agent, tcp(443, cidr="0.0.0.0/0")),
        (desktop, tcp(443, cidr="0.0.0.0/0")),
        (desktop, tcp(80, cidr="0.0.0.0/0")),
    ):
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission])


def _key_and_logs(box: Sandbox) -> None:
    policy = document(
        allow(["kms:*"], ["*"], Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        allow(
            ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
            ["*"],
            Principal={"Service": f"logs.{REGION}.amazonaws.com"},
            Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{LOG_GROUPS}/sandbox/*"}},
        ),
    )
    box.key = box.kms.create_key(Policy=policy)["KeyMetadata"]["Arn"]
    box.kms.enable_key_rotation(KeyId=box.key)
    for name in ("containers", "flow-logs", "dns-queries"):
        group = box.log_group(name)
        box.logs.create_log_group(logGroupName=group, kmsKeyId=box.key)
        box.logs.put_retention_policy(logGroupName=group, retentionInDays=30)


def _resolver(box: Sandbox) -> None:
    resolver = box.route53resolver
    box.rule_group = resolver.create_firewall_rule_group(
        CreatorRequestId=box.named("group"), Name=box.named("dns")
    )["FirewallRuleGroup"]["Id"]
    box.domain_lists = {}
    for name, domains, priority, action in (
        ("task-names", ["logs.us-west-2.amazonaws.com"], 100, {"Action": "ALLOW"}),
        ("allowed", ["example.com", "*.example.com"], 200, {"Action": "ALLOW"}),
        ("every-name", ["*"], 1000, {"Action": "BLOCK", "BlockResponse": "NODATA"}),
    ):
        made = resolver.create_firewall_domain_list(CreatorRequestId=box.named(name), Name=box.named(name))
        box.domain_lists[name] = made["FirewallDomainList"]["Id"]
        resolver.update_firewall_domains(
            FirewallDomainListId=box.domain_lists[name], Operation="REPLACE", Domains=domains
        )
        resolver.create_firewall_rule(
            CreatorRequestId=box.named(f"rule-{name}"),
            FirewallRuleGroupId=box.rule_group,
            FirewallDomainListId=box.domain_lists[name],
            Priority=priority,
            Name=name,
            **action,
        )
    resolver.associate_firewall_rule_group(
        CreatorRequestId=box.named("association"),
        FirewallRuleGroupId=box.rule_group,
        VpcId=box.vpc,
        Priority=1000,
        Name=box.named("dns"),
    )
    resolver.update_firewall_config(ResourceId=box.vpc, FirewallFailOpen="DISABLED")
    box.query_log = resolver.create_resolver_query_log_config(
        Name=box.named("dns"),
        DestinationArn=f"{LOG_GROUPS}{box.log_group('dns-queries')}",
        CreatorRequestId=box.named("query-log"),
    )["ResolverQueryLogConfig"]["Id"]
    resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=box.query_log, ResourceId=box.vpc)


def _front_door(box: Sandbox) -> None:
    elb = box.elbv2
    box.balancer = elb.create_load_balancer(
        Name=box.named("front-door"),
        Type="network",
        Scheme="internet-facing",
        IpAddressType="dualstack",
        Subnets=[box.subnets["public-a"], box.subnets["public-b"]],
        SecurityGroups=[box.groups["front-door"]],
    )["LoadBalancers"][0]["LoadBalancerArn"]
    box.target_groups = {}
    for name, port in (("orchestration", 8501), ("environment", 8443)):
        targets = elb.create_target_group(
            Name=box.named(name), Protocol="TCP", Port=port, VpcId=box.vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        box.target_groups[name] = targets
        elb.create_listener(
            LoadBalancerArn=box.balancer,
            Protocol="TCP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
        )


def trust(service: str) -> str:
    """A trust policy for a service that acts for this account."""
    return document(
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Principal": {"Service": service},
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    )


def _identities(box: Sandbox) -> None:
    repository = box.ecr.create_repository(
        repositoryName=box.named("images"),
        imageTagMutability="MUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": box.key},
    )["repository"]
    box.repository = repository["repositoryName"]
    box.image = f"{repository['repositoryUri']}@sha256:{'0' * 64}"
    secret = box.secretsmanager.create_secret(
        Name=f"{NAMES}/{box.named('login')}",
        SecretString=json.dumps({"password": "correct horse"}),
        KmsKeyId=box.key,
    )
    box.secret, box.version = secret["ARN"], secret["VersionId"]
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    write = ["logs:CreateLogStream", "logs:PutLogEvents"]
    start = document(
        allow(["ecr:GetAuthorizationToken"], ["*"]),
        allow(pull, [repository["repositoryArn"]]),
        allow(write, [f"{LOG_GROUPS}{box.log_group('containers')}:*"]),
        allow(["secretsmanager:GetSecretValue"], [box.secret]),
        allow(
            ["kms:Decrypt"],
            [box.key],
            Condition={"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}},
        ),
    )
    invoke = document(
        allow(["bedrock:InvokeModel"], [PROFILE, PROJECT]),
        allow(
            ["bedrock:InvokeModel"],
            [MODEL],
            Condition={"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}},
        ),
    )
    flow_logs = f"{LOG_GROUPS}{box.log_group('flow-logs')}"
    flow = document(
        allow([*write, "logs:DescribeLogStreams"], [flow_logs, f"{flow_logs}:*"]),
        allow(["logs:DescribeLogGroups"], ["*"]),
    )
    box.roles = {}
    for name, service, policy in (
        ("start", "ecs-tasks.amazonaws.com", start),
        ("agent", "ecs-tasks.amazonaws.com", invoke),
        ("flow-logs", "vpc-flow-logs.amazonaws.com", flow),
    ):
        role = box.iam.create_role(
            RoleName=box.named(name), Path=f"/{NAMES}/", AssumeRolePolicyDocument=trust(service)
        )
        box.iam.put_role_policy(RoleName=box.named(name), PolicyName="rights", PolicyDocument=policy)
        box.roles[name] = role["Role"]["Arn"]
    box.flow_log = box.ec2.create_flow_logs(
        ResourceIds=[box.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogGroupName=box.log_group("flow-logs"),
        DeliverLogsPermissionArn=box.roles["flow-logs"],
    )["FlowLogIds"][0]


def container(box: Sandbox, name: str, port: int, **changes: object) -> dict[str, object]:
    """A container definition with some keys changed."""
    options = {
        "awslogs-group": box.log_group("containers"),
        "awslogs-region": REGION,
        "awslogs-stream-prefix": name,
        "mode": "blocking",
    }
    return {
        "name": name,
        "image": box.image,
        "essential": True,
        "portMappings": [{"containerPort": port, "protocol": "tcp"}],
        "environment": [{"name": "DISPLAY_WIDTH", "value": "1024"}],
        "secrets": [{"name": "LOGIN_PASSWORD", "valueFrom": f"{box.secret}:password::{box.version}"}],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
        **changes,
    }


def register(box: Sandbox, name: str, *, role: str = "", **changes: object) -> str:
    """Register a revision of a service's task definition and return its ARN."""
    port = 8501 if name == "orchestration" else 8443
    more = {"taskRoleArn": role} if role else {}
    answer = box.ecs.register_task_definition(
        family=box.named(name),
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="2048",
        memory="4096",
        executionRoleArn=box.roles["start"],
        containerDefinitions=[container(box, name, port, **changes)],
        **more,
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def _services(box: Sandbox) -> None:
    box.cluster = box.named("sandbox")
    box.ecs.create_cluster(clusterName=box.cluster)
    box.services = {}
    for name, port in (("environment", 8443), ("orchestration", 8501)):
        task = register(box, name, role=box.roles["agent"] if name == "orchestration" else "")
        box.ecs.create_service(
            cluster=box.cluster,
            serviceName=box.named(name),
            taskDefinition=task,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": [box.subnets["private-a"], box.subnets["private-b"]],
                    "securityGroups": [box.groups[name]],
                    "assignPublicIp": "DISABLED",
                }
            },
            loadBalancers=[
                {"targetGroupArn": box.target_groups[name], "containerName": name, "containerPort": port}
            ],
        )
        box.services[name] = box.named(name)
