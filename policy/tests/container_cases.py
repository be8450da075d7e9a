"""Task definitions and services that the rules on running containers accept and refuse."""

from good_stack import ACCOUNT, LOG_OPTIONS, LOGIN_ARN, SERVICE, TASK, VERSION_ID
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE
from rule_cases import LATER_CONTAINERS, UNREADABLE_CONTAINERS, Cases, Inputs, task


def reads(reference: object) -> Inputs:
    """A task whose container reads one secret."""
    return task(secrets=[{"name": "LOGIN_PASSWORD", "valueFrom": reference}])


def logs(**options: object) -> Inputs:
    """A task whose container's log options differ from valid ones; None removes an option."""
    changed = {key: value for key, value in (LOG_OPTIONS | options).items() if value is not None}
    return task(logConfiguration={"logDriver": "awslogs", "options": changed})


def health(**changes: object) -> Inputs:
    """A task whose container's health check differs from a valid one in some keys."""
    return task(healthCheck={"command": ["CMD", "/usr/local/bin/healthcheck"], **changes})


def mounts(*volumes: object, **mount: object) -> Inputs:
    """A task with these volumes, whose container mounts `tmp` unless `mount` says otherwise."""
    good = {"containerPath": "/tmp", "sourceVolume": "tmp"}
    return {**task(mountPoints=[good | mount]), "volumes": list(volumes)}


SCRATCH = {"name": "tmp"}

CONTAINERS: list[Cases] = [
    Cases(
        "secret-version",
        TASK,
        compliant=[
            task(),
            task(secrets=[]),
            reads(f"{LOGIN_ARN}:password::{VERSION_ID}"),
            reads(f"{LOGIN_ARN}:::{VERSION_ID}"),
            reads(f"{LOGIN_ARN.replace('arn:aws:', 'arn:aws-us-gov:')}:::{VERSION_ID}"),
        ],
        violating=[
            reads(LOGIN_ARN),
            reads(f"{LOGIN_ARN}:password::"),
            reads(f"{LOGIN_ARN}:password:AWSCURRENT:"),
            reads(f"{LOGIN_ARN}:password:AWSCURRENT:{VERSION_ID}"),
            reads(f"{LOGIN_ARN}:password::AWSCURRENT"),
            reads(f"{LOGIN_ARN}:::"),
            reads(f"{LOGIN_ARN}::{VERSION_ID}"),
            reads("computer-use-sandbox/dev/login"),
            reads(f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/login"),
        ],
        waits=LATER_CONTAINERS,
        malformed=[*UNREADABLE_CONTAINERS, reads(None), task(secrets="all"), task(secrets=["all"])],
    ),
    Cases(
        "log-delivery",
        TASK,
        compliant=[
            task(),
            logs(mode="blocking"),
            logs(mode="non-blocking", **{"max-buffer-size": "25m"}),
            logs(**{"awslogs-multiline-pattern": "^INFO"}),
        ],
        violating=[
            logs(mode=None),
            logs(mode="async"),
            logs(mode="non-blocking"),
            logs(mode="non-blocking", **{"max-buffer-size": "25 megabytes"}),
            logs(mode="blocking", **{"max-buffer-size": "25m"}),
            logs(**{"awslogs-strem-prefix": "x"}),
            logs(**{"awslogs-stream-prefix": None}),
            logs(**{"awslogs-region": None}),
            logs(**{"awslogs-region": "eu-west-1"}),
            task(logConfiguration=None),
        ],
        waits=LATER_CONTAINERS,
        malformed=[
            *UNREADABLE_CONTAINERS,
            task(logConfiguration="awslogs"),
            task(logConfiguration={"logDriver": "awslogs", "options": "all"}),
        ],
    ),
    Cases(
        "container-health",
        TASK,
        compliant=[
            task(),
            health(interval=5, timeout=60, retries=10, startPeriod=300),
            health(command=["CMD-SHELL", "true"]),
            task(stopTimeout=120),
            task(stopTimeout=None),
        ],
        violating=[
            task(healthCheck=None),
            health(command=[]),
            health(command=["NONE"]),
            health(command=["/usr/local/bin/healthcheck", "now"]),
            health(interval=301),
            health(interval=4),
            health(timeout=1),
            health(timeout=61),
            health(retries=0),
            health(retries=11),
            health(startPeriod=301),
            task(stopTimeout=121),
            task(stopTimeout=-1),
        ],
        waits=LATER_CONTAINERS,
        malformed=[
            *UNREADABLE_CONTAINERS,
            task(healthCheck="CMD true"),
            health(interval="10s"),
            task(stopTimeout="15"),
        ],
    ),
    Cases(
        "container-ports",
        TASK,
        compliant=[task(), task(portMappings=[]), task(portMappings=[{"containerPort": 5000}])],
        violating=[
            task(portMappings=[{"containerPort": 22}]),
            task(portMappings=[{"containerPort": 70000}]),
            task(portMappings=[{"containerPort": 8443, "hostPort": 443}]),
            task(portMappings=[{"containerPort": 8443, "protocol": "udp"}]),
        ],
        waits=LATER_CONTAINERS,
        malformed=[*UNREADABLE_CONTAINERS, task(portMappings=[{"hostPort": 1}]), task(portMappings="8443")],
    ),
    Cases(
        "task-volumes",
        TASK,
        compliant=[
            mounts(SCRATCH),
            mounts({"name": "tmp", "hostPath": ""}, {"name": "home", "configureAtLaunch": False}),
            task(mountPoints=[]),
        ],
        violating=[
            mounts(),
            mounts({"name": "temp"}),
            mounts(SCRATCH, SCRATCH),
            mounts({"name": "tmp", "hostPath": "/"}),
            mounts({"name": "tmp", "efsVolumeConfiguration": {"fileSystemId": "fs-0a"}}),
            mounts({"name": "tmp", "dockerVolumeConfiguration": {"driver": "local"}}),
            mounts(SCRATCH, containerPath="tmp"),
            {**task(mountPoints=[], volumesFrom=[{"sourceContainer": "other"}])},
        ],
        unknown=[
            {**task(mountPoints=[]), "volumes": UNKNOWN_ARRAY_VALUE},
            {**task(mountPoints=[]), "volumes": [UNKNOWN_OBJECT_VALUE]},
        ],
        waits=LATER_CONTAINERS,
        malformed=[
            *UNREADABLE_CONTAINERS,
            {**task(mountPoints=[]), "volumes": "tmp"},
            {**task(mountPoints=[]), "volumes": [{}]},
            task(mountPoints="tmp"),
        ],
    ),
    Cases(
        "platform-version",
        SERVICE,
        compliant=[{}, {"platformVersion": "LATEST"}, {"platformVersion": "1.4.0"}],
        violating=[
            {"platformVersion": "1.3.0"},
            {"platformVersion": "1.5.0"},
            {"platformVersion": "latest"},
            {"platformVersion": ""},
        ],
        unknown=[{"platformVersion": UNKNOWN_STRING_VALUE}],
        malformed=[{"platformVersion": 1.4}],
    ),
]
