"""The cluster and its services."""

from __future__ import annotations

from judges.mistakes.mistake import Mistake, Of

_CLUSTER = "ecs.Cluster sandbox"
_SERVICE = "ecs.Service environment"

MISTAKES = (
    Mistake(
        "cluster's name with a dot",
        _CLUSTER,
        {"name": "computer-use-sandbox-my.stack"},
        "A name has letters, digits, hyphens and underscores.",
        "ECS API: CreateCluster, clusterName",
        made_impossible_by="StackName",
    ),
    Mistake(
        "cluster's name of 256 characters",
        _CLUSTER,
        {"name": "x" * 256},
        "At most 255 characters.",
        "ECS API: CreateCluster, clusterName",
    ),
    Mistake(
        "unknown setting of a cluster",
        _CLUSTER,
        {"settings.0.name": "insights"},
        "The setting is containerInsights.",
        "ECS API: ClusterSettingName",
    ),
    Mistake(
        "unknown value for Container Insights",
        _CLUSTER,
        {"settings.0.value": "on"},
        "The value is enhanced, enabled or disabled.",
        "ECS API: ClusterSetting, value",
    ),
    Mistake(
        "service's name with a dot",
        _SERVICE,
        {"name": "environment.desktop"},
        "A name has letters, digits, hyphens and underscores.",
        "ECS API: CreateService, serviceName",
    ),
    Mistake(
        "service in a cluster that does not exist",
        _SERVICE,
        {"cluster": "arn:aws:ecs:us-west-2:123456789012:cluster/nowhere"},
        "The cluster exists.",
        "ECS API errors: ClusterNotFoundException",
    ),
    Mistake(
        "service of a task definition that does not exist",
        _SERVICE,
        {"taskDefinition": "arn:aws:ecs:us-west-2:123456789012:task-definition/nothing:1"},
        "The task definition exists.",
        "ECS API errors: ClientException, 'TaskDefinition not found'",
    ),
    Mistake(
        "unknown launch type",
        _SERVICE,
        {"launchType": "SERVERLESS"},
        "It is EC2, FARGATE, EXTERNAL or MANAGED_INSTANCES.",
        "ECS API: LaunchType",
    ),
    Mistake(
        "platform version that does not exist",
        _SERVICE,
        {"platformVersion": "1.5.0"},
        "It is LATEST, 1.4.0 or 1.3.0.",
        "ECS guide: Fargate platform versions",
    ),
    Mistake(
        "a negative number of tasks",
        _SERVICE,
        {"desiredCount": -1},
        "The number is 0 or more.",
        "ECS API: CreateService, desiredCount",
    ),
    Mistake(
        "deployment that can neither stop nor start a task",
        _SERVICE,
        {"deploymentMinimumHealthyPercent": 100},
        "Not both limits are 100 percent.",
        "ECS API errors: InvalidParameterException, 'Both maximumPercent and minimumHealthyPercent'",
    ),
    Mistake(
        "rebalancing between zones at 100 percent",
        _SERVICE,
        {"availabilityZoneRebalancing": "ENABLED"},
        "Rebalancing needs a maximum above 100 percent.",
        "ECS guide: availability zone rebalancing",
    ),
    Mistake(
        "grace period without an end",
        _SERVICE,
        {"healthCheckGracePeriodSeconds": 2147483648},
        "At most 2147483647 seconds.",
        "ECS API: CreateService, healthCheckGracePeriodSeconds",
    ),
    Mistake(
        "unknown source of tags",
        _SERVICE,
        {"propagateTags": "CLUSTER"},
        "It is TASK_DEFINITION, SERVICE or NONE.",
        "ECS API: PropagateTags",
    ),
    Mistake(
        "container that the task lacks",
        _SERVICE,
        {"loadBalancers.0.containerName": "desktop"},
        "The container is one of the task definition's.",
        "ECS API errors: InvalidParameterException, 'The container does not exist'",
    ),
    Mistake(
        "port that the container does not map",
        _SERVICE,
        {"loadBalancers.0.containerPort": 443},
        "The port is one of the container's.",
        "ECS API errors: InvalidParameterException, 'did not have a container port'",
    ),
    Mistake(
        "target group that does not exist",
        _SERVICE,
        {
            "loadBalancers.0.targetGroupArn": Of(
                "lb.TargetGroup viewer", "arn", lambda arn: arn[:-16] + "0123456789abcdef"
            )
        },
        "The target group exists.",
        "ECS API errors: InvalidParameterException, target group",
    ),
    Mistake(
        "six security groups",
        _SERVICE,
        {"networkConfiguration.securityGroups": [f"sg-0123456789abcde{number:02}" for number in range(6)]},
        "At most 5 security groups.",
        "ECS API: AwsVpcConfiguration, securityGroups",
    ),
    Mistake(
        "security group that does not exist",
        _SERVICE,
        {"networkConfiguration.securityGroups.0": "sg-0123456789abcdef0"},
        "The security group exists.",
        "ECS API errors: InvalidParameterException, security groups",
    ),
    Mistake(
        "subnet that does not exist",
        _SERVICE,
        {"networkConfiguration.subnets.0": "subnet-0123456789abcdef0"},
        "The subnet exists.",
        "ECS API errors: InvalidParameterException, subnets",
    ),
    Mistake(
        "private name that does not exist",
        _SERVICE,
        {
            "serviceRegistries.registryArn": Of(
                "servicediscovery.Service environment", "arn", lambda it: it + "0"
            )
        },
        "The service registry exists.",
        "ECS API errors: InvalidParameterException, service registries",
    ),
    Mistake(
        "private name of a port with an A record",
        _SERVICE,
        {"serviceRegistries.port": 8443},
        "Only SRV records have a port.",
        "ECS API: ServiceRegistry, port",
    ),
    Mistake(
        "service with the name of another",
        "ecs.Service orchestration",
        {"name": Of(_SERVICE, "name")},
        "A service's name is unique within its cluster.",
        "ECS API: CreateService, serviceName",
        refused_at="CreateService",
    ),
)
