"""The rules that the API has now, and what happens when they cannot be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import boto3
import dns.rcode
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.stub import Stubber

from conftest import REGION, Aws
from runner.dns.firewall import InvalidRule
from runner.dns.rules import CurrentRules, parse_rule
from runner_dns_scene import VpcFirewall, own_emulator, serving, texts


class Clock:
    """A clock that advances only when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def client(aws: Aws) -> Any:
    return aws("route53resolver")


def test_all_rules_of_all_associated_groups_are_read(client: Any, vpc: str) -> None:
    late, early = VpcFirewall(client, vpc, 500), VpcFirewall(client, vpc, 200)
    last = late.block_the_rest()
    second = early.rule(20, "BLOCK", "b.example", BlockResponse="NODATA")
    trust = {"FirewallDomainRedirectionAction": "TRUST_REDIRECTION_DOMAIN"}
    first = early.rule(10, "ALLOW", "a.example", "*.a.example", **trust)
    rules = CurrentRules(client, vpc)
    rules.refresh()
    firewall = rules.current()
    assert firewall is not None
    assert [rule.list_id for rule in firewall.rules] == [first, second, last]
    allow, block, rest = firewall.rules
    assert (allow.blocks, allow.trusts_aliases) == (False, True)
    assert allow.domains == ("a.example.", "*.a.example.")
    assert (block.blocks, block.group_id) == (True, early.group_id)
    assert (rest.blocks, rest.trusts_aliases) == (True, False)


