"""Everything around one VPC, in the terms of the proof. `reading` builds it and `theorems` checks it."""

from dataclasses import dataclass

from prove.addresses import AddressSet
from prove.policies import Statement

ANY_PROTOCOL = "-1"
ALL_PORTS = (0, 65535)


@dataclass(frozen=True)
class Rule:
    """A security group rule for one source or target, which is either `groups` or `addresses`.

    `ports` are the first and last port; for protocols without ports, all of them.
    """

    label: str
    protocol: str
    ports: tuple[int, int]
    addresses: AddressSet
    groups: frozenset[str] = frozenset()

    def covers(self, protocol: str, port: int) -> bool:
        """Whether the rule covers this protocol and port."""
        return self.protocol in (ANY_PROTOCOL, protocol) and self.ports[0] <= port <= self.ports[1]


@dataclass(frozen=True)
class Group:
    """A security group."""

    id: str
    name: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True)
class AclEntry:
    """One entry of a network ACL."""

    number: int
    allow: bool
    protocol: str
    ports: tuple[int, int]
    addresses: AddressSet


@dataclass(frozen=True)
class Acl:
    """A network ACL. The first matching entry decides; traffic that no entry matches is denied."""

    id: str
    ingress: tuple[AclEntry, ...]
    egress: tuple[AclEntry, ...]


@dataclass(frozen=True)
class Subnet:
    """A subnet. Its routes send `to_internet` to an internet gateway and `to_nat` to a NAT
    gateway.
    """

    id: str
    name: str
    addresses: AddressSet
    acl: Acl
    to_internet: AddressSet
    to_nat: AddressSet


@dataclass(frozen=True)
class Interface:
    """A network interface. `public` holds the addresses that the internet can send to."""

    id: str
    kind: str
    description: str
    subnet: str
    groups: frozenset[str]
    private: AddressSet
    public: AddressSet


@dataclass(frozen=True)
class TargetGroup:
    """A target group. With `keeps_client`, targets see the client's address, not the load balancer's."""

    arn: str
    name: str
    port: int
    keeps_client: bool
    targets: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Listener:
    """A listener: where a load balancer forwards connections to one port."""

    port: int
    protocol: str
    target_groups: tuple[str, ...]


@dataclass(frozen=True)
class Balancer:
    """A load balancer. If `groups` is empty, anybody can connect to it."""

    arn: str
    name: str
    public: bool
    dual_stack: bool
    subnets: tuple[str, ...]
    groups: frozenset[str]
    listeners: tuple[Listener, ...]


@dataclass(frozen=True)
class Container:
    """A container of a task definition.

    `secrets` holds the ARNs of the secrets that it reads, without fields. `unpinned` holds the variables that
    are read from a secret without a version.
    """

    name: str
    image: str
    ports: frozenset[int]
    privileged: bool
    environment: tuple[str, ...]
    secrets: tuple[str, ...]
    unpinned: tuple[str, ...]
    log_group: str


@dataclass(frozen=True)
class Task:
    """A task definition. Roles are ARNs, or empty if there is none."""

    arn: str
    containers: tuple[Container, ...]
    task_role: str
    execution_role: str


@dataclass(frozen=True)
class Service:
    """An ECS service. `behind` holds pairs of target group ARN and container port."""

    name: str
    task: Task
    subnets: tuple[str, ...]
    groups: frozenset[str]
    public_address: bool
    exec: bool
    behind: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Role:
    """An IAM role with all its permissions; `managed` names the attached managed policies."""

    arn: str
    name: str
    trust: tuple[Statement, ...]
    rights: tuple[Statement, ...]
    managed: tuple[str, ...]


@dataclass(frozen=True)
class FirewallRule:
    """A rule of the DNS firewall. `domains` is None if its list can't be read."""

    label: str
    action: str
    block_response: str
    query_type: str
    domains: tuple[str, ...] | None


@dataclass(frozen=True)
class Dns:
    """How names resolve in the VPC. `rules` is in the order of evaluation over all rule groups."""

    rules: tuple[FirewallRule, ...]
    fails_closed: bool
    query_logs: tuple[str, ...]


@dataclass(frozen=True)
class LogGroup:
    """A log group. `retention` is in days, 0 means forever; `key` is empty if there is none."""

    name: str
    arn: str
    key: str
    retention: int


@dataclass(frozen=True)
class Key:
    """A KMS key."""

    arn: str
    rotates: bool
    enabled: bool
    policy: tuple[Statement, ...]


@dataclass(frozen=True)
class Repository:
    """An ECR repository."""

    arn: str
    uri: str
    key: str
    scanned: bool
    policy: tuple[Statement, ...]


@dataclass(frozen=True)
class Secret:
    """A secret; its value is never read."""

    arn: str
    key: str
    policy: tuple[Statement, ...]


@dataclass(frozen=True)
class FlowLog:
    """A flow log of the VPC. `destination` is the name of a log group, or empty for other kinds."""

    id: str
    traffic: str
    active: bool
    destination: str
    role: str


@dataclass(frozen=True)
class World:
    """Everything that the theorems need. Dictionaries are keyed by id or ARN."""

    account: str
    region: str
    partition: str
    dns_suffix: str
    vpc: str
    addresses: AddressSet
    subnets: dict[str, Subnet]
    groups: dict[str, Group]
    default_group: str
    interfaces: tuple[Interface, ...]
    balancers: tuple[Balancer, ...]
    target_groups: dict[str, TargetGroup]
    services: tuple[Service, ...]
    other_ways: tuple[str, ...]
    dns: Dns
    flow_logs: tuple[FlowLog, ...]
    log_groups: dict[str, LogGroup]
    keys: dict[str, Key]
    repositories: tuple[Repository, ...]
    secrets: dict[str, Secret]
    roles: dict[str, Role]
