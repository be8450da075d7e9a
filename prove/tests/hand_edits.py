"""Manual changes, made with the AWS API after the stack was deployed.

Each is a function of a sandbox, with the name of the theorem that must detect it.
"""

import json
from collections.abc import Callable

from prove.tests.sandbox_builder import (
    ACCOUNT,
    DEPLOYER,
    PROFILE,
    PROJECT,
    REGION,
    Sandbox,
    allow,
    document,
    register,
    tcp,
    trust,
)

Edit = Callable[[Sandbox], object]
EVERYBODY = "0.0.0.0/0"


def open_group(box: Sandbox, group: str, *permissions: dict[str, object]) -> None:
    """Add ingress rules to a group."""
    box.ec2.authorize_security_group_ingress(GroupId=box.groups[group], IpPermissions=list(permissions))


def let_out(box: Sandbox, group: str, *permissions: dict[str, object]) -> None:
    """Add egress rules to a group."""
    box.ec2.authorize_security_group_egress(GroupId=box.groups[group], IpPermissions=list(permissions))


def prefix_list_rule(box: Sandbox, cidr: str) -> None:
    """Admit a prefix list with one block to the load balancer."""
    made = box.ec2.create_managed_prefix_list(
        PrefixListName=box.named("friends"), AddressFamily="IPv4", MaxEntries=1, Entries=[{"Cidr": cidr}]
    )["PrefixList"]["PrefixListId"]
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 8443,
        "ToPort": 8443,
        "PrefixListIds": [{"PrefixListId": made}],
    }
    open_group(box, "front-door", permission)


def second_balancer(box: Sandbox) -> None:
    """Add a load balancer without a security group in front of the viewer."""
    made = box.elbv2.create_load_balancer(
        Name=box.named("side-door"),
        Type="network",
        Scheme="internet-facing",
        Subnets=[box.subnets["public-a"]],
    )["LoadBalancers"][0]["LoadBalancerArn"]
    box.elbv2.create_listener(
        LoadBalancerArn=made,
        Protocol="TCP",
        Port=443,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": box.target_groups["environment"]}],
    )
    open_group(box, "environment", tcp(8443, cidr="10.42.0.0/16"))


def control_listener(box: Sandbox) -> None:
    """Add a listener for the control API, with its target group and security group rules."""
    targets = box.elbv2.create_target_group(
        Name=box.named("control"), Protocol="TCP", Port=5000, VpcId=box.vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    box.elbv2.register_targets(TargetGroupArn=targets, Targets=[{"Id": "10.42.128.9", "Port": 5000}])
    box.elbv2.create_listener(
        LoadBalancerArn=box.balancer,
        Protocol="TCP",
        Port=5000,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
    )
    open_group(box, "front-door", tcp(5000, cidr=DEPLOYER))


def service_network(box: Sandbox, name: str, **changes: object) -> None:
    """Change the network configuration of a service."""
    configuration = {
        "subnets": [box.subnets["private-a"], box.subnets["private-b"]],
        "securityGroups": [box.groups[name]],
        "assignPublicIp": "DISABLED",
        **changes,
    }
    box.ecs.update_service(
        cluster=box.cluster,
        service=box.services[name],
        networkConfiguration={"awsvpcConfiguration": configuration},
    )


def task(box: Sandbox, name: str, *, role: str = "", **changes: object) -> None:
    """Deploy another revision of a service's task definition."""
    revision = register(box, name, role=role, **changes)
    box.ecs.update_service(cluster=box.cluster, service=box.services[name], taskDefinition=revision)


def stranger(box: Sandbox) -> None:
    """Add an interface in a private subnet that belongs to no service."""
    box.ec2.create_network_interface(SubnetId=box.subnets["private-a"], Groups=[box.groups["front-door"]])


def public_interface(box: Sandbox) -> None:
    """Add an interface with an Elastic IP address."""
    made = box.ec2.create_network_interface(
        SubnetId=box.subnets["public-a"], Groups=[box.groups["environment"]]
    )["NetworkInterface"]["NetworkInterfaceId"]
    address = box.ec2.allocate_address(Domain="vpc")["AllocationId"]
    box.ec2.associate_address(AllocationId=address, NetworkInterfaceId=made)


def peering(box: Sandbox) -> None:
    """Add a peering connection with another VPC."""
    other = box.ec2.create_vpc(CidrBlock="10.43.0.0/16")["Vpc"]["VpcId"]
    made = box.ec2.create_vpc_peering_connection(VpcId=box.vpc, PeerVpcId=other)["VpcPeeringConnection"]
    box.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made["VpcPeeringConnectionId"])


