"""A real runner beside a real emulator, and a service whose container is the real console's entry point."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3

from conftest import LOCAL, REGION, create_role
from runner.tasks import descendants
from runner_probes import SECONDS, certificate, free_port, wait_for

ROOT = LOCAL.parent
VENV = ROOT / ".local" / "venv-orchestration"
PREFIX = ROOT / ".local" / "venv-environment"
CONTROL_TOKEN = "control-token-for-tests-0123456789"
# As with SIGTERM, for tests that are killed.
_END_WITH_TESTS = ("setpriv", "--pdeathsig=TERM", "--")

CONSOLE = {
    "ENVIRONMENT_URL": "http://environment.computer-use.local:5000",
    "VIEWER_URL": "https://localhost:8443",
    "AWS_REGION": REGION,
    "DEFAULT_PROVIDER": "anthropic",
    "DEFAULT_MODEL": "claude-sonnet-5-5",
    "BEDROCK_MODELS": "",
    "SESSION_IDLE_MINUTES": "60",
    "DATA_DIRECTORY": "/var/lib/orchestration",
}


class Scene:
    """An emulated AWS with a network, and runners for it whose files are in `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
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
        cert, key = certificate()
        secrets = {
            "LOGIN_USERNAME": "computeruse",
            "LOGIN_PASSWORD": "correct horse battery staple",
            "TLS_CERTIFICATE": cert,
            "TLS_PRIVATE_KEY": key,
            "CONTROL_TOKEN": CONTROL_TOKEN,
        }
        manager = self.aws("secretsmanager")
        self.secrets = {
            name: manager.create_secret(Name=name, SecretString=value)["ARN"]
            for name, value in secrets.items()
        }

    def serve(self, name: str, port: int, container: Mapping[str, Any]) -> int:
        """A service of one task; the port of the load balancer that leads to the container's `port`."""
        door = free_port()
        elbv2 = self.aws("elbv2")
        group = elbv2.create_target_group(
            Name=name, Protocol="TCP", Port=port, VpcId=self.vpc, TargetType="ip"
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
            taskDefinition=self.define(name, container),
            desiredCount=1,
            launchType="FARGATE",
            deploymentConfiguration={
                "minimumHealthyPercent": 0,
                "maximumPercent": 100,
                "deploymentCircuitBreaker": {"enable": True, "rollback": False},
            },
            networkConfiguration={"awsvpcConfiguration": network},
            loadBalancers=[{"targetGroupArn": group, "containerName": name, "containerPort": port}],
            serviceRegistries=[{"registryArn": registry}],
        )
        return door

    def define(self, name: str, container: Mapping[str, Any]) -> str:
        defined = self.aws("ecs").register_task_definition(
            family=name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="1024",
            memory="2048",
            executionRoleArn=self.role,
            volumes=[{"name": one["sourceVolume"]} for one in container.get("mountPoints", [])],
            containerDefinitions=[{"name": name, **container}],
        )["taskDefinition"]
        return str(defined["taskDefinitionArn"])

    def container(self, ports: list[int], variables: Mapping[str, str], **changes: Any) -> dict[str, Any]:
        """As the stack's program writes one, but for `changes`."""
        return {
            "image": "192.0.2.1/sandbox@sha256:" + "a" * 64,
            "essential": True,
            "portMappings": [{"containerPort": port, "protocol": "tcp"} for port in ports],
            "environment": [{"name": name, "value": value} for name, value in variables.items()],
            "secrets": [{"name": name, "valueFrom": arn} for name, arn in self.secrets.items()],
            "healthCheck": {
                "command": ["CMD", "/usr/local/bin/healthcheck"],
                "interval": 5,
                "timeout": 5,
                "retries": 3,
                "startPeriod": 60,
            },
            "stopTimeout": 15,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/containers",
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "task",
                },
            },
            **changes,
        }

    def console(self, variables: Mapping[str, str] = CONSOLE, **changes: Any) -> dict[str, Any]:
        paths = ["/tmp", "/var/lib/orchestration"]
        mounts = [{"containerPath": path, "sourceVolume": path[1:].replace("/", "-")} for path in paths]
        linux = {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}}
        return self.container(
            [8501],
            variables,
            **{
                "mountPoints": mounts,
                "readonlyRootFilesystem": True,
                "linuxParameters": linux,
                **changes,
            },
        )

    # --- the runner

    def run(self, *options: str, inside: Sequence[str] = (), venv: Path = VENV) -> subprocess.Popen[bytes]:
        """Start it, by the command `inside` if there is one; its words are in `log`."""
        command = [*inside, *_END_WITH_TESTS, sys.executable, "-m", "runner"]
        command += ["--endpoint", self.url, "--region", REGION]
        command += ["--folder", str(self.folder), "--images", str(ROOT / "images")]
        command += ["--prefix", str(PREFIX), "--venv", str(venv), *options]
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

    def kill_runner(self) -> list[int]:
        """kill -9 of the guard and of the work, which cannot start the other again; all that was below."""
        assert self.runner is not None
        os.kill(self.runner.pid, signal.SIGSTOP)
        below = descendants.of(self.runner.pid)
        os.kill(int(self.state["work"]), signal.SIGKILL)
        self.runner.kill()
        self.runner.wait(SECONDS)
        return below

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

    def entry_point(self, task_id: str) -> int:
        return self.processes(task_id)[2]

    def processes(self, task_id: str) -> list[int]:
        """Two attendants, the entry point, and the rest."""
        first = self._attendant(task_id)
        return [first, *descendants.of(first)]

    def _attendant(self, task_id: str) -> int:
        assert self.runner is not None
        for process_id in descendants.of(self.runner.pid):
            with contextlib.suppress(OSError):
                if b"runner.tasks.attend" in Path(f"/proc/{process_id}/cmdline").read_bytes() and any(
                    task_id[:8].encode() in Path(f"/proc/{child}/environ").read_bytes()
                    for child in descendants.of(process_id)
                ):
                    return process_id
        raise AssertionError(f"no process of the task {task_id}")

    def messages(self) -> list[str]:
        """Every line of every container's log."""
        logs = self.aws("logs")
        events = logs.filter_log_events(logGroupName="/containers")["events"]
        return [str(event["message"]) for event in events]


@contextlib.contextmanager
def scene() -> Iterator[Scene]:
    """With an emulator of its own: a runner works for one account. Nothing is left afterwards."""
    command = [sys.executable, "-m", "emulator", "--exit-with-parent"]
    # The tasks' users cannot enter pytest's own folders.
    with (
        tempfile.TemporaryDirectory(prefix="runner-scene-") as folder,
        subprocess.Popen(
            command, cwd=LOCAL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as emulator,
    ):
        Path(folder).chmod(0o755)
        assert emulator.stdout is not None and emulator.stdin is not None
        url = emulator.stdout.readline().removeprefix("listening on ").strip()
        made = Scene(url, Path(folder) / "fargate")
        try:
            yield made
        finally:
            if made.runner is not None:
                made.stop_runner()
            emulator.stdin.close()
