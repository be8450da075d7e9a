"""Inputs that each resource rule accepts and refuses.

`waits` are inputs that a preview of a new stack can't know. They are accepted at preview and refused if they
are still unknown in an update. `unknown` are inputs that a preview always knows, so an unknown value is
refused at once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from good_stack import (
    ACCOUNT,
    BALANCER,
    CLUSTER,
    DIGEST,
    DOMAINS,
    EGRESS,
    EIP,
    FIREWALL,
    FIREWALL_CONFIG,
    FIREWALL_RULE,
    FLOW_LOG,
    GROUP,
    INGRESS,
    KEY,
    LISTENER,
    LOG_GROUP,
    REPOSITORY,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SERVICE,
    SUBNET,
    TABLE,
    TARGETS,
    TASK,
    arn,
    containers,
    key_policy,
    trust,
)
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
)

Inputs = dict[str, object]

KEY_ARN = arn(KEY, "sandbox")
LEGACY = "aws:ec2/securityGroupRule:SecurityGroupRule"


@dataclass(frozen=True)
class Cases:
    """The cases of one rule for one type of resource."""

    rule: str
    type: str
    compliant: list[Inputs]
    violating: list[Inputs]
    malformed: list[Inputs]
    unknown: list[Inputs] = field(default_factory=list)
    waits: list[Inputs] = field(default_factory=list)
    name: str = "it"


def tcp(first: object, last: object | None = None, **more: object) -> Inputs:
    """A stand-alone rule for TCP ports."""
    return {"ipProtocol": "tcp", "fromPort": first, "toPort": first if last is None else last, **more}


def inline(direction: str, **rule: object) -> Inputs:
    """A security group with one inline rule."""
    return {direction: [rule]}


def task(name: str = "orchestration", **changes: object) -> Inputs:
    """A task definition whose only container differs from a valid one in some keys."""
    return {"containerDefinitions": json.dumps(containers(name, **changes))}


UNREADABLE_CONTAINERS: list[Inputs] = [
    {},
    {"containerDefinitions": "{"},
    {"containerDefinitions": "[]"},
    {"containerDefinitions": '["desktop"]'},
    {"containerDefinitions": '[{"image": "nameless"}]'},
    {"containerDefinitions": [{"name": "a"}]},
]
LATER_CONTAINERS: list[Inputs] = [{"containerDefinitions": UNKNOWN_STRING_VALUE}]


def allow(**statement: object) -> Inputs:
    """A policy with one Allow statement, by default for `logs:PutLogEvents` on one log group."""
    good = {
        "Effect": "Allow",
        "Action": ["logs:PutLogEvents"],
        "Resource": [f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/sandbox/containers:*"],
    }
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": [good | statement]})}


UNREADABLE_POLICIES: list[Inputs] = [
    {"policy": "{"},
    {"policy": "[]"},
    {"policy": '{"Version": "2012-10-17"}'},
    {"policy": '{"Statement": []}'},
    {"policy": '{"Statement": ["Allow"]}'},
    {"policy": '{"Statement": {"Effect": "Permit", "Action": "a:b", "Resource": "*"}}'},
    {"policy": '{"Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "a:b"}}'},
    {"policy": '{"Statement": {"Effect": "Allow", "Action": 7, "Resource": "*"}}'},
    {"policy": '{"Statement": {"Effect": "Allow", "Action": "a:b", "Recource": "*"}}'},
    {"policy": {"Statement": []}},
]
LATER_POLICY: list[Inputs] = [{"policy": UNKNOWN_STRING_VALUE}]


def assume(**changes: object) -> Inputs:
    """A role whose trust policy differs from a valid one in some elements; None removes an element."""
    document = json.loads(trust("ecs-tasks.amazonaws.com"))
    statement = document["Statement"][0] | changes
    document["Statement"] = [{key: value for key, value in statement.items() if value is not None}]
    return {"assumeRolePolicy": json.dumps(document)}


UNREADABLE_TRUST: list[Inputs] = [{"assumeRolePolicy": "{"}, {"assumeRolePolicy": '{"Statement": []}'}]
LATER_TRUST: list[Inputs] = [{"assumeRolePolicy": UNKNOWN_STRING_VALUE}]

PROFILE = f"arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/us.anthropic.claude-x"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-x"
THROUGH_PROFILE = {"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}}


def bedrock(resource: str, *, action: str = "bedrock:InvokeModel", **more: object) -> Inputs:
    """A policy that allows an action on Bedrock."""
    return allow(Action=[action], Resource=[resource], **more)


def key_with(*statements: Mapping[str, object]) -> Inputs:
    """A key whose policy has the valid statements and also these."""
    document = json.loads(key_policy())
    document["Statement"] += statements
    return {"policy": json.dumps(document)}


def policy_of(*statements: Mapping[str, object]) -> Inputs:
    """A key whose policy has only these statements."""
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
OUR_LOGS = json.loads(key_policy())["Statement"][1]["Condition"]
GRANT = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}

NETWORK: list[Cases] = [
    Cases(
        "ingress-ports",
        INGRESS,
        compliant=[
            tcp(8443, cidrIpv4="203.0.113.1/32"),
            tcp(8501, cidrIpv6="2001:db8::1/128"),
            tcp(5000, referencedSecurityGroupId=UNKNOWN_STRING_VALUE),
            tcp(8443, cidrIpv4=UNKNOWN_STRING_VALUE),
        ],
        violating=[
            tcp(5000, cidrIpv4="203.0.113.1/32"),
            tcp(22, cidrIpv4="203.0.113.1/32"),
            tcp(8443, 8501, cidrIpv4="203.0.113.1/32"),
            tcp(22, referencedSecurityGroupId="sg-0a"),
            {"ipProtocol": "-1", "referencedSecurityGroupId": "sg-0a"},
            {"ipProtocol": "udp", "fromPort": 8443, "toPort": 8443, "cidrIpv4": "203.0.113.1/32"},
            tcp(5000, cidrIpv4=UNKNOWN_STRING_VALUE),
        ],
        unknown=[
            tcp(UNKNOWN_NUMBER_VALUE),
            {"ipProtocol": UNKNOWN_STRING_VALUE, "fromPort": 8443, "toPort": 8443},
        ],
        malformed=[{}, tcp("https"), tcp(True), tcp(8443.5), {"ipProtocol": 6}],
    ),
    Cases(
        "ingress-ports",
        GROUP,
        compliant=[
            {},
            inline("ingress", protocol="tcp", fromPort=8443, toPort=8443, cidrBlocks=["203.0.113.1/32"]),
        ],
        violating=[
            inline("ingress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=["203.0.113.1/32"]),
            inline("ingress", protocol="tcp", fromPort=5000, toPort=5000, cidrBlocks=["203.0.113.1/32"]),
            inline("ingress", protocol="tcp", fromPort=5000, toPort=5000, cidrBlocks=UNKNOWN_ARRAY_VALUE),
        ],
        unknown=[{"ingress": UNKNOWN_ARRAY_VALUE}, {"ingress": [UNKNOWN_OBJECT_VALUE]}],
        malformed=[{"ingress": "all"}, {"ingress": ["all"]}, inline("ingress", fromPort=8443, toPort=8443)],
    ),
    Cases(
        "ingress-ports",
        LEGACY,
        compliant=[
            {"type": "egress", "protocol": "-1", "fromPort": 0, "toPort": 0},
            {
                "type": "ingress",
                "protocol": "tcp",
                "fromPort": 8501.0,
                "toPort": 8501.0,
                "cidrBlocks": ["203.0.113.1/32"],
            },
        ],
        violating=[{"type": "ingress", "protocol": "tcp", "fromPort": 0, "toPort": 65535, "self": True}],
        unknown=[{"type": UNKNOWN_STRING_VALUE, "protocol": "tcp", "fromPort": 22, "toPort": 22}],
        malformed=[
            {"type": "ingress", "protocol": None},
            {"type": "both", "protocol": "tcp", "fromPort": 1, "toPort": 2},
        ],
    ),
    Cases(
        "egress-ports",
        EGRESS,
        compliant=[
            tcp(443, cidrIpv4="0.0.0.0/0"),
            tcp(80, cidrIpv4="0.0.0.0/0"),
            tcp(8443, referencedSecurityGroupId=UNKNOWN_STRING_VALUE),
            tcp(5000, referencedSecurityGroupId="sg-0a"),
        ],
        violating=[
            tcp(53, cidrIpv4="0.0.0.0/0"),
            tcp(853, cidrIpv4="0.0.0.0/0"),
            tcp(443, 8443, cidrIpv4="0.0.0.0/0"),
            tcp(443, cidrIpv6="::/0"),
            tcp(443, referencedSecurityGroupId="sg-0a"),
            {"ipProtocol": "udp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"},
            {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
            tcp(25, prefixListId="pl-0a"),
        ],
        unknown=[tcp(UNKNOWN_NUMBER_VALUE, cidrIpv4="0.0.0.0/0"), {"ipProtocol": UNKNOWN_STRING_VALUE}],
        malformed=[{}, tcp("https", cidrIpv4="0.0.0.0/0")],
    ),
    Cases(
        "egress-ports",
        GROUP,
        compliant=[{"egress": []}],
        violating=[inline("egress", protocol="-1", fromPort=0, toPort=0, cidrBlocks=["0.0.0.0/0"])],
        unknown=[{"egress": UNKNOWN_ARRAY_VALUE}],
        malformed=[{"egress": "all"}],
    ),
    Cases(
        "task-public-ip",
        SERVICE,
        compliant=[{"networkConfiguration": {"assignPublicIp": False, "subnets": UNKNOWN_ARRAY_VALUE}}],
        violating=[{"networkConfiguration": {"assignPublicIp": True}}, {}],
        unknown=[
            {"networkConfiguration": {"assignPublicIp": UNKNOWN_BOOLEAN_VALUE}},
            {"networkConfiguration": UNKNOWN_OBJECT_VALUE},
        ],
        malformed=[
            {"networkConfiguration": "public"},
            {"networkConfiguration": {"assignPublicIp": "ENABLED"}},
        ],
    ),
    Cases(
        "subnet-public-ip",
        SUBNET,
        compliant=[{}, {"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False}],
        violating=[{"mapPublicIpOnLaunch": True}, {"assignIpv6AddressOnCreation": True}],
        unknown=[{"mapPublicIpOnLaunch": UNKNOWN_BOOLEAN_VALUE}],
        malformed=[{"mapPublicIpOnLaunch": "false"}],
    ),
    Cases(
        "elastic-ip",
        EIP,
        compliant=[{"domain": "vpc"}],
        violating=[{"networkInterface": "eni-0a"}, {"instance": "i-0a"}],
        unknown=[{"networkInterface": UNKNOWN_STRING_VALUE}],
        malformed=[{"instance": 7}],
    ),
    Cases(
        "route-table-routes",
        TABLE,
        compliant=[{"vpcId": UNKNOWN_STRING_VALUE}, {"routes": []}],
        violating=[{"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-0a"}]}],
        unknown=[{"routes": UNKNOWN_ARRAY_VALUE}],
        malformed=[{"routes": "all"}],
    ),
    Cases(
        "load-balancer-group",
        BALANCER,
        compliant=[
            {"securityGroups": ["sg-0a1b"]},
            {"securityGroups": [UNKNOWN_STRING_VALUE]},
            {"securityGroups": UNKNOWN_ARRAY_VALUE},
        ],
        violating=[{}, {"securityGroups": []}],
        malformed=[
            {"securityGroups": "sg-0a1b"},
            {"securityGroups": [None]},
            {"securityGroups": ["default"]},
        ],
        unknown=[{"securityGroups": None, "name": UNKNOWN_STRING_VALUE}],
    ),
    Cases(
        "listener-ports",
        LISTENER,
        compliant=[{"port": 8443, "protocol": "TCP"}, {"port": 8501, "protocol": "TCP"}],
        violating=[
            {"port": 5000, "protocol": "TCP"},
            {"port": 8443, "protocol": "UDP"},
            {"port": 443, "protocol": "TLS"},
        ],
        unknown=[
            {"port": UNKNOWN_NUMBER_VALUE, "protocol": "TCP"},
            {"port": 8443, "protocol": UNKNOWN_STRING_VALUE},
        ],
        malformed=[{}, {"port": "8443", "protocol": "TCP"}],
    ),
    Cases(
        "target-ports",
        TARGETS,
        compliant=[{"port": 8443, "protocol": "TCP", "targetType": "ip"}],
        violating=[
            {"port": 5000, "protocol": "TCP", "targetType": "ip"},
            {"port": 8443, "protocol": "TCP_UDP", "targetType": "ip"},
            {"port": 8443, "protocol": "TCP", "targetType": "instance"},
        ],
        unknown=[{"port": UNKNOWN_NUMBER_VALUE, "protocol": "TCP", "targetType": "ip"}],
        malformed=[
            {"protocol": "TCP", "targetType": "ip"},
            {"port": None, "protocol": "TCP", "targetType": "ip"},
        ],
    ),
    Cases(
        "subnet-zone",
        SUBNET,
        compliant=[{"availabilityZone": "us-west-2a"}],
        violating=[
            {"availabilityZone": "eu-west-1a"},
            {"availabilityZone": "us-west-2"},
            {"availabilityZone": "us-west-2-lax-1a"},
            {"availabilityZone": "us-west-2-wl1-las-wlz-1"},
        ],
        waits=[{"availabilityZone": UNKNOWN_STRING_VALUE}],
        malformed=[{}, {"availabilityZone": 2}, {"availabilityZone": "A"}],
    ),
]

DNS_AND_LOGS: list[Cases] = [
    Cases(
        "dns-fail-closed",
        FIREWALL_CONFIG,
        compliant=[{"firewallFailOpen": "DISABLED"}],
        violating=[{"firewallFailOpen": "ENABLED"}, {}],
        unknown=[{"firewallFailOpen": UNKNOWN_STRING_VALUE}],
        malformed=[{"firewallFailOpen": False}],
    ),
    Cases(
        "dns-rule-action",
        FIREWALL_RULE,
        compliant=[
            {"action": "ALLOW", "priority": 100},
            {"action": "BLOCK", "blockResponse": "NODATA", "priority": 1000.0},
        ],
        violating=[
            {"action": "ALERT", "priority": 100},
            {"action": "BLOCK", "blockResponse": "OVERRIDE", "priority": 1},
            {"action": "BLOCK", "priority": 1},
            {"action": "ALLOW", "priority": 0},
            {"action": "BLOCK", "blockResponse": "NODATA", "priority": 1, "qType": "A"},
        ],
        unknown=[
            {"action": UNKNOWN_STRING_VALUE, "priority": 1},
            {"action": "ALLOW", "priority": UNKNOWN_NUMBER_VALUE},
        ],
        malformed=[{}, {"action": "ALLOW", "priority": "1"}, {"action": "allow", "priority": 1}],
    ),
    Cases(
        "dns-domain-form",
        DOMAINS,
        compliant=[{"domains": ["example.com.", "*.example.com.", "*.", "_dmarc.example.com."]}],
        violating=[
            {"domains": ["example.com"]},
            {"domains": ["*"]},
            {"domains": ["a b."]},
            {"domains": ["Example.com."]},
            {"domains": ["*.*.com."]},
            {"domains": ["a" * 64 + ".com."]},
            {"domains": ["https://x."]},
            {"domains": ["."]},
        ],
        waits=[{"domains": UNKNOWN_ARRAY_VALUE}, {"domains": ["example.com.", UNKNOWN_STRING_VALUE]}],
        malformed=[{"domains": "example.com."}, {"domains": [7]}, {"domains": [None]}],
    ),
    Cases(
        "dns-association-priority",
        FIREWALL,
        compliant=[{"priority": 101}, {"priority": 9900}],
        violating=[{"priority": 100}, {"priority": 9901}],
        unknown=[{"priority": UNKNOWN_NUMBER_VALUE}],
        malformed=[{}, {"priority": "high"}],
    ),
    Cases(
        "flow-log",
        FLOW_LOG,
        compliant=[{"trafficType": "ALL", "logDestination": UNKNOWN_STRING_VALUE}],
        violating=[
            {"trafficType": "ACCEPT", "logDestination": "a"},
            {"trafficType": "ALL"},
            {"trafficType": "ALL", "logDestinationType": "s3", "logDestination": "a"},
        ],
        unknown=[{"trafficType": UNKNOWN_STRING_VALUE, "logDestination": "a"}],
        malformed=[{}, {"trafficType": ["ALL"], "logDestination": "a"}],
    ),
    Cases(
        "log-encrypted",
        LOG_GROUP,
        compliant=[{"kmsKeyId": KEY_ARN}],
        violating=[{}, {"kmsKeyId": "alias/sandbox"}],
        waits=[{"kmsKeyId": UNKNOWN_STRING_VALUE}],
        malformed=[{"kmsKeyId": ""}, {"kmsKeyId": 7}],
    ),
    Cases(
        "log-retention",
        LOG_GROUP,
        compliant=[{"retentionInDays": 30}, {"retentionInDays": 1.0}],
        violating=[
            {},
            {"retentionInDays": 0},
            {"retentionInDays": 29},
            {"retentionInDays": 31},
            {"retentionInDays": 365},
        ],
        unknown=[{"retentionInDays": UNKNOWN_NUMBER_VALUE}],
        malformed=[{"retentionInDays": "30"}, {"retentionInDays": True}],
    ),
]

KEYS_AND_IMAGES: list[Cases] = [
    Cases(
        "key-rotation",
        KEY,
        compliant=[{"enableKeyRotation": True}],
        violating=[{}, {"enableKeyRotation": False}],
        unknown=[{"enableKeyRotation": UNKNOWN_BOOLEAN_VALUE}],
        malformed=[{"enableKeyRotation": "true"}],
    ),
    Cases(
        "key-principals",
        KEY,
        compliant=[
            {},
            {"policy": key_policy()},
            key_with({"Effect": "Deny", "Principal": "*", "Action": "kms:PutKeyPolicy"}),
        ],
        violating=[
            key_with({**GRANT, "Principal": "*"}),
            key_with({**GRANT, "Principal": {"AWS": "*"}}),
            key_with({**GRANT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}}),
            key_with({**GRANT, "Principal": {"Service": "logs.us-west-2.amazonaws.com"}}),
            key_with(
                {**GRANT, "Principal": {"Service": "logs.eu-west-1.amazonaws.com"}, "Condition": OUR_LOGS}
            ),
            key_with(
                {**GRANT, "Principal": {"Service": "logs.us-west-2.amazonaws.eu"}, "Condition": OUR_LOGS}
            ),
            key_with({**GRANT, "NotPrincipal": ROOT}),
            key_with(GRANT),
        ],
        waits=LATER_POLICY,
        malformed=UNREADABLE_POLICIES,
    ),
    Cases(
        "key-lockout",
        KEY,
        compliant=[{}, {"policy": key_policy(), "bypassPolicyLockoutSafetyCheck": False}],
        violating=[
            {"policy": key_policy(), "bypassPolicyLockoutSafetyCheck": True},
            policy_of({**GRANT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/one"}}),
            policy_of({**GRANT, "Principal": ROOT, "Action": "kms:Decrypt"}),
            policy_of(
                {**GRANT, "Principal": ROOT, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
            ),
            key_with({"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}),
        ],
        unknown=[{"bypassPolicyLockoutSafetyCheck": UNKNOWN_BOOLEAN_VALUE}],
        waits=LATER_POLICY,
        malformed=UNREADABLE_POLICIES,
    ),
    Cases(
        "repository-encrypted",
        REPOSITORY,
        compliant=[{"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}]}],
        violating=[
            {},
            {"encryptionConfigurations": []},
            {"encryptionConfigurations": [{"encryptionType": "AES256"}]},
            {"encryptionConfigurations": [{"encryptionType": "KMS"}]},
        ],
        unknown=[
            {"encryptionConfigurations": UNKNOWN_ARRAY_VALUE},
            {"encryptionConfigurations": [UNKNOWN_OBJECT_VALUE]},
            {"encryptionConfigurations": [{"encryptionType": UNKNOWN_STRING_VALUE, "kmsKey": KEY_ARN}]},
        ],
        waits=[{"encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": UNKNOWN_STRING_VALUE}]}],
        malformed=[{"encryptionConfigurations": "KMS"}, {"encryptionConfigurations": ["KMS"]}],
    ),
    Cases(
        "repository-scanned",
        REPOSITORY,
        compliant=[{"imageScanningConfiguration": {"scanOnPush": True}}],
        violating=[{}, {"imageScanningConfiguration": {"scanOnPush": False}}],
        unknown=[
            {"imageScanningConfiguration": UNKNOWN_OBJECT_VALUE},
            {"imageScanningConfiguration": {"scanOnPush": UNKNOWN_BOOLEAN_VALUE}},
        ],
        malformed=[
            {"imageScanningConfiguration": True},
            {"imageScanningConfiguration": {"scanOnPush": "true"}},
        ],
    ),
    Cases(
        "secret-encrypted",
        SECRET,
        compliant=[{"kmsKeyId": KEY_ARN}],
        violating=[
            {},
            {"kmsKeyId": "alias/aws/secretsmanager"},
            {"kmsKeyId": KEY_ARN, "policy": '{"Statement": []}'},
            {"kmsKeyId": KEY_ARN, "replicas": [{"region": "us-east-1"}]},
        ],
        unknown=[{"kmsKeyId": KEY_ARN, "replicas": UNKNOWN_ARRAY_VALUE}],
        waits=[{"kmsKeyId": UNKNOWN_STRING_VALUE}],
        malformed=[{"kmsKeyId": 7}, {"kmsKeyId": KEY_ARN, "replicas": "none"}],
    ),
]

TASKS: list[Cases] = [
    Cases(
        "image-digest",
        TASK,
        compliant=[
            task(),
            task(image=f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/images@{DIGEST}"),
            task(image=f"{ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com/images@{DIGEST}"),
        ],
        violating=[
            task(image="debian:12"),
            task(image="docker.io/library/debian@sha256:" + "0" * 64),
            task(image=f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/images:latest"),
            task(image=f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/images@sha256:abc"),
            task(image=f"{ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com/images:v1@{DIGEST}"),
            task(image=f"{ACCOUNT}.dkr.ecr.us-west-2.example.com/images@{DIGEST}"),
            task(image=f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com/images@{DIGEST}"),
        ],
        waits=LATER_CONTAINERS,
        malformed=[*UNREADABLE_CONTAINERS, task(image=None)],
    ),
    Cases(
        "container-privileges",
        TASK,
        compliant=[
            task(),
            task(
                linuxParameters={
                    "capabilities": {
                        "drop": [
                            "AUDIT_WRITE",
                            "CHOWN",
                            "DAC_OVERRIDE",
                            "FOWNER",
                            "FSETID",
                            "KILL",
                            "MKNOD",
                            "NET_BIND_SERVICE",
                            "NET_RAW",
                            "SETFCAP",
                            "SETPCAP",
                            "SYS_CHROOT",
                        ]
                    }
                }
            ),
        ],
        violating=[
            task(privileged=True),
            task(linuxParameters={}),
            {**task(), "pidMode": "task"},
            task(linuxParameters={"capabilities": {"drop": ["NET_RAW"]}}),
            task(linuxParameters={"capabilities": {"drop": ["ALL"], "add": ["SYS_PTRACE"]}}),
            task(linuxParameters={"capabilities": {"drop": ["ALL", "NET_RAWW"]}}),
            task(linuxParameters={"capabilities": {"drop": ["CAP_NET_RAW", "ALL"]}}),
        ],
        unknown=[{**task(), "pidMode": UNKNOWN_STRING_VALUE}],
        waits=LATER_CONTAINERS,
        malformed=[
            *UNREADABLE_CONTAINERS,
            task(linuxParameters="none"),
            task(linuxParameters={"capabilities": {"drop": [1]}}),
        ],
    ),
    Cases(
        "container-secrets",
        TASK,
        compliant=[
            task(),
            task(environment=[{"name": "DEFAULT_MODEL", "value": "us.anthropic.claude-sonnet-5-5"}]),
            task(
                environment=[
                    {"name": "VIEWER_URL", "value": "https://door-0a1B2c3D4e5F6a7b8.elb.amazonaws.com:8443/"}
                ]
            ),
            task(environment=[], secrets=[]),
        ],
        violating=[
            task(environment=[{"name": "LOGIN_PASSWORD", "value": "hunter2"}]),
            task(environment=[{"name": "ANTHROPIC_API_KEY", "value": "x"}]),
            task(environment=[{"name": "control_token", "value": "x"}]),
            task(environment=[{"name": "REGION", "value": "AKIAIOSFODNN7EXAMPLE"}]),
            task(environment=[{"name": "NOTE", "value": "sk-ant-api03-x"}]),
            task(environment=[{"name": "CERTIFICATE", "value": "-----BEGIN PRIVATE PART-----"}]),
            task(environment=[{"name": "PROXY", "value": "http://me:word@proxy.example"}]),
            task(environment=[{"name": "SALT", "value": "kJ8sd7Fh2Kd93jfLs0Qm"}]),
            task(
                secrets=[{"name": "LOGIN_PASSWORD", "valueFrom": "arn:aws:ssm:us-west-2:1:parameter/login"}]
            ),
        ],
        waits=LATER_CONTAINERS,
        malformed=[
            *UNREADABLE_CONTAINERS,
            task(environment="A=b"),
            task(environment=["A=b"]),
            task(environment=[{"name": "A"}]),
            task(secrets=[{"name": "A"}]),
        ],
    ),
    Cases(
        "container-read-only",
        TASK,
        compliant=[task(), task("environment")],
        violating=[
            task(readonlyRootFilesystem=False),
            task(readonlyRootFilesystem=None),
            task("other", readonlyRootFilesystem=0),
        ],
        waits=LATER_CONTAINERS,
        malformed=[*UNREADABLE_CONTAINERS, task(readonlyRootFilesystem="true")],
    ),
    Cases(
        "container-logs",
        TASK,
        compliant=[task()],
        violating=[
            task(logConfiguration=None),
            task(logConfiguration={"logDriver": "splunk", "options": {}}),
            task(logConfiguration={"logDriver": "awslogs", "options": {"awslogs-region": "us-west-2"}}),
            task(
                logConfiguration={
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/a", "awslogs-create-group": "true"},
                }
            ),
        ],
        waits=LATER_CONTAINERS,
        malformed=[*UNREADABLE_CONTAINERS, task(logConfiguration="awslogs")],
    ),
    Cases(
        "desktop-identity",
        TASK,
        name="environment",
        compliant=[task("environment")],
        violating=[{**task("environment"), "taskRoleArn": "arn:aws:iam::1:role/x"}],
        unknown=[{**task("environment"), "taskRoleArn": UNKNOWN_STRING_VALUE}],
        malformed=[{**task("environment"), "taskRoleArn": 7}],
    ),
    Cases(
        "desktop-identity",
        TASK,
        name="orchestration",
        compliant=[
            {**task(), "taskRoleArn": "arn:aws:iam::1:role/x"},
            {**task(), "taskRoleArn": UNKNOWN_STRING_VALUE},
        ],
        violating=[{**task("environment"), "taskRoleArn": UNKNOWN_STRING_VALUE}],
        waits=[{"taskRoleArn": "arn:aws:iam::1:role/x", "containerDefinitions": UNKNOWN_STRING_VALUE}],
        malformed=[{"taskRoleArn": "arn:aws:iam::1:role/x", "containerDefinitions": "{"}],
    ),
    Cases(
        "task-isolation",
        TASK,
        compliant=[{"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}],
        violating=[
            {"networkMode": "host", "requiresCompatibilities": ["FARGATE"]},
            {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE", "EC2"]},
            {"networkMode": "awsvpc"},
        ],
        unknown=[
            {"networkMode": UNKNOWN_STRING_VALUE, "requiresCompatibilities": ["FARGATE"]},
            {"networkMode": "awsvpc", "requiresCompatibilities": [UNKNOWN_STRING_VALUE]},
        ],
        malformed=[{"networkMode": "awsvpc", "requiresCompatibilities": {"FARGATE": True}}],
    ),
    Cases(
        "service-exec",
        SERVICE,
        compliant=[{}, {"enableExecuteCommand": False}],
        violating=[{"enableExecuteCommand": True}],
        unknown=[{"enableExecuteCommand": UNKNOWN_BOOLEAN_VALUE}],
        malformed=[{"enableExecuteCommand": "no"}],
    ),
    Cases(
        "service-rollback",
        SERVICE,
        compliant=[{"deploymentCircuitBreaker": {"enable": True, "rollback": True}}],
        violating=[{}, {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}],
        unknown=[
            {"deploymentCircuitBreaker": UNKNOWN_OBJECT_VALUE},
            {"deploymentCircuitBreaker": {"enable": UNKNOWN_BOOLEAN_VALUE, "rollback": True}},
        ],
        malformed=[
            {"deploymentCircuitBreaker": True},
            {"deploymentCircuitBreaker": {"enable": "true", "rollback": True}},
        ],
    ),
    Cases(
        "cluster-insights",
        CLUSTER,
        compliant=[{"settings": [{"name": "containerInsights", "value": "enhanced"}]}],
        violating=[{}, {"settings": [{"name": "containerInsights", "value": "enabled"}]}],
        unknown=[
            {"settings": UNKNOWN_ARRAY_VALUE},
            {"settings": [{"name": "containerInsights", "value": UNKNOWN_STRING_VALUE}]},
        ],
        malformed=[{"settings": "enhanced"}, {"settings": ["enhanced"]}],
    ),
]

IDENTITIES: list[Cases] = [
    Cases(
        "iam-actions",
        ROLE_POLICY,
        compliant=[allow(), allow(Action="logs:PutLogEvents"), allow(Effect="Deny", Action="*")],
        violating=[
            allow(Action=["logs:*"]),
            allow(Action="*"),
            allow(Action="ec2:Describe?"),
            allow(Action=[]),
            allow(Action=[], NotAction="iam:*"),
        ],
        waits=LATER_POLICY,
        malformed=UNREADABLE_POLICIES,
    ),
    Cases(
        "iam-actions",
        ROLE,
        compliant=[{}, {"inlinePolicies": [allow()]}, {"inlinePolicies": []}],
        violating=[{"inlinePolicies": [allow(Action="s3:*")]}],
        waits=[
            {"inlinePolicies": [{"policy": UNKNOWN_STRING_VALUE}]},
            {"inlinePolicies": UNKNOWN_ARRAY_VALUE},
        ],
        malformed=[
            {"inlinePolicies": "all"},
            {"inlinePolicies": ["all"]},
            {"inlinePolicies": [{"policy": "{"}]},
        ],
    ),
    Cases(
        "iam-resources",
        ROLE_POLICY,
        compliant=[
            allow(),
            allow(Action=["ecr:GetAuthorizationToken"], Resource=["*"]),
            bedrock(PROFILE),
            bedrock("arn:aws:bedrock:*::foundation-model/anthropic.claude-x"),
            allow(Resource=f"arn:aws:logs:us-west-2:{ACCOUNT}:log-group:/sandbox/*"),
        ],
        violating=[
            allow(Resource="*"),
            allow(Action=["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], Resource="*"),
            allow(Resource="arn:aws:logs:us-west-2:*:log-group:/a"),
            allow(Resource="arn:aws:*:us-west-2:1:a"),
            allow(Resource=f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:*"),
            allow(Resource="arn:aws:s3:::*"),
            allow(Resource="arn:aws:kms:us-west-2::key/a"),
            allow(Resource="somewhere"),
            allow(Resource=[]),
            allow(Action="s3:GetObject", NotResource="a"),
        ],
        waits=LATER_POLICY,
        malformed=UNREADABLE_POLICIES,
    ),
    Cases(
        "iam-bedrock",
        ROLE_POLICY,
        compliant=[
            allow(),
            bedrock(PROFILE),
            bedrock(PROFILE, action="bedrock:InvokeModelWithResponseStream"),
            bedrock(MODEL, Condition=THROUGH_PROFILE),
            bedrock(MODEL.replace("us-east-1", "us-*"), Condition=THROUGH_PROFILE),
            bedrock(f"arn:aws:bedrock:us-west-2:{ACCOUNT}:project/default"),
        ],
        violating=[
            bedrock(MODEL.replace("us-east-1", "eu-west-1"), Condition=THROUGH_PROFILE),
            bedrock(MODEL.replace("us-east-1", "eu-*"), Condition=THROUGH_PROFILE),
            bedrock(PROFILE.replace("us-west-2", "eu-west-1")),
            bedrock(f"arn:aws:bedrock:us-west-2:{ACCOUNT}:project/other"),
            bedrock(PROFILE, action="bedrock-mantle:CreateInference"),
            bedrock(MODEL),
            bedrock("*"),
            bedrock(PROFILE.replace("claude-x", "claude-y")),
            bedrock("arn:aws:bedrock:us-east-1::foundation-model/*"),
            bedrock(PROFILE, action="bedrock:*"),
            bedrock(PROFILE, action="bedrock:CreateModelCustomizationJob"),
            bedrock(MODEL, Condition={"StringLike": {"bedrock:InferenceProfileArn": "*"}}),
            bedrock(MODEL, Condition={"StringEquals": {"bedrock:InferenceProfileArn": PROFILE + "y"}}),
            bedrock(MODEL + "y", Condition={"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}}),
        ],
        waits=LATER_POLICY,
        malformed=UNREADABLE_POLICIES,
    ),
    Cases(
        "iam-managed-policies",
        ROLE,
        compliant=[{}, {"managedPolicyArns": []}],
        violating=[{"managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonBedrockFullAccess"]}],
        unknown=[{"managedPolicyArns": UNKNOWN_ARRAY_VALUE}, {"managedPolicyArns": [UNKNOWN_STRING_VALUE]}],
        malformed=[{"managedPolicyArns": "arn:aws:iam::aws:policy/AdministratorAccess"}],
    ),
    Cases(
        "iam-managed-policies",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        compliant=[],
        violating=[{"policyArn": "arn:aws:iam::aws:policy/AmazonBedrockFullAccess", "role": "it"}],
        unknown=[{"policyArn": UNKNOWN_STRING_VALUE}],
        malformed=[{}],
    ),
    Cases(
        "trust-principals",
        ROLE,
        compliant=[
            {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")},
            {"assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com")},
        ],
        violating=[
            {},
            assume(Principal="*"),
            assume(Principal={"AWS": "*"}),
            assume(Principal={"Service": "ec2.amazonaws.com"}),
            assume(Principal={"Service": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]}),
            assume(Condition=None),
            assume(Action="sts:*"),
            assume(Principal=None),
            assume(NotPrincipal={"AWS": "1"}, Principal=None),
            assume(Condition={"StringLike": {"aws:SourceAccount": "*"}}),
        ],
        waits=LATER_TRUST,
        malformed=UNREADABLE_TRUST,
    ),
    Cases(
        "role-session",
        ROLE,
        compliant=[{}, {"maxSessionDuration": 3600}],
        violating=[{"maxSessionDuration": 43200}, {"maxSessionDuration": 900}],
        unknown=[{"maxSessionDuration": UNKNOWN_NUMBER_VALUE}],
        malformed=[{"maxSessionDuration": "1h"}],
    ),
    Cases(
        "reviewed-types",
        "aws:iam/accessKey:AccessKey",
        compliant=[],
        violating=[{}],
        unknown=[{"user": UNKNOWN_STRING_VALUE}],
        malformed=[{"user": 7}],
    ),
    Cases(
        "reviewed-types",
        SUBNET,
        compliant=[{}],
        violating=[],
        malformed=[],
    ),
]

RULES = [*NETWORK, *DNS_AND_LOGS, *KEYS_AND_IMAGES, *TASKS, *IDENTITIES]
