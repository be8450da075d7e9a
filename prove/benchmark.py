"""Measures the ingress theorem for growing security groups: `python -m prove.benchmark` prints a table.

The rules are spread over the deployer's range or over all addresses, so that they can't be merged early.
"""

import random
import sys
import time

from prove.addresses import IPV4, NOWHERE, AddressSet
from prove.theorems import NETWORK, Case, Expectation, prove
from prove.world import (
    Acl,
    AclEntry,
    Balancer,
    Container,
    Dns,
    Group,
    Listener,
    Rule,
    Service,
    Subnet,
    TargetGroup,
    Task,
    World,
)

SIZES = (10, 100, 1_000, 10_000)
DEPLOYER = "203.0.0.0/16"


def front_door(rules: int, *, strangers: bool) -> World:
    """A sandbox with this many rules in the load balancer's group: the deployer's range, or strangers."""
    generator = random.Random(rules)
    ingress = []
    for number in range(rules):
        start = generator.randrange(2**32) if strangers else 0xCB000000 + generator.randrange(2**16)
        prefix = generator.randrange(24, 33)
        first = start >> (32 - prefix) << (32 - prefix)
        block = AddressSet(((first, first + 2 ** (32 - prefix) - 1),))
        ingress.append(Rule(f"rule {number}", "tcp", (8443, 8443), block))
    everything = (AclEntry(100, True, "-1", (0, 65535), IPV4),)
    acl = Acl("acl", everything, everything)
    door, inner = AddressSet.of("10.42.0.0/18"), AddressSet.of("10.42.128.0/18")
    desktop = Container("environment", "image", frozenset({8443}), False, (), (), (), "/log")
    task = Task("task", (desktop,), "", "start")
    to_desktop = Rule("out", "tcp", (8443, 8443), NOWHERE, frozenset({"desktop"}))
    from_door = Rule("in", "tcp", (8443, 8443), NOWHERE, frozenset({"door"}))
    return World(
        account="123456789012",
        region="us-west-2",
        partition="aws",
        dns_suffix="amazonaws.com",
        vpc="vpc",
        addresses=AddressSet.of("10.42.0.0/16"),
        subnets={
            "public": Subnet("public", "public", door, acl, IPV4, NOWHERE),
            "private": Subnet("private", "private", inner, acl, NOWHERE, IPV4),
        },
        groups={
            "door": Group("door", "door", tuple(ingress), (to_desktop,)),
            "desktop": Group("desktop", "desktop", (from_door,), ()),
        },
        default_group="",
        interfaces=(),
        balancers=(
            Balancer(
                "lb",
                "lb",
                True,
                False,
                ("public",),
                frozenset({"door"}),
                (Listener(8443, "TCP", ("targets",)),),
            ),
        ),
        target_groups={"targets": TargetGroup("targets", "targets", 8443, False, ())},
        services=(
            Service(
                "environment", task, ("private",), frozenset({"desktop"}), False, False, (("targets", 8443),)
            ),
        ),
        other_ways=(),
        dns=Dns((), True, ()),
        flow_logs=(),
        log_groups={},
        keys={},
        repositories=(),
        secrets={},
        roles={},
    )


def ingress_holds(world: World) -> bool:
    """Check the ingress theorem for the world."""
    case = Case.of(world, Expectation(AddressSet.of(DEPLOYER)))
    (verdict,) = prove(case, tuple(theorem for theorem in NETWORK if theorem.name == "ingress"))
    return verdict.holds


def main() -> int:
    """Print the milliseconds for each size, once with a theorem that holds and once with a broken one."""
    sys.stdout.write("  rules   holds, ms   broken, ms\n")
    for size in SIZES:
        cells = []
        for strangers in (False, True):
            world = front_door(size, strangers=strangers)
            started = time.perf_counter()
            if ingress_holds(world) is strangers:
                raise AssertionError("the theorem gave the wrong result")
            cells.append(f"{1000 * (time.perf_counter() - started):10.1f}")
        sys.stdout.write(f"{size:7}  {'   '.join(cells)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
