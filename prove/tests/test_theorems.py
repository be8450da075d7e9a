"""The theorems hold for a sandbox that keeps its promises, and each manual change breaks the right
theorem.
"""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prove.__main__ import THEOREMS, main
from prove.addresses import AddressSet
from prove.aws import Aws
from prove.page import render_page
from prove.report import make_report
from prove.tests.conftest import EXPECTED
from prove.tests.hand_edits import EDITS, Edit
from prove.tests.sandbox_builder import DEPLOYER, Sandbox, tcp
from prove.theorems import Case, Expectation, prove
from prove.world import World


def broken(case: Case) -> dict[str, tuple[str, ...]]:
    """The counterexamples of each theorem that does not hold."""
    return {verdict.name: verdict.broken_by for verdict in prove(case, THEOREMS) if not verdict.holds}


def test_every_theorem_holds_for_an_unmodified_sandbox(good: World) -> None:
    assert broken(Case.of(good, EXPECTED)) == {}


@pytest.mark.parametrize(
    ("theorem", "edit"), [(name, edit) for name, _, edit in EDITS], ids=[e[1] for e in EDITS]
)
def test_a_manual_change_breaks_its_theorem(
    theorem: str, edit: Edit, box: Sandbox, read: Callable[[Sandbox], Case]
) -> None:
    edit(box)
    assert theorem in broken(read(box))


def test_every_theorem_can_be_broken() -> None:
    assert {name for name, _, _ in EDITS} == {theorem.name for theorem in THEOREMS}


def test_the_offending_path_is_named(box: Sandbox, read: Callable[[Sandbox], Case]) -> None:
    box.ec2.authorize_security_group_ingress(
        GroupId=box.groups["front-door"], IpPermissions=[tcp(8443, cidr="198.51.100.0/24")]
    )
    (path,) = broken(read(box))["ingress"]
    assert path.startswith("198.51.100.0/24 → load balancer front-door")
    assert path.endswith(f"{box.services['environment']}:8443")


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [("us-gov-west-1", "aws-us-gov", "amazonaws.com"), ("cn-north-1", "aws-cn", "amazonaws.com.cn")],
)
def test_identities_are_compared_with_the_names_of_their_own_partition(
    good: World, region: str, partition: str, suffix: str
) -> None:
    aws = Aws(region)
    assert (aws.partition, aws.dns_suffix) == (partition, suffix)
    elsewhere = dataclasses.replace(good, region=region, partition=partition, dns_suffix=aws.dns_suffix)
    assert {"start-rights", "key", "agent-rights"} <= set(broken(Case.of(elsewhere, EXPECTED)))


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(ValueError, match="AWS has no region mars"):
        Aws("mars")


def test_ingress_is_compared_with_the_expectation_and_not_with_what_was_deployed(good: World) -> None:
    wider = Expectation(AddressSet.of("203.0.112.0/22"))
    assert set(broken(Case.of(good, wider))) == {"deployer"}
    narrower = Expectation(AddressSet.of("203.0.113.7/32"))
    assert set(broken(Case.of(good, narrower))) == {"ingress"}
    nobody = Expectation(AddressSet())
    assert set(broken(Case.of(good, nobody))) == {"ingress"}


def test_a_blocked_sandbox_admits_nobody(box: Sandbox, read: Callable[[Sandbox], Case]) -> None:
    for port in (8443, 8501):
        door = {"GroupId": box.groups["front-door"]}
        box.ec2.revoke_security_group_ingress(**door, IpPermissions=[tcp(port, cidr=DEPLOYER)])
        box.ec2.authorize_security_group_ingress(**door, IpPermissions=[tcp(port, cidr="255.255.255.255/32")])
    case = Case.of(read(box).world, Expectation(AddressSet()))
    assert broken(case) == {}
    assert case.outside == ()


def test_an_ipv6_deployer_reaches_both_ports(box: Sandbox, read: Callable[[Sandbox], Case]) -> None:
    for port in (8443, 8501):
        door = {"GroupId": box.groups["front-door"]}
        box.ec2.revoke_security_group_ingress(**door, IpPermissions=[tcp(port, cidr=DEPLOYER)])
        box.ec2.authorize_security_group_ingress(**door, IpPermissions=[tcp(port, cidr="2001:db8:1::/48")])
    world = read(box).world
    assert broken(Case.of(world, Expectation(AddressSet.of("2001:db8:1::/48")))) == {}
    ipv4_only = dataclasses.replace(
        world, balancers=tuple(dataclasses.replace(one, dual_stack=False) for one in world.balancers)
    )
    assert set(broken(Case.of(ipv4_only, Expectation(AddressSet.of("2001:db8:1::/48"))))) == {"deployer"}


