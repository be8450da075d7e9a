"""The mutants: small changes to a resource of the Java program, each of which breaks one promise.

A mutant changes the recorded inputs of one resource (recorded after the provider's check), the same
properties of its outputs, and the dependencies of the values; or it removes a resource, or adds one. Where
somebody could make the same change by hand in the account, `by_hand` names the corresponding edit in the
proof's tests.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mutation.recording import Recording, Shown

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The engine's marker for a string that a preview does not know."""

Patch = Callable[[Shown, list[Shown]], None]
"""Changes a resource. The second argument is the whole recorded stack, as a source of values."""


@dataclass(frozen=True)
class Mutant:
    """A change that breaks one promise. `target` is the label of the resource to change, remove or copy."""

    promise: str
    name: str
    target: str
    patch: Patch | None
    by_hand: str = ""
    adds: bool = False

    def apply(self, recording: Recording) -> tuple[list[Shown], list[Shown]]:
        """Return the inputs that differ from the original's, and all outputs of the mutated program."""
        inputs = [shown for shown in recording.inputs if shown.label == self.target]
        outputs = [shown for shown in recording.outputs if shown.label == self.target]
        assert len(inputs) == len(outputs) == 1, f"the stack has no {self.target}"
        if self.patch is None:
            return [], [shown for shown in recording.outputs if shown.label != self.target]
        changed = copy.deepcopy(inputs[0])
        result = copy.deepcopy(outputs[0])
        if self.adds:
            for shown in (changed, result):
                shown.name += "-more"
                shown.urn += "-more"
        self.patch(changed, recording.outputs)
        self.patch(result, recording.outputs)
        kept = [shown for shown in recording.outputs if self.adds or shown.label != self.target]
        return [changed], [*kept, result]


def put(**values: Any) -> Patch:
    """Set properties to literal values."""

    def patch(shown: Shown, _: list[Shown]) -> None:
        for key, value in values.items():
            shown.properties[key] = value
            shown.ties.pop(key, None)

    return patch


def drop(*keys: str) -> Patch:
    """Remove properties."""

    def patch(shown: Shown, _: list[Shown]) -> None:
        for key in keys:
            shown.properties.pop(key, None)
            shown.ties.pop(key, None)

    return patch


def take(key: str, other: str, other_key: str) -> Patch:
    """Set a property to a value of another resource of the stack, with the dependency on that resource."""

    def patch(shown: Shown, stack: list[Shown]) -> None:
        (source,) = [one for one in stack if one.label == other]
        shown.properties[key] = source.properties[other_key]
        shown.ties[key] = list(source.ties.get(other_key, []))

    return patch


def both(*patches: Patch) -> Patch:
    """Apply several patches in order."""

    def patch(shown: Shown, stack: list[Shown]) -> None:
        for one in patches:
            one(shown, stack)

    return patch


def into(key: str, **values: Any) -> Patch:
    """Change keys inside an object, or inside the first element of a list of objects."""

    def patch(shown: Shown, _: list[Shown]) -> None:
        inner = shown.properties[key]
        (inner[0] if isinstance(inner, list) else inner).update(values)

    return patch


def in_json(key: str, change: Callable[[Any], None]) -> Patch:
    """Change a property that is a JSON string. An unknown string stays unknown, as in the real program."""

    def patch(shown: Shown, _: list[Shown]) -> None:
        if shown.properties[key] != UNKNOWN:
            document = json.loads(shown.properties[key])
            change(document)
            shown.properties[key] = json.dumps(document)

    return patch


def container(**values: Any) -> Patch:
    """Change keys of the first container."""
    return in_json("containerDefinitions", lambda containers: containers[0].update(values))


def statement(**values: Any) -> Patch:
    """Change elements of the first statement of a policy."""
    return in_json("policy", lambda document: document["Statement"][0].update(values))


def another_type(kind: str, **inputs: Any) -> Patch:
    """Turn it into a resource of another type."""

    def patch(shown: Shown, _: list[Shown]) -> None:
        shown.type, shown.properties, shown.ties = kind, dict(inputs), {}

    return patch