def test_rules_of_another_vpc_do_not_count(client: Any, aws: Aws, vpc: str) -> None:
    other = aws("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    VpcFirewall(client, other).block_the_rest()
    rules = CurrentRules(client, vpc)
    rules.refresh()
    firewall = rules.current()
    assert firewall is not None
    assert firewall.rules == ()


def test_before_the_first_reading_nothing_resolves(client: Any, vpc: str) -> None:
    client.update_firewall_config(ResourceId=vpc, FirewallFailOpen="ENABLED")
    with serving(CurrentRules(client, vpc)) as server:
        assert server.ask("allowed.example").rcode() == dns.rcode.SERVFAIL


def test_a_changed_list_takes_effect_at_the_next_refresh(client: Any, vpc: str) -> None:
    made = VpcFirewall(client, vpc)
    allowed = made.rule(1, "ALLOW")
    made.block_the_rest()
    rules = CurrentRules(client, vpc)
    rules.refresh()
    with serving(rules) as server:
        assert texts(server.ask("allowed.example")) == []
        client.update_firewall_domains(
            FirewallDomainListId=allowed, Operation="ADD", Domains=["allowed.example"]
        )
        rules.refresh()
        assert texts(server.ask("allowed.example")) == ["198.51.100.10"]


@pytest.mark.parametrize(
    ("fail_open", "answered"), [("DISABLED", False), ("USE_LOCAL_RESOURCE_SETTING", False), ("ENABLED", True)]
)
def test_rules_that_are_too_old_fail_as_the_vpc_is_configured(
    client: Any, vpc: str, fail_open: str, answered: bool
) -> None:
    client.update_firewall_config(ResourceId=vpc, FirewallFailOpen=fail_open)
    VpcFirewall(client, vpc).block_the_rest()
    clock = Clock()
    rules = CurrentRules(client, vpc, 15.0, clock=clock)
    rules.refresh()
    with serving(rules) as server:
        clock.now += 15.0
        assert server.ask("allowed.example").rcode() == dns.rcode.NOERROR
        assert texts(server.ask("allowed.example")) == []
        clock.now += 0.1
        answer = server.ask("allowed.example")
        assert answer.rcode() == (dns.rcode.NOERROR if answered else dns.rcode.SERVFAIL)
        assert texts(answer) == (["198.51.100.10"] if answered else [])
        rules.refresh()
        assert server.ask("allowed.example").rcode() == dns.rcode.NOERROR
        assert texts(server.ask("allowed.example")) == []


def test_when_the_api_is_gone_nothing_resolves_after_the_age() -> None:
    session = boto3.Session("test", "test", region_name=REGION)
    clock = Clock()
    with own_emulator() as (url, process):
        config = Config(retries={"total_max_attempts": 1})
        vpc_id = session.client("ec2", endpoint_url=url, config=config).create_vpc(CidrBlock="10.0.0.0/16")[
            "Vpc"
        ]["VpcId"]
        client = session.client("route53resolver", endpoint_url=url, config=config)
        VpcFirewall(client, vpc_id).rule(1, "ALLOW", "allowed.example")
        rules = CurrentRules(client, vpc_id, clock=clock)
        rules.refresh()
        process.kill()
        process.wait()
        with serving(rules) as server:
            with pytest.raises(BotoCoreError):
                rules.refresh()
            assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
            clock.now += 15.1
            for name in ("allowed.example", "blocked.example", "missing.example"):
                answer = server.ask(name)
                assert (answer.rcode(), texts(answer)) == (dns.rcode.SERVFAIL, [])


@contextlib.contextmanager
def _answering(client: Any, action: str) -> Iterator[None]:
    """Let the API answer with an action that the emulator would refuse to store."""

    def replace(parsed: dict[str, Any], **_: Any) -> None:
        for rule in parsed["FirewallRules"]:
            rule["Action"] = action

    event = "after-call.route53resolver.ListFirewallRules"
    client.meta.events.register(event, replace)
    yield
    client.meta.events.unregister(event, replace)


def test_an_unknown_action_stops_all_names_even_where_the_vpc_fails_open(client: Any, vpc: str) -> None:
    client.update_firewall_config(ResourceId=vpc, FirewallFailOpen="ENABLED")
    VpcFirewall(client, vpc).rule(7, "ALLOW", "blocked.example")
    rules = CurrentRules(client, vpc)
    rules.refresh()
    with serving(rules) as server:
        assert texts(server.ask("allowed.example")) == ["198.51.100.10"]
        with (
            _answering(client, "QUARANTINE"),
            pytest.raises(
                InvalidRule,
                match=r"Rule 7 of .*'QUARANTINE', .* only ALLOW and BLOCK",
            ),
        ):
            rules.refresh()
        assert server.ask("allowed.example").rcode() == dns.rcode.SERVFAIL
        rules.refresh()
        assert texts(server.ask("allowed.example")) == ["198.51.100.10"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Action": "ALERT"}, "Action is 'ALERT'"),
        ({"Action": None}, "Action is None"),
        ({"BlockResponse": "NXDOMAIN"}, "BlockResponse is 'NXDOMAIN'"),
        ({"BlockResponse": "OVERRIDE", "BlockOverrideDomain": "a"}, "BlockResponse is 'OVERRIDE'"),
        ({"BlockResponse": None}, "BlockResponse is None"),
        ({"BlockResponse": "NODATA", "Qtype": "AAAA"}, "Qtype is 'AAAA'"),
        (
            {"BlockResponse": "NODATA", "FirewallDomainRedirectionAction": "IGNORE"},
            "FirewallDomainRedirectionAction is 'IGNORE'",
        ),
    ],
)
def test_a_rule_that_cannot_be_obeyed_is_refused_and_named(fields: dict[str, Any], message: str) -> None:
    rule = {
        "FirewallRuleGroupId": "g",
        "FirewallDomainListId": "l",
        "Priority": 7,
        "Action": "BLOCK",
        **fields,
    }
    with pytest.raises(InvalidRule, match=f"Rule 7 of the firewall rule group g: .*{message}"):
        parse_rule(rule, 101, ("*",))


def test_a_rule_without_a_domain_list_is_refused() -> None:
    client = boto3.Session("test", "test", region_name=REGION).client("route53resolver")
    advanced = {
        "FirewallRuleGroupId": "g",
        "FirewallThreatProtectionId": "t",
        "Priority": 1,
        "Action": "ALERT",
    }
    associated = {"FirewallRuleGroupId": "g", "Priority": 101}
    with Stubber(client) as stub:
        stub.add_response("get_firewall_config", {"FirewallConfig": {}})
        stub.add_response(
            "list_firewall_rule_group_associations", {"FirewallRuleGroupAssociations": [associated]}
        )
        stub.add_response("list_firewall_rules", {"FirewallRules": [advanced]})
        rules = CurrentRules(client, "vpc-1")
        with pytest.raises(InvalidRule, match="has no domain list"):
            rules.refresh()
    assert rules.current() is None