def domains(box: Sandbox, name: str, *listed: str) -> None:
    """Replace a domain list of the DNS firewall."""
    box.route53resolver.update_firewall_domains(
        FirewallDomainListId=box.domain_lists[name], Operation="REPLACE", Domains=list(listed)
    )


def remove_block(box: Sandbox) -> None:
    """Remove the rule that blocks every other name."""
    box.route53resolver.delete_firewall_rule(
        FirewallRuleGroupId=box.rule_group, FirewallDomainListId=box.domain_lists["every-name"]
    )


def alert_only(box: Sandbox) -> None:
    """Change the last rule into one that only reports."""
    box.route53resolver.update_firewall_rule(
        FirewallRuleGroupId=box.rule_group,
        FirewallDomainListId=box.domain_lists["every-name"],
        Action="ALERT",
    )


def no_firewall(box: Sandbox) -> None:
    """Remove the firewall from the VPC."""
    (found,) = box.route53resolver.list_firewall_rule_group_associations(VpcId=box.vpc)[
        "FirewallRuleGroupAssociations"
    ]
    box.route53resolver.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=found["Id"])


def rights(box: Sandbox, role: str, *statements: dict[str, object]) -> None:
    """Replace the policy of a role."""
    box.iam.put_role_policy(RoleName=box.named(role), PolicyName="more", PolicyDocument=document(*statements))


def managed_policy(box: Sandbox) -> None:
    """Attach a managed policy to the agent's role."""
    policy = document(allow(["bedrock:InvokeModel"], [PROFILE]))
    made = box.iam.create_policy(PolicyName=box.named("shared"), PolicyDocument=policy)["Policy"]["Arn"]
    box.iam.attach_role_policy(RoleName=box.named("agent"), PolicyArn=made)


def trusts(box: Sandbox, role: str, policy: str) -> None:
    """Replace the trust policy of a role."""
    box.iam.update_assume_role_policy(RoleName=box.named(role), PolicyDocument=policy)


def key_policy(box: Sandbox, *statements: dict[str, object]) -> None:
    """Add statements to the key's policy."""
    policy = json.loads(box.kms.get_key_policy(KeyId=box.key, PolicyName="default")["Policy"])
    policy["Statement"] += statements
    box.kms.put_key_policy(KeyId=box.key, PolicyName="default", Policy=json.dumps(policy))


ANYBODY = {"Principal": {"AWS": "*"}}
HIS_MODEL = f"arn:aws:bedrock:{REGION}::foundation-model/other.model-y"
ELSEWHERE = {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}
BUCKET = "arn:aws:s3:::somewhere/*"
NO_CONDITION = document(
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
)
ANOTHER_ACCOUNT = document(
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
)