def without_version(containers: Any) -> None:
    """Remove the version from the first secret that a container reads."""
    secret = containers[0]["secrets"][0]
    secret["valueFrom"] = secret["valueFrom"].rpartition(":")[0] + ":"


def without_mode(containers: Any) -> None:
    """Remove the delivery mode of log lines, so that the account's setting decides."""
    del containers[0]["logConfiguration"]["options"]["mode"]


def compare_arns_as_text(document: Any) -> None:
    """Compare the source's ARN with a pattern literally, so that `*` is not a wildcard."""
    conditions = document["Statement"][0]["Condition"]
    conditions["StringEquals"] = conditions.pop("ArnLike")


VIEWER = "vpc.SecurityGroupIngressRule deployer-to-viewer-ipv4"
CONSOLE = "vpc.SecurityGroupIngressRule deployer-to-console-ipv4"
TO_VIEWER = "vpc.SecurityGroupIngressRule front-door-to-viewer"
CONTROL = "vpc.SecurityGroupIngressRule orchestration-to-control-api"
HTTPS = "vpc.SecurityGroupEgressRule environment-to-https"
LAST_RULE = "route53.ResolverFirewallRule block-the-rest"
FIREWALL = "route53.ResolverFirewallRuleGroupAssociation dns-firewall"
SSH = [{"containerPort": 22, "hostPort": 22, "protocol": "tcp"}]
EVERYBODY = {"Principal": {"AWS": "*"}}

