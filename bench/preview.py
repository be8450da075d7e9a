"""How long a preview of the unchanged stack takes, and where the time goes."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.deployment import Deployment

RUNS = 5
# Measured on two cores: the replaced sample's `cdk synth`, and a 72-resource prototype with a thin jar.
SAMPLE_SECONDS = 8.9
PROTOTYPE_SECONDS = 7.9
GOAL_SECONDS = 4.4


@dataclass(frozen=True)
class Row:
    name: str
    seconds: float
    cpu_seconds: float


def table(deployment: Deployment) -> str:
    """Medians of several runs, beside the baselines."""
    rows = [_measure(name, run) for name, run in _variants(deployment)]
    first = rows[0].seconds
    lines = [
        f"Preview of the unchanged stack ({len(deployment.resources())} resources), medians of {RUNS} runs",
        f"{'':44} {'wall s':>7} {'cpu s':>7} {'ratio':>6}",
        *(
            f"{row.name:44} {row.seconds:7.2f} {row.cpu_seconds:7.2f} {row.seconds / first:6.2f}"
            for row in rows
        ),
        f"{'goal':44} {GOAL_SECONDS:7.2f}",
        f"{'prototype, 72 resources (recorded)':44} {PROTOTYPE_SECONDS:7.2f}",
        f"{'replaced sample, cdk synth (recorded)':44} {SAMPLE_SECONDS:7.2f}",
        f"{'the first pulumi up':44} {deployment.up_seconds:7.2f}",
        "",
    ]
    return "\n".join(lines)


def _variants(deployment: Deployment) -> list[tuple[str, Callable[[], object]]]:
    places = deployment.places
    short_lived = os.pathsep.join([str(places.jvm), deployment.variables["PATH"]])
    return [
        ("plain pulumi: Maven runs the program", lambda: deployment.run(places.root, "preview")),
        ("thin jar", lambda: deployment.run(places.project, "preview")),
        (
            "thin jar, short-lived JVM (what make runs)",
            lambda: deployment.run(places.project, "preview", PATH=short_lived),
        ),
        (
            "the same with the policy pack",
            lambda: deployment.run(
                places.project, "preview", "--policy-pack", str(places.root / "policy"), PATH=short_lived
            ),
        ),
    ]


def _measure(name: str, run: Callable[[], object]) -> Row:
    run()  # warms the disk cache
    seconds, cpu = [], []
    for _ in range(RUNS):
        began, used = time.monotonic(), _children_cpu()
        run()
        seconds.append(time.monotonic() - began)
        cpu.append(_children_cpu() - used)
    return Row(name, statistics.median(seconds), statistics.median(cpu))


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
