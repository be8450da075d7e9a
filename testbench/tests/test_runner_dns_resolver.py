"""The resolver over the wire: what an allowed, a blocked, a redirected name is answered."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import dns.flags
import dns.name
import dns.rcode
import pytest
from dns.message import Message
from dns.rdatatype import RdataType

from conftest import Aws
from runner.dns.firewall import Firewall
from runner.dns.lookups import Lookup
from runner.dns.names import Internet
from runner.dns.rules import CurrentRules
from runner_dns_scene import FixedRules, KeptLog, Server, VpcFirewall, serving, texts

TRUST = {"FirewallDomainRedirectionAction": "TRUST_REDIRECTION_DOMAIN"}


class Scene:
    """A VPC's firewall in the emulator, and a resolver that obeys it."""

    def __init__(self, client: Any, vpc: str) -> None:
        self.firewall = VpcFirewall(client, vpc)
        self._rules = CurrentRules(client, vpc)

    def ask(self, name: str, rdtype: str = "A") -> Message:
        self._rules.refresh()
        with serving(self._rules) as server:
            over_udp, over_tcp = server.ask(name, rdtype), server.ask_over_tcp(name, rdtype)
        assert (over_udp.rcode(), over_udp.answer) == (over_tcp.rcode(), over_tcp.answer)
        return over_udp


@pytest.fixture
def scene(aws: Aws, vpc: str) -> Scene:
    return Scene(aws("route53resolver"), vpc)


def test_without_rules_every_name_is_answered(scene: Scene) -> None:
    answer = scene.ask("allowed.example", "AAAA")
    assert texts(answer) == ["2001:db8::10"]
    assert answer.flags == dns.flags.QR | dns.flags.RD | dns.flags.RA
    assert answer.answer[0].name == dns.name.from_text("allowed.example")


def test_an_allowed_name_resolves_and_the_rest_gets_no_data(scene: Scene) -> None:
    scene.firewall.rule(1, "ALLOW", "allowed.example", "*.allowed.example")
    scene.firewall.block_the_rest()
    assert texts(scene.ask("ALLOWED.example")) == ["198.51.100.10"]
    assert texts(scene.ask("www.allowed.example")) == ["198.51.100.11"]
    for name in ("blocked.example", "missing.example", "notallowed.example", r"x\.allowed.example", "."):
        answer = scene.ask(name)
        assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


def test_aliases_are_inspected_unless_the_rule_trusts_them(scene: Scene) -> None:
    scene.firewall.rule(1, "ALLOW", "alias.example")
    scene.firewall.block_the_rest()
    assert scene.ask("alias.example").answer == []


def test_a_chain_resolves_when_each_of_its_names_is_allowed(scene: Scene) -> None:
    scene.firewall.rule(1, "ALLOW", "alias.example", "cdn.example", "edge.example")
    scene.firewall.block_the_rest()
    assert texts(scene.ask("alias.example")) == ["cdn.example.", "edge.example.", "198.51.100.12"]


def test_a_trusted_alias_may_lead_anywhere(scene: Scene) -> None:
    scene.firewall.rule(1, "ALLOW", "alias.example", **TRUST)
    scene.firewall.block_the_rest()
    assert texts(scene.ask("alias.example")) == ["cdn.example.", "edge.example.", "198.51.100.12"]
    assert scene.ask("edge.example").answer == []


def test_an_alias_of_a_blocked_name_does_not_get_around_the_block(scene: Scene) -> None:
    scene.firewall.rule(1, "BLOCK", "edge.example", BlockResponse="NODATA")
    answer = scene.ask("alias.example")
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


def test_the_group_with_the_lower_association_priority_decides(scene: Scene, aws: Aws, vpc: str) -> None:
    scene.firewall.rule(1, "BLOCK", "*", BlockResponse="NODATA")  # in the group with 101
    VpcFirewall(aws("route53resolver"), vpc, 200).rule(1, "ALLOW", "allowed.example")
    assert scene.ask("allowed.example").answer == []


def test_a_loop_of_aliases_is_servfail() -> None:
    with serving() as server:
        answer = server.ask("loop.example")
    assert (answer.rcode(), answer.answer) == (dns.rcode.SERVFAIL, [])


def test_an_alias_of_nothing_is_answered_as_not_existing() -> None:
    with serving() as server:
        answer = server.ask("dangling.example")
    assert (answer.rcode(), texts(answer)) == (dns.rcode.NXDOMAIN, ["nowhere.example."])


def test_an_alias_itself_can_be_asked_for() -> None:
    with serving() as server:
        assert texts(server.ask("alias.example", "CNAME")) == ["cdn.example."]


def test_a_name_that_no_source_knows_is_servfail() -> None:
    with serving(sources=[]) as server:
        assert server.ask("allowed.example").rcode() == dns.rcode.SERVFAIL


class Broken:
    """A source that fails."""

    def lookup(self, name: dns.name.Name, qtype: RdataType) -> Lookup | None:
        raise RuntimeError("out of order")


def test_a_source_that_fails_is_servfail_and_reported(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(sources=[Broken()]) as server:
        assert server.ask("allowed.example").rcode() == dns.rcode.SERVFAIL
        assert server.ask("allowed.example").rcode() == dns.rcode.SERVFAIL
    assert "allowed.example. failed: RuntimeError('out of order')" in capfd.readouterr().err


def test_every_query_is_recorded_with_its_sender_and_transport() -> None:
    log = KeptLog()
    with serving(log=log) as server:
        server.ask("allowed.example")
        server.ask_over_tcp("allowed.example", "AAAA")
    assert [(query.transport, query.qtype) for query in log.queries] == [
        ("UDP", RdataType.A),
        ("TCP", RdataType.AAAA),
    ]
    assert {query.source_address for query in log.queries} == {"127.0.0.1"}
    assert all(query.source_port for query in log.queries)


def test_two_hundred_queries_from_twenty_clients_are_all_answered_correctly() -> None:
    names = {f"host-{number}.example": {"A": [f"198.51.100.{number}"]} for number in range(1, 201)}
    answers: Counter[bool] = Counter()

    def client(server: Server, first: int) -> None:
        for number in range(first, first + 10):
            name = f"host-{number}.example"
            answer = server.ask_over_tcp(name) if number % 5 == 0 else server.ask(name)
            answers[texts(answer) == names[name]["A"]] += 1

    with serving(FixedRules(Firewall()), [Internet(names)]) as server:
        clients = [threading.Thread(target=client, args=(server, 1 + 10 * number)) for number in range(20)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
    assert answers == {True: 200}
