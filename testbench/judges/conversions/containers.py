"""ECS and ECR."""

from __future__ import annotations

from typing import Any

from judges.conversion import REF, Conversion, NoCounterpart, PartOf
from judges.inputs import Inputs, Properties, pascal, present


def _cluster(inputs: Inputs) -> Properties:
    return inputs.properties(ClusterName="name", ClusterSettings="settings")


def _task_definition(inputs: Inputs) -> Properties:
    inputs.leave_out("skipDestroy", "trackLatest")
    storage = inputs.take("ephemeralStorage")
    containers = [_container(one) for one in inputs.document("containerDefinitions")]
    named = inputs.properties(
        *("cpu", "executionRoleArn", "family", "memory", "networkMode", "requiresCompatibilities"),
        *("runtimePlatform", "taskRoleArn", "volumes"),
    )
    named |= {"ContainerDefinitions": containers}
    return named | ({"EphemeralStorage": {"SizeInGiB": storage["sizeInGib"]}} if storage else {})


def _container(container: dict[str, Any]) -> Properties:
    converted: Properties = pascal(container)
    if "logConfiguration" in container:  # the names of the options belong to the log driver
        converted["LogConfiguration"]["Options"] = container["logConfiguration"]["options"]
    return converted


def _service(inputs: Inputs) -> Properties:
    inputs.leave_out("waitForSteadyState", "iamRole", "forceDelete", "enableEcsManagedTags")
    network = inputs.take("networkConfiguration")
    registries = inputs.take("serviceRegistries")
    deployment = inputs.properties(
        MaximumPercent="deploymentMaximumPercent",
        MinimumHealthyPercent="deploymentMinimumHealthyPercent",
        DeploymentCircuitBreaker="deploymentCircuitBreaker",
    )
    controller = inputs.take("deploymentController")
    named = inputs.properties(
        *("availabilityZoneRebalancing", "cluster", "desiredCount", "enableExecuteCommand"),
        *("healthCheckGracePeriodSeconds", "launchType", "loadBalancers", "platformVersion", "propagateTags"),
        *("schedulingStrategy", "taskDefinition"),
        ServiceName="name",
    )
    addresses = {
        **pascal(network),
        "AssignPublicIp": "ENABLED" if network.get("assignPublicIp") else "DISABLED",
    }
    return present(
        {
            **named,
            "DeploymentConfiguration": deployment,
            "DeploymentController": pascal(controller),
            "NetworkConfiguration": {"AwsvpcConfiguration": addresses},
            "ServiceRegistries": [pascal(registries)] if registries else [],
        }
    )


def _repository(inputs: Inputs) -> Properties:
    encryption = inputs.take("encryptionConfigurations")
    return inputs.properties(
        "imageScanningConfiguration",
        "imageTagMutability",
        EmptyOnDelete="forceDelete",
        RepositoryName="name",
    ) | ({"EncryptionConfiguration": pascal(encryption[0])} if encryption else {})


CONVERSIONS: dict[str, Conversion | PartOf | NoCounterpart] = {
    "aws:ecs/cluster:Cluster": Conversion("AWS::ECS::Cluster", _cluster, {"name": REF, "arn": "Arn"}),
    "aws:ecs/taskDefinition:TaskDefinition": Conversion(
        "AWS::ECS::TaskDefinition", _task_definition, {"arn": REF}
    ),
    "aws:ecs/service:Service": Conversion("AWS::ECS::Service", _service, {"id": REF, "name": "Name"}),
    "aws:ecr/repository:Repository": Conversion(
        "AWS::ECR::Repository", _repository, {"name": REF, "arn": "Arn", "repositoryUrl": "RepositoryUri"}
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": PartOf(
        "repository",
        "LifecyclePolicy",
        lambda inputs: {"LifecyclePolicyText": inputs.take("policy")},
    ),
    "docker:index/image:Image": NoCounterpart("CloudFormation has no resource for an image."),
}
