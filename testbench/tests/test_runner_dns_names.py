"""Private names from Cloud Map, and the names of the local Internet."""

from __future__ import annotations

from typing import Any

import dns.name
import dns.rcode
import pytest
from dns.rdatatype import RdataType

from conftest import Aws
from runner.dns.lookups import Lookup
from runner.dns.names import Internet, PrivateNames
from runner_dns_scene import WEB, serving, texts


@pytest.fixture
def cloud_map(aws: Aws) -> Any:
    return aws("servicediscovery")


@pytest.fixture
def namespace(cloud_map: Any, vpc: str) -> str:
    cloud_map.create_private_dns_namespace(Name="sandbox.internal", Vpc=vpc)
    return str(cloud_map.list_namespaces()["Namespaces"][0]["Id"])


def _service(cloud_map: Any, namespace: str, name: str, **fields: Any) -> str:
    routing = fields.pop("RoutingPolicy", "MULTIVALUE")
    config = {"RoutingPolicy": routing, "DnsRecords": [{"Type": "A", "TTL": 10}]}
    created = cloud_map.create_service(Name=name, NamespaceId=namespace, DnsConfig=config, **fields)
    return str(created["Service"]["Id"])


def _register(cloud_map: Any, service: str, *addresses: str) -> None:
    for address in addresses:
        cloud_map.register_instance(
            ServiceId=service, InstanceId=address, Attributes={"AWS_INSTANCE_IPV4": address}
        )


def _refreshed(cloud_map: Any) -> PrivateNames:
    names = PrivateNames(cloud_map)
    names.refresh()
    return names


def test_an_instance_has_a_name_as_long_as_it_is_registered(cloud_map: Any, namespace: str) -> None:
    service = _service(cloud_map, namespace, "desktop")
    _register(cloud_map, service, "10.0.0.7")
    names = _refreshed(cloud_map)
    with serving(sources=[names, WEB]) as server:
        answer = server.ask("Desktop.Sandbox.Internal")
        assert texts(answer) == ["10.0.0.7"]
        assert answer.answer[0].ttl == 10
        cloud_map.deregister_instance(ServiceId=service, InstanceId="10.0.0.7")
        names.refresh()
        assert server.ask("desktop.sandbox.internal").rcode() == dns.rcode.NXDOMAIN
        assert texts(server.ask("allowed.example")) == ["198.51.100.10"]


def test_a_missing_private_name_is_answered_with_the_zones_soa(cloud_map: Any, namespace: str) -> None:
    _register(cloud_map, _service(cloud_map, namespace, "desktop"), "10.0.0.7")
    with serving(sources=[_refreshed(cloud_map), WEB]) as server:
        missing = server.ask("missing.sandbox.internal")
        no_data = server.ask("desktop.sandbox.internal", "AAAA")
        apex = server.ask("sandbox.internal")
    assert missing.rcode() == dns.rcode.NXDOMAIN
    assert (no_data.rcode(), apex.rcode()) == (dns.rcode.NOERROR, dns.rcode.NOERROR)
    for answer in (missing, no_data, apex):
        assert answer.answer == []
        assert [(rrset.name.to_text(), rrset.rdtype) for rrset in answer.authority] == [
            ("sandbox.internal.", RdataType.SOA)
        ]


def test_a_name_outside_the_private_zone_is_not_private(cloud_map: Any, namespace: str) -> None:
    names = _refreshed(cloud_map)
    assert namespace
    for name in ("internal.", "badsandbox.internal.", "sandbox.internal.example."):
        assert names.lookup(dns.name.from_text(name), RdataType.A) is None


def test_an_answer_has_up_to_eight_instances_in_changing_order(cloud_map: Any, namespace: str) -> None:
    addresses = {f"10.0.0.{number}" for number in range(1, 13)}
    _register(cloud_map, _service(cloud_map, namespace, "web"), *addresses)
    with serving(sources=[_refreshed(cloud_map)]) as server:
        answers = [texts(server.ask("web.sandbox.internal")) for _ in range(20)]
    assert all(len(set(answer)) == 8 and addresses.issuperset(answer) for answer in answers)
    assert len({tuple(answer) for answer in answers}) > 1


