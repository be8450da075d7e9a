"""Each promise is broken at least once, and the pack or the proof detects it every time. In the unmodified
stack neither finds anything.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prove.__main__ import THEOREMS, main
from prove.addresses import AddressSet
from prove.aws import Aws
from prove.reading import read_world
from prove.tests.hand_edits import EDITS
from prove.tests.sandbox_builder import tcp
from prove.theorems import Case, Expectation, prove

from mutation.account import look_up
from mutation.deployment import ROOT, Deployment, deployed, make_project
from mutation.mutants import MUTANTS, Mutant
from mutation.replay import ServedPack, served
from mutation.source_mutants import SOURCE_MUTANTS, SourceMutant, build

SOURCE = "203.0.113.1/32"
"""`deployerIp` of the stack `local`."""

BY_HAND = {label: edit for _, label, edit in EDITS}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The unmodified program, deployed with the pack enabled."""
    with deployed(tmp_path_factory.mktemp("project")) as deployment, pytest.MonkeyPatch.context() as patch:
        for key in list(os.environ):
            if key.startswith("AWS_"):
                patch.delenv(key)
        for key, value in deployment.environment.items():
            if key.startswith("AWS_"):
                patch.setenv(key, value)
        yield deployment


@pytest.fixture(scope="module")
def preview(deployment: Deployment) -> Iterator[ServedPack]:
    """The pack in a preview of a new stack."""
    with served(deployment.preview) as pack:
        yield pack


@pytest.fixture(scope="module")
def update(deployment: Deployment) -> Iterator[ServedPack]:
    """The pack in the update that follows."""
    with served(deployment.update) as pack:
        yield pack


def rules_broken(mutant: Mutant, pack: ServedPack) -> set[str]:
    """The rules that detect the mutant in this run."""
    inputs, outputs = mutant.apply(pack.recording)
    return set().union(*map(pack.judge_resource, inputs), pack.judge_stack(outputs))


def test_neither_pack_nor_proof_finds_anything_in_the_unmodified_stack(
    deployment: Deployment, preview: ServedPack, update: ServedPack, tmp_path: Path
) -> None:
    for pack in (preview, update):
        assert len(pack.recording.inputs) > 80
        assert {
            shown.label: found for shown in pack.recording.inputs if (found := pack.judge_resource(shown))
        } == {}
        assert pack.judge_stack(pack.recording.outputs) == set()
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(dict(deployment.outputs)), encoding="utf-8")
    assert main(["--stack-outputs", str(outputs), "--bedrock-model", "us.anthropic.claude-sonnet-5-5"]) == 0


@pytest.mark.parametrize("mutant", SOURCE_MUTANTS, ids=[mutant.name for mutant in SOURCE_MUTANTS])
def test_a_mutant_of_the_java_source_gives_the_same_findings_as_its_replay(
    mutant: SourceMutant, deployment: Deployment, preview: ServedPack, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    make_project(project, build(mutant, tmp_path))
    run = deployment.pulumi("preview", "--policy-pack", str(ROOT / "policy"), project=project)
    assert run.returncode != 0, run.stdout
    found = set(re.findall(r"\[mandatory\]\s+([a-z-]+)", run.stdout))
    replayed = rules_broken(next(one for one in MUTANTS if one.name == mutant.name), preview)
    assert replayed
    assert replayed <= found, run.stdout + run.stderr


@dataclass(frozen=True)
class Row:
    """What detected a mutant: rules at preview, rules in the update, theorems of the proof."""

    mutant: Mutant
    at_preview: set[str]
    in_update: set[str]
    theorems: set[str]


def counterexamples(deployment: Deployment) -> set[tuple[str, str]]:
    """The counterexamples of each theorem for what exists now."""
    outputs = deployment.outputs
    world = read_world(Aws(None), str(outputs["vpcId"]), str(outputs["clusterName"]))
    models = frozenset({"us.anthropic.claude-sonnet-5-5"})
    case = Case.of(world, Expectation(AddressSet.of(str(outputs["ingressCidr"])), models))
    return {(verdict.name, reason) for verdict in prove(case, THEOREMS) for reason in verdict.broken_by}


def test_a_manual_edit_is_detected_by_the_proof_and_by_refresh(deployment: Deployment) -> None:
    refresh = ("refresh", "--preview-only", "--expect-no-changes")
    with_pack = ("preview", "--refresh", "--policy-pack", str(ROOT / "policy"))
    assert deployment.pulumi(*refresh).returncode == 0
    box = look_up(deployment)
    rule = {"GroupId": box.groups["front-door"], "IpPermissions": [tcp(8443, cidr="198.51.100.0/24")]}
    box.ec2.authorize_security_group_ingress(**rule)
    assert {name for name, _ in counterexamples(deployment)} == {"ingress"}
    stopped = deployment.pulumi(*with_pack)
    assert stopped.returncode != 0
    assert "198.51.100.0/24" in stopped.stdout
    box.ec2.revoke_security_group_ingress(**rule)
    own = {"GroupId": box.groups["front-door"], "IpPermissions": [tcp(8443, cidr=SOURCE)]}
    box.ec2.revoke_security_group_ingress(**own)
    assert {name for name, _ in counterexamples(deployment)} == {"deployer"}
    assert deployment.pulumi(*refresh).returncode != 0
    assert deployment.pulumi("up", "--refresh", "--yes").returncode == 0
    assert counterexamples(deployment) == set()


def test_every_mutant_and_every_manual_edit_is_detected(
    deployment: Deployment,
    preview: ServedPack,
    update: ServedPack,
    capsys: pytest.CaptureFixture[str],
) -> None:
    box = look_up(deployment)
    known = counterexamples(deployment)
    assert known == set()
    rows = []
    for mutant in MUTANTS:
        theorems: set[str] = set()
        if mutant.by_hand:
            # Edits accumulate, so only the counterexamples that are new since the previous edit count.
            BY_HAND[mutant.by_hand](box)
            now = counterexamples(deployment)
            theorems = {name for name, _ in now - known}
            known = now
        rows.append(Row(mutant, rules_broken(mutant, preview), rules_broken(mutant, update), theorems))
    with capsys.disabled():
        print("\n" + table(rows))
    assert [row.mutant.name for row in rows if not row.at_preview | row.in_update | row.theorems] == []
    assert [row.mutant.name for row in rows if row.mutant.by_hand and not row.theorems] == []
    assert len(rows) >= 40


def table(rows: list[Row]) -> str:
    """A table that shows what detected each mutant."""
    cells: list[tuple[str, ...]] = [("promise", "mutant", "pack at preview", "pack in the update", "proof")]
    for row in rows:
        proof = ", ".join(sorted(row.theorems)) or ("NOTHING" if row.mutant.by_hand else "-")
        found = (", ".join(sorted(rules)) or "-" for rules in (row.at_preview, row.in_update))
        cells.append((row.mutant.promise, row.mutant.name, *found, proof))
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(line.rstrip() for line in lines)
