"""Names, descriptions and numbers of AWS resources that the rules accept and refuse."""

from good_stack import DOMAINS, EGRESS, GROUP, INGRESS, LISTENER, ROLE, SECRET
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE
from rule_cases import LEGACY, Cases, inline

ALIAS = "aws:kms/alias:Alias"

NAMES: list[Cases] = [
    Cases(
        "secret-name",
        SECRET,
        compliant=[
            {"namePrefix": "computer-use-sandbox/dev/login-"},
            {
                "namePrefix": "computer-use-sandbox/dev/login-",
                "name": "computer-use-sandbox/dev/login-0a1b2c",
            },
            {"name": "computer-use-sandbox/dev/login"},
        ],
        violating=[
            {},
            {"namePrefix": "login-"},
            {"name": "login"},
            {"namePrefix": "computer-use-sandbox/dev/login?-"},
            {"name": "computer-use-sandbox/dev/the login"},
            {"name": "computer-use-sandbox/dev/login-secret"},
            {"name": "computer-use-sandbox/" + "a" * 500},
        ],
        unknown=[{"namePrefix": UNKNOWN_STRING_VALUE}],
        malformed=[{"name": 7}, {"namePrefix": ["computer-use-sandbox/"]}],
    ),
    Cases(
        "role-path",
        ROLE,
        compliant=[{"path": "/computer-use-sandbox/dev/"}, {"path": "/computer-use-sandbox/a.b_c-1/"}],
        violating=[
            {},
            {"path": "/"},
            {"path": "/computer-use-sandbox/"},
            {"path": "/computer-use-sandbox/dev"},
            {"path": "/other/computer-use-sandbox/dev/"},
            {"path": "/computer-use-sandbox/dev?/"},
        ],
        unknown=[{"path": UNKNOWN_STRING_VALUE}],
        malformed=[{"path": 7}],
    ),
    Cases(
        "key-alias",
        ALIAS,
        compliant=[{}, {"name": "alias/computer-use-sandbox/dev"}, {"namePrefix": "alias/sandbox-"}],
        violating=[
            {"name": "alias/aws/secretsmanager"},
            {"namePrefix": "alias/aws/s"},
            {"name": "sandbox"},
            {"name": "alias/"},
            {"name": "alias/the sandbox"},
            {"name": "alias/" + "a" * 251},
        ],
        unknown=[{"name": UNKNOWN_STRING_VALUE}],
        malformed=[{"name": 7}],
    ),
    Cases(
        "ec2-description",
        INGRESS,
        compliant=[
            {},
            {"description": "Viewer: from the deployer (IPv4), port 8443 [TLS] a_b-c/d#e,f@g+h=i&j;k{l}!$*"},
            {"description": "a" * 255},
        ],
        violating=[
            {"description": "The deployer's address range"},
            {"description": "Viewer → desktop"},
            {"description": 'the "viewer"'},
            {"description": "50 % of it"},
            {"description": "two\nlines"},
            {"description": "a" * 256},
        ],
        waits=[{"description": UNKNOWN_STRING_VALUE}],
        malformed=[{"description": 7}],
    ),
    Cases(
        "ec2-description",
        EGRESS,
        compliant=[{"description": "HTTPS"}],
        violating=[{"description": "what's left"}],
        waits=[{"description": UNKNOWN_STRING_VALUE}],
        malformed=[{"description": ["HTTPS"]}],
    ),
    Cases(
        "ec2-description",
        LEGACY,
        compliant=[{"description": "HTTPS"}],
        violating=[{"description": "what's left"}],
        waits=[{"description": UNKNOWN_STRING_VALUE}],
        malformed=[{"description": 7}],
    ),
    Cases(
        "ec2-description",
        GROUP,
        compliant=[{"description": "front door"}, inline("ingress", description="HTTPS")],
        violating=[
            {"description": "the sandbox's front door"},
            inline("ingress", description="it's open"),
            inline("egress", description="it's open"),
        ],
        waits=[{"description": UNKNOWN_STRING_VALUE}],
        malformed=[{"description": 7}, {"ingress": "all"}, {"egress": ["all"]}],
    ),
    Cases(
        "listener-idle-timeout",
        LISTENER,
        compliant=[{}, {"tcpIdleTimeoutSeconds": 60}, {"tcpIdleTimeoutSeconds": 6000.0}],
        violating=[{"tcpIdleTimeoutSeconds": 59}, {"tcpIdleTimeoutSeconds": 6001}],
        unknown=[{"tcpIdleTimeoutSeconds": UNKNOWN_NUMBER_VALUE}],
        malformed=[{"tcpIdleTimeoutSeconds": "an hour"}],
    ),
    Cases(
        "dns-bedrock-endpoint",
        DOMAINS,
        compliant=[
            {"domains": ["bedrock-runtime.us-west-2.amazonaws.com.", "example.com."]},
            {"domains": ["*."]},
            {"domains": []},
        ],
        violating=[
            {"domains": ["bedrock-mantle.us-west-2.api.aws."]},
            {"domains": ["bedrock.us-west-2.amazonaws.com."]},
            {"domains": ["bedrock-agent-runtime.us-west-2.amazonaws.com."]},
            {"domains": ["*.bedrock-runtime.us-west-2.amazonaws.com."]},
            {"domains": ["bedrock-runtime.us-east-1.amazonaws.com."]},
            {"domains": ["bedrock-runtime.us-west-2.amazonaws.com.cn."]},
        ],
        waits=[{"domains": UNKNOWN_ARRAY_VALUE}, {"domains": [UNKNOWN_STRING_VALUE]}],
        malformed=[{"domains": "bedrock-runtime.us-west-2.amazonaws.com."}],
    ),
]
