"""The runner beside a real emulator, with real namespaces and containers: services are what they say."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest

from conftest import REGION, create_role
from runner.aws import Aws
from runner.loop import Runner
from runner.options import Options
from runner.surroundings import NamespacedWorld
from runner.tasks.engine import EngineBackend
from task_containers.toy import USER, Toy

T = TypeVar("T")
PORT = 8080
SERVE = f"serve {PORT} & true"


def until(what: Callable[[], T | None], seconds: float = 60.0) -> T:
    """The first answer that is true."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)
    return answer


@dataclass
class Cloud:
    """An emulated AWS with one VPC, a load balancer and a cluster, and the runner that follows it."""

    url: str
    folder: Path
    door: int
    toy: Toy
    clients: dict[str, Any] = field(default_factory=dict)
    runner: Runner | None = None

    def __call__(self, service: str) -> Any:
        if service not in self.clients:
            make: Any = boto3.Session("test", "test", region_name=REGION).client
            self.clients[service] = make(service, endpoint_url=self.url)
        return self.clients[service]

    def build(self) -> None:
        ec2, elbv2 = self("ec2"), self("elbv2")
        self.vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])
        ec2.create_route(
            RouteTableId=table["RouteTables"][0]["RouteTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway,
        )
        self.subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
        self.group = ec2.create_security_group(GroupName="all", Description="all", VpcId=self.vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=self.group,
            IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        )
        self.balancer = elbv2.create_load_balancer(
            Name="door", Type="network", Subnets=[self.subnet], SecurityGroups=[self.group]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.targets = elbv2.create_target_group(
            Name="toy", Protocol="TCP", Port=PORT, VpcId=self.vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": self.targets}]
        elbv2.create_listener(
            LoadBalancerArn=self.balancer, Protocol="TCP", Port=self.door, DefaultActions=forward
        )
        self.role = create_role(self, "start", "ecs-tasks.amazonaws.com")
        self("ecs").create_cluster(clusterName="c")
        self("logs").create_log_group(logGroupName="/toy")
        names = self("servicediscovery")
        names.create_private_dns_namespace(Name="toy.local", Vpc=self.vpc)
        namespace = names.list_namespaces()["Namespaces"][0]["Id"]
        dns = {"NamespaceId": namespace, "DnsRecords": [{"Type": "A", "TTL": 60}]}
        self.registry = names.create_service(Name="toy", DnsConfig=dns)["Service"]

    def define(self, script: str, **container: Any) -> str:
        """A new revision of the task definition; its ARN."""
        container = {
            "name": "toy",
            "image": self.toy.image,
            # Tells what it is, then waits; ends with status 7 when it is asked to.
            "command": [f"trap 'exit 7' TERM; {script}; echo ready $(id -u); while :; do sleep 0.1; done"],
            "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
            "healthCheck": {
                "command": ["CMD", "listens", str(PORT)],
                "startPeriod": 30,
                "retries": 1,
            },
            "stopTimeout": 5,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/toy",
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "toy",
                },
            },
            **container,
        }
        answer = self("ecs").register_task_definition(
            family="toy",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=self.role,
            containerDefinitions=[container],
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def create_service(self, definition: str) -> None:
        breaker = {"enable": True, "rollback": True}
        network = {"subnets": [self.subnet], "securityGroups": [self.group], "assignPublicIp": "DISABLED"}
        self("ecs").create_service(
            cluster="c",
            serviceName="toy",
            taskDefinition=definition,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
            loadBalancers=[{"targetGroupArn": self.targets, "containerName": "toy", "containerPort": PORT}],
            serviceRegistries=[{"registryArn": self.registry["Arn"]}],
            deploymentConfiguration={
                "deploymentCircuitBreaker": breaker,
                "minimumHealthyPercent": 0,
                "maximumPercent": 100,
            },
        )

    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = self("ecs").describe_services(cluster="c", services=["toy"])["services"][0]
        return found

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self("ecs").list_tasks(cluster="c", desiredStatus=status)["taskArns"]
        return list(self("ecs").describe_tasks(cluster="c", tasks=arns)["tasks"]) if arns else []

    def steady(self) -> dict[str, Any]:
        """The task, once its service has it, healthy, and nothing else."""

        def look() -> dict[str, Any] | None:
            service, tasks = self.service(), self.tasks()
            done = [one["rolloutState"] for one in service["deployments"]] == ["COMPLETED"]
            healthy = [one["healthStatus"] for one in tasks] == ["HEALTHY"]
            return tasks[0] if done and healthy and service["runningCount"] == 1 else None

        return until(look)

    def answers(self) -> bool:
        """Whether a connection through the loopback door reaches the task."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.door), 5) as door:
            door.settimeout(10)
            door.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return door.recv(100).startswith(b"HTTP/1.0 200")
        return False

    def interfaces(self) -> list[str]:
        """Those of tasks."""
        found = self("ec2").describe_network_interfaces()["NetworkInterfaces"]
        return [one["NetworkInterfaceId"] for one in found if ":attachment/" in one["Description"]]

    def targets_registered(self) -> list[str]:
        health = self("elbv2").describe_target_health(TargetGroupArn=self.targets)
        return [one["Target"]["Id"] for one in health["TargetHealthDescriptions"]]

    def instances(self) -> list[str]:
        found = self("servicediscovery").list_instances(ServiceId=self.registry["Id"])["Instances"]
        return [one["Attributes"]["AWS_INSTANCE_IPV4"] for one in found]

    def holds_nothing(self) -> bool:
        """Of any task; one that is being stopped is not running, and holds something yet."""
        return not (self.targets_registered() or self.instances() or self.interfaces())


@contextlib.contextmanager
def running(cloud: Cloud) -> Iterator[Runner]:
    """A runner, in a thread."""
    options = Options(
        endpoint=cloud.url,
        region=REGION,
        folder=cloud.folder,
        engine=cloud.toy.engine.command,
        registry=cloud.toy.registry,
        model_api=None,
        isolation="namespaces",
        only_clean="",
        instance="",
    )
    aws = Aws(cloud.url, REGION)
    backend = EngineBackend(cloud.toy.engine, cloud.folder, cloud.toy.registry)
    runner = Runner(aws, NamespacedWorld(aws, backend, None, cloud.folder / "namespaces.json"), options)
    runner.attach()
    thread = threading.Thread(target=runner.run)
    thread.start()
    yield runner
    runner.stop()
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def cloud(own_url: str, machine: Toy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """With a runner, and a service that is steady. The tests are one story and run in order."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        door = int(probe.getsockname()[1])
    cloud = Cloud(own_url, tmp_path_factory.mktemp("fargate"), door, machine)
    cloud.build()
    with running(cloud) as cloud.runner:
        yield cloud


def test_a_service_gets_its_task_with_network_interface_target_name_and_log(cloud: Cloud) -> None:
    cloud.create_service(cloud.define(SERVE))
    assert cloud.service()["runningCount"] == 0
    task = cloud.steady()
    assert task["containers"][0]["imageDigest"] == cloud.toy.image.partition("@")[2]
    details = {one["name"]: one["value"] for one in task["attachments"][0]["details"]}
    assert cloud.interfaces() == [details["networkInterfaceId"]]
    assert cloud.targets_registered() == cloud.instances() == [details["privateIPv4Address"]]
    until(cloud.answers)
    stream = f"toy/toy/{task['taskArn'].rpartition('/')[2]}"

    def lines() -> list[str]:
        events = cloud("logs").get_log_events(logGroupName="/toy", logStreamName=stream)["events"]
        return [one["message"] for one in events]

    until(lambda: f"ready {USER}" in lines())


def test_a_new_definition_replaces_the_task_and_the_old_one_ends_first(cloud: Cloud) -> None:
    old = cloud.steady()
    cloud("ecs").update_service(cluster="c", service="toy", taskDefinition=cloud.define(f"echo new; {SERVE}"))
    new = cloud.steady()
    assert new["taskDefinitionArn"].endswith(":2")
    stopped = cloud.tasks("STOPPED")[-1]
    assert stopped["taskArn"] == old["taskArn"]
    assert stopped["stoppedAt"] < new["startedAt"]
    assert (stopped["containers"][0]["exitCode"], stopped["stopCode"]) == (7, "ServiceSchedulerInitiated")
    assert len(cloud.interfaces()) == 1
    until(cloud.answers)


def test_a_new_version_of_a_secret_reaches_the_next_task_and_the_old_version_none(cloud: Cloud) -> None:
    def deploy(version: str) -> list[str]:
        """The task's log, once a definition that names this version of the secret has its task."""
        reference = {"name": "TOKEN", "valueFrom": f"{secret['ARN']}:::{version}"}
        arn = cloud.define(f"echo token $TOKEN; {SERVE}", secrets=[reference])
        cloud("ecs").update_service(cluster="c", service="toy", taskDefinition=arn)
        task = cloud.steady()["taskArn"].rpartition("/")[2]

        def lines() -> list[str]:
            events = cloud("logs").get_log_events(logGroupName="/toy", logStreamName=f"toy/toy/{task}")
            return [one["message"] for one in events["events"] if one["message"].startswith("token")]

        return until(lines)

    secret = cloud("secretsmanager").create_secret(Name="key", SecretString="old")
    assert deploy(secret["VersionId"]) == ["token old"]
    new = cloud("secretsmanager").put_secret_value(SecretId=secret["ARN"], SecretString="new")
    assert deploy(new["VersionId"]) == ["token new"]


def test_a_task_that_is_killed_comes_back(cloud: Cloud) -> None:
    before = cloud.steady()
    address = cloud.targets_registered()
    os.kill(_process_one(cloud), signal.SIGKILL)
    after = until(lambda: (found := cloud.steady())["taskArn"] != before["taskArn"] and found)
    assert after["taskDefinitionArn"] == before["taskDefinitionArn"]
    assert "status 137" in cloud.tasks("STOPPED")[-1]["stoppedReason"]
    assert len(cloud.targets_registered()) == len(address) == 1
    until(cloud.answers)


UNKNOWN_SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:x"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"script": "echo LOGIN_PASSWORD is missing >&2; exit 78"}, "status 78: LOGIN_PASSWORD is missing"),
        ({"script": SERVE, "healthCheck": {"command": ["CMD", "/nowhere"]}}, "health checks: /nowhere"),
        (
            {
                "script": SERVE,
                "secrets": [{"name": "TOKEN", "valueFrom": UNKNOWN_SECRET}],
            },
            "TOKEN from arn:aws:secretsmanager",
        ),
        (
            {"script": SERVE, "linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"]}}},
            "add is ['SYS_PTRACE']",
        ),
    ],
)
def test_a_definition_that_does_not_work_is_rolled_back_and_its_reason_is_told(
    cloud: Cloud, broken: dict[str, Any], said: str
) -> None:
    good = cloud.steady()["taskDefinitionArn"]
    if "healthCheck" in broken:
        broken["healthCheck"].update(startPeriod=0, retries=1, interval=5)
    cloud("ecs").update_service(cluster="c", service="toy", taskDefinition=cloud.define(**broken))

    def rolled_back() -> str:
        history = cloud("ecs").list_service_deployments(cluster="c", service="toy")["serviceDeployments"]
        return str(history[1]["statusReason"]) if history[1]["status"] == "ROLLBACK_SUCCESSFUL" else ""

    reason = until(rolled_back, 90)
    assert said in reason
    assert cloud.steady()["taskDefinitionArn"] == good
    until(cloud.answers)


