"""A runner as a process of its own beside a real emulator, and services of the toy image."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3

from conftest import LOCAL, REGION, create_role
from runner_probes import SECONDS, free_port, wait_for
from task_containers.toy import Toy

PORT = 8501
# As with SIGTERM, for tests that are killed.
_END_WITH_TESTS = ("setpriv", "--pdeathsig=TERM", "--")


class Scene:
    """An emulated AWS with a network, and runners for it whose files are in `folder`."""

    def __init__(self, url: str, folder: Path, toy: Toy) -> None:
        self.url, self.folder, self.toy = url, folder, toy
        self.runner: subprocess.Popen[bytes] | None = None
        self._session = boto3.Session("test", "test", region_name=REGION)
        self._clients: dict[str, Any] = {}
        self._build_network()

    def aws(self, service: str) -> Any:
        if service not in self._clients:
            make: Any = self._session.client
            self._clients[service] = make(service, endpoint_url=self.url)
        return self._clients[service]

    def _build_network(self) -> None:
        ec2 = self.aws("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        self.balancer = self.aws("elbv2").create_load_balancer(
            Name="front-door", Type="network", Subnets=[self.subnet]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.role = create_role(self.aws, "execution", "ecs-tasks.amazonaws.com")
        self.aws("ecs").create_cluster(clusterName="sandbox")
        self.aws("logs").create_log_group(logGroupName="/containers")
        namespaces = self.aws("servicediscovery")
        namespaces.create_private_dns_namespace(Name="computer-use.local", Vpc=self.vpc)
        self.namespace = namespaces.list_namespaces()["Namespaces"][0]["Id"]

    def serve(self, name: str) -> int:
        """A service of one task that serves pages; the load balancer's port that leads to it."""
        door = free_port()
        elbv2 = self.aws("elbv2")
        group = elbv2.create_target_group(
            Name=name, Protocol="TCP", Port=PORT, VpcId=self.vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        elbv2.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="TCP",
            Port=door,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        dns = {"NamespaceId": self.namespace, "DnsRecords": [{"Type": "A", "TTL": 60}]}
        registry = self.aws("servicediscovery").create_service(Name=name, DnsConfig=dns)["Service"]["Arn"]
        network = {"subnets": [self.subnet], "securityGroups": [], "assignPublicIp": "DISABLED"}
        self.aws("ecs").create_service(
            cluster="sandbox",
            serviceName=name,
            taskDefinition=self.define(name),
            desiredCount=1,
            launchType="FARGATE",
            deploymentConfiguration={
                "minimumHealthyPercent": 0,
                "maximumPercent": 100,
                "deploymentCircuitBreaker": {"enable": True, "rollback": False},
            },
            networkConfiguration={"awsvpcConfiguration": network},
            loadBalancers=[{"targetGroupArn": group, "containerName": name, "containerPort": PORT}],
            serviceRegistries=[{"registryArn": registry}],
        )
        return door

    def define(self, name: str) -> str:
        script = f"trap 'exit 7' TERM; serve {PORT} & echo ready; while :; do sleep 0.1; done"
        container = {
            "name": name,
            "image": self.toy.image,
            "essential": True,
            "command": [script],
            "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
            "mountPoints": [{"containerPath": "/data", "sourceVolume": "record"}],
            "healthCheck": {"command": ["CMD", "listens", str(PORT)], "interval": 5, "startPeriod": 60},
            "stopTimeout": 15,
        }
        defined = self.aws("ecs").register_task_definition(
            family=name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=self.role,
            volumes=[{"name": "record"}],
            containerDefinitions=[container],
        )["taskDefinition"]
        return str(defined["taskDefinitionArn"])

    # --- the runner

    def run(self, *options: str, inside: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start it, by the command `inside` if there is one; its words are in `log`."""
        command = [*inside, *_END_WITH_TESTS, sys.executable, "-m", "runner"]
        command += ["--endpoint", self.url, "--region", REGION, "--folder", str(self.folder)]
        command += ["--engine", self.toy.engine.command, "--registry", self.toy.registry, *options]
        with self.log.open("ab") as log:
            self.runner = subprocess.Popen(
                command,
                cwd=LOCAL,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.runner

    def wait_until_attached(self) -> None:
        """Until the emulator has heard of the runner: a service counts as complete at once before that."""
        wait_for(lambda: self.state)

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def state(self) -> dict[str, Any]:
        """The state file; empty while there is none."""
        try:
            state: dict[str, Any] = json.loads((self.folder / "runner.json").read_text())
        except FileNotFoundError:
            return {}
        return state

    def stop_runner(self) -> int:
        """SIGTERM; its exit status."""
        assert self.runner is not None
        if self.runner.poll() is None:
            self.runner.terminate()
        return self.runner.wait(SECONDS)

    def kill_runner(self) -> None:
        """kill -9 of the guard and of the work, which cannot start the other again."""
        assert self.runner is not None
        os.kill(self.runner.pid, signal.SIGSTOP)
        os.kill(int(self.state["work"]), signal.SIGKILL)
        self.runner.kill()
        self.runner.wait(SECONDS)

    # --- what is seen

    def service(self, name: str) -> dict[str, Any]:
        found = self.aws("ecs").describe_services(cluster="sandbox", services=[name])["services"]
        service: dict[str, Any] = found[0]
        return service

    def deployment(self, name: str) -> dict[str, Any]:
        """The newest."""
        deployment: dict[str, Any] = self.service(name)["deployments"][0]
        return deployment

    def tasks(self, name: str, status: str = "RUNNING") -> list[dict[str, Any]]:
        ecs = self.aws("ecs")
        arns = ecs.list_tasks(cluster="sandbox", serviceName=name, desiredStatus=status)["taskArns"]
        if not arns:
            return []
        tasks: list[dict[str, Any]] = ecs.describe_tasks(cluster="sandbox", tasks=arns)["tasks"]
        return tasks

    def ready(self, name: str) -> str:
        """Waits until a task of the service is healthy; its ID."""

        def healthy() -> list[dict[str, Any]]:
            return [one for one in self.tasks(name) if one.get("healthStatus") == "HEALTHY"]

        return str(wait_for(healthy)[0]["taskArn"].rpartition("/")[2])


@contextlib.contextmanager
def scene(toy: Toy) -> Iterator[Scene]:
    """With an emulator of its own: a runner works for one account. Nothing is left afterwards."""
    command = [sys.executable, "-m", "emulator", "--exit-with-parent"]
    with (
        tempfile.TemporaryDirectory(prefix="runner-scene-") as folder,
        subprocess.Popen(
            command, cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as emulator,
    ):
        Path(folder).chmod(0o755)
        assert emulator.stdout is not None and emulator.stdin is not None
        url = emulator.stdout.readline().removeprefix("listening on ").strip()
        made = Scene(url, Path(folder) / "fargate", toy)
        try:
            yield made
        finally:
            if made.runner is not None:
                made.stop_runner()
            emulator.stdin.close()
