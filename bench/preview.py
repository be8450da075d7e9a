"""How long a preview of the unchanged stack takes, what each shortcut saves, what uses the CPU time."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import processes
from bench.deployment import Deployment
from launcher import jvm, program

RUNS = 5
# Measured on two cores: the replaced sample's `cdk synth`, and a 72-resource prototype with a thin jar.
SAMPLE_SECONDS = 8.9
PROTOTYPE_SECONDS = 7.9
GOAL_SECONDS = 4.4

_NAME_WIDTH = 46


@dataclass(frozen=True)
class Variant:
    name: str
    run: Callable[[], object]
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    def measure(self) -> None:
        began, used = time.monotonic(), _children_cpu()
        self.run()
        self.seconds.append(time.monotonic() - began)
        self.cpu_seconds.append(_children_cpu() - used)


def table(deployment: Deployment, folder: Path) -> str:
    """Medians of several rounds. Each round runs every variant once, so that all meet the same load.

    The variants' own `java` is written to `folder`.
    """
    variants = _variants(deployment, folder)
    for variant in variants:
        variant.run()  # fills the disk cache
    load = os.getloadavg()[0]
    for _ in range(RUNS):
        for variant in variants:
            variant.measure()
    first = statistics.median(variants[0].seconds)
    resources = len(deployment.resources())
    what_make_runs = variants[-2]
    return "\n".join(
        [
            f"Preview of the unchanged stack ({resources} resources), medians of {RUNS} runs",
            f"on {os.cpu_count()} cores with a load of {load:.1f} at the beginning",
            f"{'':{_NAME_WIDTH}} {'wall s':>7} {'cpu s':>7} {'ratio':>6}",
            *(_row(variant, first) for variant in variants),
            f"{'goal':{_NAME_WIDTH}} {GOAL_SECONDS:7.2f}",
            f"{'prototype, 72 resources (recorded)':{_NAME_WIDTH}} {PROTOTYPE_SECONDS:7.2f}",
            f"{'replaced sample, cdk synth (recorded)':{_NAME_WIDTH}} {SAMPLE_SECONDS:7.2f}",
            f"{'the first pulumi up':{_NAME_WIDTH}} {deployment.up_seconds:7.2f}",
            "",
            "CPU seconds of what make runs, by program (one run, sampled)",
            *(
                f"{name:{_NAME_WIDTH}} {'':7} {seconds:7.2f}"
                for name, seconds in processes.cpu_seconds(what_make_runs.run).items()
                if seconds >= 0.05
            ),
            "",
        ]
    )


def _row(variant: Variant, first: float) -> str:
    wall, cpu = statistics.median(variant.seconds), statistics.median(variant.cpu_seconds)
    return f"{variant.name:{_NAME_WIDTH}} {wall:7.2f} {cpu:7.2f} {wall / first:6.2f}"


def _variants(deployment: Deployment, folder: Path) -> list[Variant]:
    """Each variant adds one shortcut to the variant before it."""
    places = deployment.places
    policies = ("--policy-pack", str(places.root / "policy"))

    def preview(project: Path, *first_on_path: Path, **variables: str) -> Callable[[], object]:
        path = os.pathsep.join([*map(str, first_on_path), deployment.variables["PATH"]])
        return lambda: deployment.run(project, "preview", PATH=path, **variables)

    def as_make_does(*arguments: str) -> Callable[[], object]:
        def command(variables: Mapping[str, str]) -> int:
            deployment.run(places.project, "preview", *arguments, **variables)
            return 0

        return lambda: program.run(places, deployment.variables, command)

    return [
        Variant("plain pulumi: Maven runs the program", preview(places.root)),
        Variant("thin jar", preview(places.project)),
        Variant("+ short-lived JVM", preview(places.project, _options_only(deployment, folder / "options"))),
        Variant("+ plugins and versions answered from files", preview(places.project, places.jvm)),
        Variant("+ fewer garbage collections: what make runs", as_make_does()),
        Variant("the same with the policy pack", as_make_does(*policies)),
    ]


def _options_only(deployment: Deployment, folder: Path) -> Path:
    """Make a folder with a `java` that adds the options and answers no question."""
    folder.mkdir()
    script = folder / "java"
    script.write_text(
        f'#!/bin/sh\nexec "{jvm.installed(deployment.places, "java")}" {jvm.OPTIONS} "$@"\n', encoding="utf-8"
    )
    script.chmod(0o755)
    return folder


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