def test_with_no_desired_task_there_is_none_and_nothing_of_it(cloud: Cloud) -> None:
    cloud("ecs").update_service(cluster="c", service="toy", desiredCount=0)
    until(lambda: not cloud.tasks() and cloud.service()["runningCount"] == 0)
    until(cloud.holds_nothing)
    cloud("ecs").update_service(cluster="c", service="toy", desiredCount=1)
    cloud.steady()


def test_a_deleted_service_drains_and_leaves_nothing(cloud: Cloud) -> None:
    cloud("ecs").update_service(cluster="c", service="toy", desiredCount=0)
    assert cloud("ecs").delete_service(cluster="c", service="toy")["service"]["status"] == "DRAINING"
    until(lambda: cloud.service()["status"] == "INACTIVE")
    assert cloud.holds_nothing()
    assert not cloud.answers()


def test_a_runner_that_ends_stops_its_tasks_and_says_so(cloud: Cloud) -> None:
    cloud.create_service(cloud.define(SERVE))
    cloud.steady()
    assert cloud.runner is not None
    cloud.runner.stop()
    until(lambda: cloud.service()["runningCount"] == 0 and not cloud.tasks())
    until(cloud.holds_nothing)
    until(lambda: not (cloud.folder / "tasks").exists())
    until(lambda: cloud.toy.everything() == "")


def _process_one(cloud: Cloud) -> int:
    """Of the only container that runs."""
    engine = cloud.toy.engine
    return int(engine.run("inspect", "--format={{.State.Pid}}", engine.run("ps", "--quiet")))
