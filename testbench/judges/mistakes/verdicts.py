"""Asks all judges about all mistakes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mutation.recording import Recording, Shown
from mutation.replay import ServedPack, served

from emulator.aws_models import requests as aws_requests
from emulator.aws_models import validation
from judges import cfn_lint
from judges.checkpoint import Resource
from judges.deployed import Deployed
from judges.inputs import Unconverted
from judges.mistakes.mistake import Mistake
from judges.mistakes.provider import Provider
from judges.mistakes.trials import Refused, Trial, ask
from judges.requests import Exchange, Recorded
from judges.template import template

_SAME_NAME = "E3019"  # two resources with one name: each mistaken resource has the name of the right one


@dataclass
class Verdict:
    """Who noticed a mistake.

    `pack` and `cfn_lint` have the names of rules, `provider` the provider's messages. `models` says whether
    AWS's service models refuse the request, and `emulator` what it refused, for whatever reason.
    """

    mistake: Mistake
    pack: set[str] = field(default_factory=set)
    provider: list[str] = field(default_factory=list)
    models: bool = False
    cfn_lint: set[str] = field(default_factory=set)
    emulator: Refused | None = None

    @property
    def refused(self) -> bool:
        """Whether the pack or the emulated AWS refuses the mistake."""
        return bool(self.pack) or self.emulator is not None


def judge(
    mistakes: Sequence[Mistake], deployed: Deployed, provider: Provider, cfn_lint_program: Path
) -> list[Verdict]:
    """Ask every judge about every mistake."""
    verdicts = [Verdict(mistake) for mistake in mistakes]
    shown = [mistake.made_in(deployed.update, deployed.resources) for mistake in mistakes]
    requests: dict[int, Exchange] = {}
    rightly: dict[str, Exchange | None] = {
        label: provider.begin(resource).request
        for label, resource in {one.label: one for one in deployed.update.inputs}.items()
        if label in {mistake.target for mistake in mistakes}
    }
    for number, (verdict, resource) in enumerate(zip(verdicts, shown, strict=True)):
        sent = provider.make(resource)
        verdict.provider = provider.objections(resource) or [sent.refused] * bool(sent.refused)
        if sent.request is not None:
            requests[number] = sent.request
            verdict.models = _models_refuse(sent.request)
    _ask_pack(verdicts, shown, deployed.update)
    _ask_emulator(
        [verdicts[number] for number in requests], list(requests.values()), rightly, deployed.exchanges
    )
    _ask_cfn_lint(verdicts, shown, deployed.resources, cfn_lint_program)
    return verdicts


def _models_refuse(request: Exchange) -> bool:
    read = aws_requests.HttpRequest(request.method, request.path, "", request.headers, request.body)
    return validation.judge(read) is not None


def _ask_pack(verdicts: Sequence[Verdict], shown: Sequence[Shown], update: Recording) -> None:
    with served(update) as pack:
        for verdict, resource in zip(verdicts, shown, strict=True):
            verdict.pack = pack.judge_resource(resource) | _judge_stack(pack, resource)


def _judge_stack(pack: ServedPack, resource: Shown) -> set[str]:
    """The rules that the stack breaks if the resource has the inputs of the mistake."""
    outputs = [
        replace(one, properties={**one.properties, **resource.properties}) if one.urn == resource.urn else one
        for one in pack.recording.outputs
    ]
    return pack.judge_stack(outputs)


def _ask_emulator(
    verdicts: Sequence[Verdict],
    requests: Sequence[Exchange],
    rightly: Mapping[str, Exchange | None],
    recorded: Sequence[Exchange],
) -> None:
    """Try each request in the place of the one that the resource without the mistake needs."""
    known = Recorded(recorded)
    trials = []
    for verdict, request in zip(verdicts, requests, strict=True):
        right = rightly[verdict.mistake.target]
        if right is None or right.action != request.action:
            right = request  # the resource needs several changes, and this is not the first
        place = known.place_of(right)
        trials.append(Trial(place, request, verdict.mistake.refused_at))
    for verdict, refused in zip(verdicts, ask(recorded, trials), strict=True):
        verdict.emulator = refused


def _ask_cfn_lint(
    verdicts: Sequence[Verdict], shown: Sequence[Shown], resources: Sequence[Resource], program: Path
) -> None:
    """Judge all mistakes in one template beside the right resources, since each template takes a second."""
    right = template(resources)
    joint = dict(right["Resources"])
    for number, mistaken in enumerate(shown):
        changed = [
            replace(one, inputs=mistaken.properties) if one.urn == mistaken.urn else one for one in resources
        ]
        try:
            made = template(changed)["Resources"]
        except (Unconverted, ValueError, KeyError):
            continue  # a truncated document, or a part without a parent, makes no template
        for name, resource in made.items():
            if resource != right["Resources"].get(name):
                joint[f"Mistake{number}{name}"] = resource
    found = cfn_lint.findings(program, {"": {**right, "Resources": joint}}, ignored=(_SAME_NAME,))
    for finding in found.get("", []):
        mistaken_one = re.match(r"Mistake(\d+)", finding.place)
        if mistaken_one:
            verdicts[int(mistaken_one[1])].cfn_lint.add(finding.rule)