def test_an_unexpected_name_is_found(good: World) -> None:
    names = frozenset({"example.com", "*.example.com", "logs.us-west-2.amazonaws.com"})
    assert broken(Case.of(good, dataclasses.replace(EXPECTED, domains=names))) == {}
    fewer = dataclasses.replace(EXPECTED, domains=names - {"example.com"})
    assert broken(Case.of(good, fewer)) == {"names": ("example.com resolves unexpectedly",)}


def outputs(box: Sandbox, file: Path) -> str:
    """Write a file as `pulumi stack output --json` prints it."""
    values = {"vpcId": box.vpc, "clusterName": box.cluster, "ingressCidr": DEPLOYER}
    file.write_text(json.dumps(values), encoding="utf-8")
    return str(file)


def test_the_command_succeeds_and_writes_both_files(
    box: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, data = tmp_path / "proof.html", tmp_path / "proof.json"
    arguments = ["--stack-outputs", outputs(box, tmp_path / "outputs.json")]
    assert main([*arguments, "--html", str(page), "--json", str(data)]) == 0
    text = capsys.readouterr().out
    assert "every theorem holds" in text
    assert f"{DEPLOYER}" in text
    report = json.loads(data.read_text(encoding="utf-8"))
    assert report["holds"] is True
    assert {theorem["name"] for theorem in report["theorems"]} == {theorem.name for theorem in THEOREMS}
    assert "Every theorem holds" in page.read_text(encoding="utf-8")


def test_the_command_fails_and_names_the_offending_path(
    box: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box.ec2.authorize_security_group_ingress(
        GroupId=box.groups["front-door"], IpPermissions=[tcp(8443, cidr="::/0")]
    )
    arguments = ["--stack-outputs", outputs(box, tmp_path / "outputs.json")]
    data, page = tmp_path / "proof.json", tmp_path / "proof.html"
    assert main([*arguments, "--json", str(data), "--html", str(page)]) == 1
    assert "all of IPv6 except" in capsys.readouterr().out
    (ingress,) = [one for one in json.loads(data.read_text())["theorems"] if one["name"] == "ingress"]
    assert ingress["holds"] is False
    (path,) = ingress["brokenBy"]
    assert path.startswith("all of IPv6 except")
    assert path.endswith(f"{box.services['environment']}:8443")
    assert "theorems are broken" in page.read_text(encoding="utf-8")


def test_the_expected_source_can_override_the_stack_output(box: Sandbox, tmp_path: Path) -> None:
    arguments = ["--stack-outputs", outputs(box, tmp_path / "outputs.json")]
    assert main([*arguments, "--deployer-ip", "203.0.113.1"]) == 1
    assert main([*arguments, "--deployer-ip", DEPLOYER]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--vpc-id", "vpc-0123456789abcdef0", "--cluster", "none", "--deployer-ip", DEPLOYER],
        ["--vpc-id", "vpc-0123456789abcdef0", "--deployer-ip", DEPLOYER],
        ["--vpc-id", "vpc-0123456789abcdef0", "--cluster", "none"],
        ["--vpc-id", "vpc-0123456789abcdef0", "--cluster", "none", "--deployer-ip", "anywhere"],
        ["--stack-outputs", "no-such-file.json"],
    ],
)
def test_the_command_fails_if_something_can_not_be_read(
    api: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "can't read the deployed resources" in capsys.readouterr().err


def test_the_page_escapes_values_from_aws(good: World) -> None:
    hostile = dataclasses.replace(good, other_ways=("<script>alert(1)</script>",))
    case = Case.of(hostile, EXPECTED)
    page = render_page(make_report(case, prove(case, THEOREMS), 0.0))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_only_read_only_calls_are_sent(api: str) -> None:
    with pytest.raises(PermissionError):
        Aws("us-west-2").get("ec2", "delete_vpc", VpcId="vpc-1")
    with pytest.raises(PermissionError):
        Aws("us-west-2").all("ec2", "delete_vpc", "Vpcs")