MUTANTS = (
    Mutant(
        "ingress",
        "a prefix list is admitted",
        VIEWER,
        both(drop("cidrIpv4"), put(prefixListId="pl-0123456789abcdef0")),
        "a prefix list",
    ),
    Mutant(
        "ingress", "a neighbouring range is admitted", VIEWER, put(cidrIpv4="203.0.112.0/23"), "a neighbour"
    ),
    Mutant(
        "ingress", "the console is open to half of IPv4", CONSOLE, put(cidrIpv4="0.0.0.0/1"), "half of IPv4"
    ),
    Mutant("ingress", "the viewer is open to IPv4", VIEWER, put(cidrIpv4="0.0.0.0/0"), "IPv4 from everybody"),
    Mutant(
        "ingress",
        "the viewer is open to IPv6",
        VIEWER,
        both(drop("cidrIpv4"), put(cidrIpv6="::/0")),
        "IPv6 from everybody",
    ),
    Mutant("ingress", "the source is unknown at preview", VIEWER, put(cidrIpv4=UNKNOWN)),
    Mutant(
        "ingress",
        "a rule inside the group is open",
        "ec2.SecurityGroup front-door",
        put(ingress=[{"protocol": "tcp", "fromPort": 8443, "toPort": 8443, "cidrBlocks": ["0.0.0.0/0"]}]),
    ),
    Mutant(
        "ingress",
        "the deployer reaches the desktop directly",
        VIEWER,
        take("securityGroupId", TO_VIEWER, "securityGroupId"),
    ),
    Mutant(
        "ingress",
        "the whole VPC reaches the desktop",
        TO_VIEWER,
        both(drop("referencedSecurityGroupId"), put(cidrIpv4="10.42.0.0/16")),
        "the whole VPC to the viewer",
    ),
    Mutant(
        "ingress", "the load balancer's group opens the control port", VIEWER, put(fromPort=5000, toPort=5000)
    ),
    Mutant("ingress", "every port is open to the deployer", VIEWER, put(fromPort=0, toPort=65535)),
    Mutant(
        "ingress",
        "every protocol is open to the agent",
        CONTROL,
        both(drop("fromPort", "toPort"), put(ipProtocol="-1")),
        "every port for the agent",
    ),
    Mutant(
        "ingress",
        "the load balancer reaches the control API",
        CONTROL,
        take("referencedSecurityGroupId", TO_VIEWER, "referencedSecurityGroupId"),
        "the control API for the load balancer",
    ),
    Mutant(
        "ingress",
        "the default group admits its members",
        "ec2.DefaultSecurityGroup default",
        put(ingress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}]),
        "a rule in the default group",
    ),
    Mutant("ingress", "the default group is left alone", "ec2.DefaultSecurityGroup default", None),
    Mutant(
        "ingress",
        "the load balancer has no group",
        "lb.LoadBalancer computer-use-sandbox",
        put(securityGroups=[]),
    ),
    Mutant(
        "ingress",
        "a listener for the control API",
        "lb.Listener viewer",
        put(port=5000),
        "the control API behind a listener",
    ),
    Mutant(
        "ingress", "the load balancer forwards to the control API", "lb.TargetGroup viewer", put(port=5000)
    ),
    Mutant("logs", "a log group without a key", "cloudwatch.LogGroup containers", drop("kmsKeyId")),
    Mutant(
        "logs",
        "kept for a year",
        "cloudwatch.LogGroup flow-logs",
        put(retentionInDays=365),
        "kept for a year",
    ),
    Mutant(
        "logs", "kept forever", "cloudwatch.LogGroup dns-queries", drop("retentionInDays"), "kept forever"
    ),
    Mutant(
        "VPC",
        "tasks get public addresses",
        "ecs.Service environment",
        into("networkConfiguration", assignPublicIp=True),
        "public addresses for tasks",
    ),
    Mutant(
        "VPC",
        "private subnets are reached from the internet",
        "ec2.Route private-0",
        both(drop("natGatewayId"), take("gatewayId", "ec2.Route public", "gatewayId")),
        "a private subnet with a route to the internet",
    ),
    Mutant("VPC", "subnets assign public addresses", "ec2.Subnet private-0", put(mapPublicIpOnLaunch=True)),
    Mutant("VPC", "a subnet in another VPC", "ec2.Subnet private-1", put(vpcId="vpc-0123456789")),
    Mutant(
        "VPC", "a subnet in a Local Zone", "ec2.Subnet private-1", put(availabilityZone="us-west-2-lax-1a")
    ),
    Mutant(
        "VPC",
        "a route to a NAT gateway that does not exist",
        "ec2.Route private-0",
        put(natGatewayId="nat-0123456789"),
    ),
    Mutant("VPC", "a subnet of another region", "ec2.Subnet private-1", put(availabilityZone="eu-west-1b")),
    Mutant(
        "VPC",
        "a peering connection",
        "ec2.InternetGateway sandbox",
        another_type("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", peerVpcId="vpc-0123456789"),
        "a peering connection",
        adds=True,
    ),
    Mutant("VPC", "flow logs of accepted traffic only", "ec2.FlowLog flow-logs", put(trafficType="ACCEPT")),
    Mutant("VPC", "no flow log", "ec2.FlowLog flow-logs", None, "no flow log"),
    Mutant(
        "egress", "other resolvers can be asked", HTTPS, put(fromPort=53, toPort=53), "DNS to other resolvers"
    ),
    Mutant(
        "egress",
        "all outbound traffic is allowed",
        HTTPS,
        both(drop("fromPort", "toPort"), put(ipProtocol="-1")),
        "all outbound traffic",
    ),
    Mutant("DNS", "the last rule is missing", LAST_RULE, None),
    Mutant("DNS", "the last rule allows", LAST_RULE, put(action="ALLOW")),
    Mutant("DNS", "the last rule comes first", LAST_RULE, put(priority=50)),
    Mutant("DNS", "the last rule blocks one type of query", LAST_RULE, put(qType="A")),
    Mutant(
        "DNS",
        "every name is allowed",
        "route53.ResolverFirewallDomainList allowed-domains",
        put(domains=["*."]),
        "every name allowed",
    ),
    Mutant(
        "DNS",
        "a name without its final dot",
        "route53.ResolverFirewallDomainList allowed-domains",
        put(domains=["example.com"]),
    ),
    Mutant(
        "DNS",
        "names resolve while the firewall is down",
        "route53.ResolverFirewallConfig dns-firewall",
        put(firewallFailOpen="ENABLED"),
        "names resolve while the firewall is down",
    ),
    Mutant("DNS", "no setting for a failing firewall", "route53.ResolverFirewallConfig dns-firewall", None),
    Mutant(
        "DNS", "no firewall", "route53.ResolverFirewallRuleGroupAssociation dns-firewall", None, "no firewall"
    ),
    Mutant(
        "DNS", "no query log", "route53.ResolverQueryLogConfigAssociation dns-firewall", None, "no query log"
    ),
    Mutant("KMS", "no rotation", "kms.Key sandbox", put(enableKeyRotation=False), "no rotation"),
    Mutant("KMS", "everybody may decrypt", "kms.Key sandbox", statement(**EVERYBODY), "everybody"),
    Mutant("KMS", "nobody can change the key", "kms.Key sandbox", statement(Action=["kms:Decrypt"])),
    Mutant("KMS", "no lockout check", "kms.Key sandbox", put(bypassPolicyLockoutSafetyCheck=True)),
    Mutant(
        "ECR",
        "images encrypted with an AWS managed key",
        "ecr.Repository computer-use-sandbox",
        put(encryptionConfigurations=[{"encryptionType": "AES256"}]),
    ),
    Mutant(
        "ECR",
        "no scan",
        "ecr.Repository computer-use-sandbox",
        put(imageScanningConfiguration={"scanOnPush": False}),
        "no scan",
    ),
    Mutant("ECR", "images are kept forever", "ecr.LifecyclePolicy computer-use-sandbox", None),
    Mutant(
        "ECS",
        "an image by tag",
        "ecs.TaskDefinition environment",
        container(image="images:latest"),
        "a tag instead of a digest",
    ),
    Mutant("ECS", "a privileged container", "ecs.TaskDefinition environment", container(privileged=True)),
    Mutant(
        "ECS", "all capabilities are kept", "ecs.TaskDefinition orchestration", container(linuxParameters={})
    ),
    Mutant(
        "ECS",
        "the agent's root file system is writable",
        "ecs.TaskDefinition orchestration",
        container(readonlyRootFilesystem=False),
    ),
    Mutant(
        "ECS",
        "shells into tasks",
        "ecs.Service environment",
        put(enableExecuteCommand=True),
        "shells into tasks",
    ),
    Mutant("ECS", "no rollback", "ecs.Service orchestration", drop("deploymentCircuitBreaker")),
    Mutant("ECS", "no enhanced insights", "ecs.Cluster sandbox", put(settings=[])),
    Mutant(
        "ECS", "a port that nobody reviewed", "ecs.TaskDefinition environment", container(portMappings=SSH)
    ),
    Mutant("ECS", "a mount without a volume", "ecs.TaskDefinition orchestration", put(volumes=[])),
    Mutant(
        "ECS",
        "a volume that other tasks may share",
        "ecs.TaskDefinition orchestration",
        put(volumes=[{"name": "shared", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789"}}]),
    ),
    Mutant("ECS", "no health check", "ecs.TaskDefinition environment", container(healthCheck=None)),
    Mutant("ECS", "a stop that takes too long", "ecs.TaskDefinition environment", container(stopTimeout=300)),
    Mutant("ECS", "an old platform version", "ecs.Service environment", put(platformVersion="1.3.0")),
    Mutant(
        "logs",
        "an account setting decides how logs are delivered",
        "ecs.TaskDefinition orchestration",
        in_json("containerDefinitions", without_mode),
    ),
    Mutant(
        "ingress", "idle connections are cut too soon", "lb.Listener viewer", put(tcpIdleTimeoutSeconds=30)
    ),
    Mutant(
        "ingress", "a description that EC2 refuses", VIEWER, put(description="The deployer's address range")
    ),
    Mutant(
        "DNS",
        "another endpoint of Bedrock",
        "route53.ResolverFirewallDomainList allowed-domains",
        put(domains=["bedrock-mantle.us-west-2.api.aws."]),
    ),
    Mutant("DNS", "a priority that AWS reserves", FIREWALL, put(priority=9901)),
    Mutant(
        "KMS", "an alias reserved for AWS managed keys", "kms.Alias sandbox", put(name="alias/aws/sandbox")
    ),
    Mutant(
        "KMS",
        "a condition that the action does not support",
        "kms.Key sandbox",
        in_json("policy", lambda document: document["Statement"][1]["Action"].append("kms:DescribeKey")),
    ),
    Mutant("secrets", "a secret outside the prefix", "secretsmanager.Secret login", put(namePrefix="login-")),
    Mutant(
        "secrets",
        "a secret's latest version",
        "ecs.TaskDefinition environment",
        in_json("containerDefinitions", without_version),
        "a secret without a version",
    ),
    Mutant("IAM", "a role outside the path", "iam.Role orchestration-task", put(path="/")),
    Mutant(
        "IAM",
        "an action that AWS does not have",
        "iam.RolePolicy flow-logs",
        statement(Action=["logs:CreateLogStream", "logs:PutLogEvent"]),
    ),
    Mutant(
        "IAM",
        "an action on a resource of the wrong type",
        "iam.RolePolicy flow-logs",
        statement(Action=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups"]),
    ),
    Mutant(
        "IAM",
        "a condition that is never true",
        "iam.Role orchestration-task",
        in_json("assumeRolePolicy", compare_arns_as_text),
    ),
    Mutant(
        "IAM",
        "a misspelt service",
        "iam.Role orchestration-task",
        in_json(
            "assumeRolePolicy",
            lambda document: document["Statement"][0].update(Principal={"Service": "ecs-task.amazonaws.com"}),
        ),
    ),
    Mutant(
        "secrets",
        "the password in plain text",
        "ecs.TaskDefinition environment",
        container(environment=[{"name": "LOGIN_PASSWORD", "value": "hunter2"}]),
        "a password in plain text",
    ),
    Mutant(
        "secrets",
        "a secret encrypted with an AWS managed key",
        "secretsmanager.Secret login",
        drop("kmsKeyId"),
    ),
    Mutant(
        "IAM",
        "the desktop has a role",
        "ecs.TaskDefinition environment",
        take("taskRoleArn", "ecs.TaskDefinition orchestration", "taskRoleArn"),
        "a role for the desktop",
    ),
    Mutant("IAM", "every model", "iam.RolePolicy orchestration-task", statement(Resource="*"), "every model"),
    Mutant(
        "IAM",
        "another model",
        "iam.RolePolicy orchestration-task",
        statement(Resource="arn:aws:bedrock:us-west-2::foundation-model/other.model-y"),
        "another model",
    ),
    Mutant(
        "IAM",
        "all of Bedrock",
        "iam.RolePolicy orchestration-task",
        statement(Action="bedrock:*"),
        "all of Bedrock",
    ),
    Mutant(
        "IAM",
        "every secret",
        "iam.RolePolicy environment-execution",
        statement(Action="secretsmanager:GetSecretValue", Resource="*"),
        "every secret",
    ),
    Mutant(
        "IAM",
        "a managed policy",
        "iam.Role orchestration-task",
        put(managedPolicyArns=["arn:aws:iam::aws:policy/AmazonBedrockFullAccess"]),
        "a managed policy",
    ),
    Mutant(
        "IAM",
        "the role serves other accounts",
        "iam.Role orchestration-task",
        in_json("assumeRolePolicy", lambda document: document["Statement"][0].pop("Condition")),
        "no condition",
    ),
    Mutant(
        "IAM",
        "anybody can assume the role",
        "iam.Role orchestration-task",
        in_json("assumeRolePolicy", lambda document: document["Statement"][0].update(EVERYBODY)),
        "another account",
    ),
    Mutant(
        "IAM",
        "a resource in a trust policy",
        "iam.Role flow-logs",
        in_json("assumeRolePolicy", lambda document: document["Statement"][0].update(Resource="*")),
    ),
    Mutant("IAM", "sessions of twelve hours", "iam.Role orchestration-task", put(maxSessionDuration=43200)),
)