EDITS: list[tuple[str, str, Edit]] = [
    ("ingress", "IPv4 from everybody", lambda box: open_group(box, "front-door", tcp(8443, cidr=EVERYBODY))),
    ("ingress", "half of IPv4", lambda box: open_group(box, "front-door", tcp(8501, cidr="0.0.0.0/1"))),
    ("ingress", "IPv6 from everybody", lambda box: open_group(box, "front-door", tcp(8443, cidr="::/0"))),
    ("ingress", "a neighbour", lambda box: open_group(box, "front-door", tcp(8443, cidr="203.0.112.0/23"))),
    ("ingress", "a prefix list", lambda box: prefix_list_rule(box, "198.51.100.0/24")),
    ("ingress", "a second load balancer", second_balancer),
    ("doors", "the control API behind a listener", control_listener),
    (
        "deployer",
        "the viewer's rule is missing",
        lambda box: box.ec2.revoke_security_group_ingress(
            GroupId=box.groups["front-door"],
            IpPermissions=[tcp(8443, cidr=DEPLOYER)],
        ),
    ),
    (
        "inside",
        "the control API for the load balancer",
        lambda box: open_group(
            box,
            "environment",
            tcp(5000, group=box.groups["front-door"]),
        ),
    ),
    (
        "inside",
        "the whole VPC to the viewer",
        lambda box: open_group(
            box,
            "environment",
            tcp(8443, cidr="10.42.0.0/16"),
        ),
    ),
    (
        "inside",
        "every port for the agent",
        lambda box: open_group(
            box,
            "environment",
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": box.groups["orchestration"]}]},
        ),
    ),
    ("nothing-else", "a peering connection", peering),
    ("nothing-else", "an unknown interface", stranger),
    (
        "no-public-address",
        "public addresses for tasks",
        lambda box: service_network(
            box,
            "environment",
            assignPublicIp="ENABLED",
        ),
    ),
    (
        "no-public-address",
        "tasks in a public subnet",
        lambda box: service_network(
            box,
            "orchestration",
            subnets=[box.subnets["public-a"]],
        ),
    ),
    (
        "no-public-address",
        "a private subnet with a route to the internet",
        lambda box: box.ec2.replace_route(
            RouteTableId=box.tables["private"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=box.gateway,
        ),
    ),
    ("no-public-address", "an interface with a public address", public_interface),
    (
        "default-group",
        "a rule in the default group",
        lambda box: open_group(box, "default", tcp(22, cidr=DEPLOYER)),
    ),
    ("egress", "DNS to other resolvers", lambda box: let_out(box, "environment", tcp(53, cidr=EVERYBODY))),
    (
        "egress",
        "all outbound traffic",
        lambda box: let_out(
            box,
            "environment",
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": EVERYBODY}]},
        ),
    ),
    (
        "egress",
        "DNS over TLS for the agent",
        lambda box: let_out(box, "orchestration", tcp(853, cidr=EVERYBODY)),
    ),
    ("names", "every name allowed", lambda box: domains(box, "allowed", "*")),
    ("names", "a whole top-level domain allowed", lambda box: domains(box, "allowed", "*.com")),
    ("names", "the last rule blocks one name", lambda box: domains(box, "every-name", "example.org")),
    ("names", "the last rule is missing", remove_block),
    ("names", "the last rule only reports", alert_only),
    ("names", "no firewall", no_firewall),
    (
        "names",
        "names resolve while the firewall is down",
        lambda box: box.route53resolver.update_firewall_config(
            ResourceId=box.vpc,
            FirewallFailOpen="ENABLED",
        ),
    ),
    (
        "desktop-identity",
        "a role for the desktop",
        lambda box: task(box, "environment", role=box.roles["agent"]),
    ),
    (
        "desktop-identity",
        "shells into tasks",
        lambda box: box.ecs.update_service(
            cluster=box.cluster,
            service=box.services["environment"],
            enableExecuteCommand=True,
        ),
    ),
    (
        "agent-rights",
        "another model",
        lambda box: rights(box, "agent", allow(["bedrock:InvokeModel"], [HIS_MODEL])),
    ),
    ("agent-rights", "every model", lambda box: rights(box, "agent", allow(["bedrock:InvokeModel"], ["*"]))),
    ("agent-rights", "all of Bedrock", lambda box: rights(box, "agent", allow(["bedrock:*"], [HIS_MODEL]))),
    (
        "agent-rights",
        "another project",
        lambda box: rights(
            box, "agent", allow(["bedrock:InvokeModel"], [PROJECT.replace("default", "other")])
        ),
    ),
    ("agent-rights", "a bucket", lambda box: rights(box, "agent", allow(["s3:PutObject"], [BUCKET]))),
    (
        "agent-rights",
        "a managed policy",
        managed_policy,
    ),
    (
        "start-rights",
        "every secret",
        lambda box: rights(
            box,
            "start",
            allow(["secretsmanager:GetSecretValue"], [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:*"]),
        ),
    ),
    (
        "start-rights",
        "unrestricted use of the key",
        lambda box: rights(box, "start", allow(["kms:Decrypt"], [box.key])),
    ),
    (
        "start-rights",
        "the key through another region's Secrets Manager",
        lambda box: rights(box, "start", allow(["kms:Decrypt"], [box.key], Condition=ELSEWHERE)),
    ),
    (
        "flow-log-rights",
        "log streams of every group",
        lambda box: rights(box, "flow-logs", allow(["logs:DescribeLogStreams"], ["*"])),
    ),
    (
        "flow-log-rights",
        "reading logs",
        lambda box: rights(box, "flow-logs", allow(["logs:GetLogEvents"], ["*"])),
    ),
    ("role-trust", "another account", lambda box: trusts(box, "agent", ANOTHER_ACCOUNT)),
    ("role-trust", "another service", lambda box: trusts(box, "start", trust("ec2.amazonaws.com"))),
    ("role-trust", "no condition", lambda box: trusts(box, "agent", NO_CONDITION)),
    ("key", "no rotation", lambda box: box.kms.disable_key_rotation(KeyId=box.key)),
    ("key", "everybody", lambda box: key_policy(box, allow(["kms:Decrypt"], ["*"], **ANYBODY))),
    ("key", "disabled", lambda box: box.kms.disable_key(KeyId=box.key.rsplit("/")[-1])),
    (
        "sharing",
        "a shared secret",
        lambda box: box.secretsmanager.put_resource_policy(
            SecretId=box.secret,
            ResourcePolicy=document(allow(["secretsmanager:GetSecretValue"], ["*"], **ANYBODY)),
        ),
    ),
    (
        "sharing",
        "a shared repository",
        lambda box: box.ecr.set_repository_policy(
            repositoryName=box.repository,
            policyText=document({"Effect": "Allow", "Action": "ecr:BatchGetImage", **ANYBODY}),
        ),
    ),
    (
        "images",
        "a tag instead of a digest",
        lambda box: task(
            box,
            "environment",
            image=box.image.split("@")[0] + ":latest",
        ),
    ),
    (
        "images",
        "an image of another registry",
        lambda box: task(box, "environment", image="docker.io/library/debian:12"),
    ),
    (
        "images",
        "no scan",
        lambda box: box.ecr.put_image_scanning_configuration(
            repositoryName=box.repository,
            imageScanningConfiguration={"scanOnPush": False},
        ),
    ),
    (
        "containers",
        "a password in plain text",
        lambda box: task(
            box,
            "environment",
            environment=[{"name": "SUDO_PASSWORD", "value": "hunter2"}],
        ),
    ),
    (
        "containers",
        "a secret without a version",
        lambda box: task(
            box,
            "environment",
            secrets=[{"name": "LOGIN_PASSWORD", "valueFrom": f"{box.secret}:password::"}],
        ),
    ),
    (
        "containers",
        "a secret's stage instead of a version",
        lambda box: task(
            box,
            "environment",
            secrets=[{"name": "LOGIN_PASSWORD", "valueFrom": f"{box.secret}:password:AWSCURRENT:"}],
        ),
    ),
    ("records", "no flow log", lambda box: box.ec2.delete_flow_logs(FlowLogIds=[box.flow_log])),
    (
        "records",
        "no query log",
        lambda box: box.route53resolver.disassociate_resolver_query_log_config(
            ResolverQueryLogConfigId=box.query_log,
            ResourceId=box.vpc,
        ),
    ),
    (
        "records",
        "a log group is missing",
        lambda box: box.logs.delete_log_group(logGroupName=box.log_group("containers")),
    ),
    (
        "log-protection",
        "kept forever",
        lambda box: box.logs.delete_retention_policy(
            logGroupName=box.log_group("dns-queries"),
        ),
    ),
    (
        "log-protection",
        "kept for a year",
        lambda box: box.logs.put_retention_policy(
            logGroupName=box.log_group("flow-logs"),
            retentionInDays=365,
        ),
    ),
]
