"""Permissions that the deployer needs although no request of that name is recorded.

AWS checks these permissions inside another call, or a program other than the AWS provider sends the request.
Each entry names the document that says so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unseen:
    """Permissions that are needed for something else that the deployer does."""

    reason: str
    actions: tuple[str, ...]
    condition: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # operator, key, values


UNSEEN = (
    Unseen(
        "Tags in a create call need a permission of their own (IAM User Guide, Controlling access during AWS "
        "requests; for EC2: Grant permission to tag Amazon EC2 resources during creation).",
        (
            "ec2:CreateTags",
            "ecr:TagResource",
            "ecs:TagResource",
            "elasticloadbalancing:AddTags",
            "iam:TagRole",
            "kms:TagResource",
            "logs:TagResource",
            "route53resolver:TagResource",
            "secretsmanager:TagResource",
            "servicediscovery:TagResource",
        ),
    ),
    Unseen(
        "Secrets Manager encrypts a secret with the stack's key on behalf of the caller (Secrets Manager "
        "User Guide, Secret encryption and decryption: Permissions for the KMS key).",
        ("kms:Decrypt", "kms:GenerateDataKey"),
        (("StringLike", "kms:ViaService", ("secretsmanager.*.amazonaws.com",)),),
    ),
    Unseen(
        "ECR makes a grant on the key of a repository on behalf of the caller, and retires it with the "
        "repository (Amazon ECR User Guide, Encryption at rest: Required IAM permissions).",
        ("kms:CreateGrant", "kms:RetireGrant"),
        (("StringLike", "kms:ViaService", ("ecr.*.amazonaws.com",)),),
    ),
    Unseen(
        "Route 53 Resolver and EC2 set up the delivery of query and flow logs on behalf of the caller "
        "(Route 53 Developer Guide, Resolver query logging: CloudWatch Logs; CloudWatch Logs User Guide, "
        "Enable logging from AWS services).",
        (
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ),
    ),
    Unseen(
        "Cloud Map makes the private hosted zone of a namespace on behalf of the caller (AWS Cloud Map "
        "Developer Guide, Actions that also need Route 53 and EC2 permissions; authorization reference).",
        (
            "ec2:DescribeRegions",
            "route53:AssociateVPCWithHostedZone",
            "route53:CreateHostedZone",
            "route53:DeleteHostedZone",
            "route53:GetHostedZone",
            "route53:ListHostedZonesByName",
        ),
    ),
    Unseen(
        "A task that was killed leaves its address in Cloud Map, and the destroy takes it out with its DNS "
        "record. In a recorded life no task is killed (managed policy AWSCloudMapRegisterInstanceAccess).",
        ("route53:ChangeResourceRecordSets", "servicediscovery:DeregisterInstance"),
    ),
    Unseen(
        "Docker pushes the images over ECR's registry protocol (Amazon ECR User Guide, IAM permissions for "
        "pushing an image).",
        (
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
        ),
    ),
    Unseen(
        "A role in a task definition or a flow log is passed to the service (IAM User Guide, Grant a user "
        "permissions to pass a role to an AWS service).",
        ("iam:PassRole",),
        (
            (
                "StringEquals",
                "iam:PassedToService",
                ("ecs-tasks.amazonaws.com", "vpc-flow-logs.amazonaws.com"),
            ),
        ),
    ),
    Unseen(
        "The first use of a service in an account makes its service-linked role (ECS, Elastic Load Balancing "
        "and Route 53 Resolver documentation, each under Service-linked roles).",
        ("iam:CreateServiceLinkedRole",),
        (
            (
                "StringEquals",
                "iam:AWSServiceName",
                ("ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "route53resolver.amazonaws.com"),
            ),
        ),
    ),
)