def test_a_weighted_service_answers_with_one_instance(cloud_map: Any, namespace: str) -> None:
    service = _service(cloud_map, namespace, "web", RoutingPolicy="WEIGHTED")
    _register(cloud_map, service, "10.0.0.1", "10.0.0.2")
    with serving(sources=[_refreshed(cloud_map)]) as server:
        assert len(texts(server.ask("web.sandbox.internal"))) == 1


def test_an_unhealthy_instance_is_left_out(cloud_map: Any, namespace: str) -> None:
    service = _service(cloud_map, namespace, "web", HealthCheckCustomConfig={"FailureThreshold": 1})
    _register(cloud_map, service, "10.0.0.1", "10.0.0.2")
    cloud_map.update_instance_custom_health_status(
        ServiceId=service, InstanceId="10.0.0.1", Status="UNHEALTHY"
    )
    with serving(sources=[_refreshed(cloud_map)]) as server:
        assert texts(server.ask("web.sandbox.internal")) == ["10.0.0.2"]


def test_a_service_whose_namespace_is_in_the_deprecated_field_is_found(
    cloud_map: Any, namespace: str
) -> None:
    config = {"NamespaceId": namespace, "DnsRecords": [{"Type": "A", "TTL": 10}]}
    service = cloud_map.create_service(Name="old", DnsConfig=config)["Service"]["Id"]
    _register(cloud_map, service, "10.0.0.9")
    with serving(sources=[_refreshed(cloud_map)]) as server:
        assert texts(server.ask("old.sandbox.internal")) == ["10.0.0.9"]


def test_a_namespace_without_private_dns_has_no_names(cloud_map: Any, namespace: str) -> None:
    cloud_map.create_http_namespace(Name="http.internal")
    (other,) = [one["Id"] for one in cloud_map.list_namespaces()["Namespaces"] if one["Id"] != namespace]
    _register(cloud_map, _service(cloud_map, other, "web"), "10.0.0.1")
    names = _refreshed(cloud_map)
    assert names.lookup(dns.name.from_text("web.http.internal"), RdataType.A) is None


def test_names_stay_in_use_when_they_cannot_be_read_again(cloud_map: Any, namespace: str) -> None:
    service = _service(cloud_map, namespace, "web")
    _register(cloud_map, service, "10.0.0.1")
    names = _refreshed(cloud_map)
    _register(cloud_map, service, "no-address")
    with pytest.raises(ValueError, match="AWS_INSTANCE_IPV4 of an instance is not an address"):
        names.refresh()
    found = names.lookup(dns.name.from_text("web.sandbox.internal"), RdataType.A)
    assert found is not None
    assert found.answer is not None


def test_until_the_private_names_are_known_nothing_resolves(cloud_map: Any) -> None:
    with serving(sources=[PrivateNames(cloud_map), WEB]) as server:
        assert server.ask("allowed.example").rcode() == dns.rcode.SERVFAIL


def test_a_name_on_the_internet_either_has_records_or_exists_or_does_not() -> None:
    internet = Internet({"a.b.example": {"A": ["192.0.2.1"]}})

    def look(name: str, rdtype: RdataType) -> Lookup:
        return internet.lookup(dns.name.from_text(name), rdtype)

    assert look("A.B.example", RdataType.A).answer is not None
    for name, rdtype in (("a.b.example", RdataType.AAAA), ("b.example", RdataType.A), (".", RdataType.A)):
        assert look(name, rdtype) == Lookup(dns.rcode.NOERROR)
    for name in ("c.b.example", "x.a.b.example", "xample"):
        assert look(name, RdataType.A) == Lookup(dns.rcode.NXDOMAIN)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ({"a..b": {"A": ["192.0.2.1"]}}, "'a..b' is not a domain name"),
        ({"a.example": {"A": ["2001:db8::1"]}}, "a.example: cannot use A"),
        ({"a.example": {"MX": ["1 b.example"]}}, "must be A, AAAA or CNAME"),
        ({"a.example": {"CNAME": ["b.example", "c.example"]}}, "one of them and no other records"),
        ({"a.example": {"CNAME": ["b.example"], "A": ["192.0.2.1"]}}, "one of them and no other records"),
    ],
)
def test_invalid_records_are_refused_and_named(
    records: dict[str, dict[str, list[str]]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Internet(records)
