"""Sources of names: Cloud Map's private names, and an Internet that the caller describes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.rdatatype import RdataType

from runner.dns.domain_patterns import Labels, labels_of
from runner.dns.lookups import Lookup, NameTable, Records

if TYPE_CHECKING:
    from mypy_boto3_servicediscovery import ServiceDiscoveryClient

INTERNET_TYPES = (dns.rdatatype.A, dns.rdatatype.AAAA, dns.rdatatype.CNAME)
INTERNET_TTL = 60

# The attribute of an instance that has the address for a record type (Cloud Map, RegisterInstance).
_ATTRIBUTES = {dns.rdatatype.A: "AWS_INSTANCE_IPV4", dns.rdatatype.AAAA: "AWS_INSTANCE_IPV6"}
# The number of instances in an answer (Cloud Map API, DnsConfig): one chosen at random, or up to eight.
_WEIGHTED, _MULTIVALUE = 1, 8
# Seconds for which a client may cache that a name does not exist, if the namespace does not say.
_SOA_TTL = 15


class Internet:
    """The names outside the VPC. Authoritative: unknown names get NXDOMAIN."""

    def __init__(self, records: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """Name → record type (A, AAAA or CNAME) → values, for instance
        `{"www.example.com": {"A": ["198.51.100.10"]}}`. Raises `ValueError` for anything else.
        """
        self._table = NameTable({_name(name): _internet_records(name, of) for name, of in records.items()})

    def lookup(self, name: Name, qtype: RdataType) -> Lookup:
        return self._table.lookup(name, qtype)


def _name(text: str) -> Name:
    try:
        return dns.name.from_text(text)
    except dns.exception.DNSException as error:
        raise ValueError(f"{text!r} is not a domain name: {error}") from None


def _internet_records(name: str, records: Mapping[str, Sequence[str]]) -> dict[RdataType, Records]:
    parsed = {}
    for type_name, values in records.items():
        try:
            rdtype = dns.rdatatype.from_text(type_name)
            if rdtype not in INTERNET_TYPES:
                raise ValueError("the record type must be A, AAAA or CNAME")
            parsed[rdtype] = Records.parse(rdtype, INTERNET_TTL, values)
        except (ValueError, dns.exception.DNSException) as error:
            raise ValueError(f"{name}: cannot use {type_name} {list(values)}: {error}") from None
    alias = parsed.get(dns.rdatatype.CNAME)
    if alias is not None and (len(parsed) > 1 or len(alias.rdatas) != 1):
        raise ValueError(
            f"{name}: a name with a CNAME record has one of them and no other records (RFC 1034)"
        )
    return parsed


@dataclass(frozen=True)
class _Zone:
    origin: Name
    soa: dns.rrset.RRset


class PrivateNames:
    """The names of Cloud Map's private namespaces. Safe to use from several threads.

    Cloud Map's API does not say to which VPC a namespace belongs, so the names of all namespaces of the
    account are answered. Only A and AAAA records are emulated. An instance whose custom health check says
    UNHEALTHY is left out, even if none remains: Cloud Map "stops routing traffic to the instance"
    (HealthCheckCustomConfig).
    """

    def __init__(self, client: ServiceDiscoveryClient) -> None:
        self._client = client
        self._refreshing = threading.Lock()
        self._tables: Mapping[Labels, NameTable] | None = None

    def refresh(self) -> None:
        """Read everything again. If this raises, the names that were read before stay in use.

        Raises botocore's errors, and `ValueError` for an instance whose address is not valid.
        """
        with self._refreshing:
            zones = _zones(self._client)
            names: dict[str, dict[Name, dict[RdataType, Records]]] = {
                namespace: {zone.origin: {dns.rdatatype.SOA: Records(zone.soa.ttl, tuple(zone.soa))}}
                for namespace, zone in zones.items()
            }
            for namespace, service, records in _services(self._client, zones):
                names[namespace][service] = records
            self._tables = {
                labels_of(zone.origin): NameTable(names[namespace], zone.soa)
                for namespace, zone in zones.items()
            }

    def lookup(self, name: Name, qtype: RdataType) -> Lookup | None:
        """None for a name outside the private namespaces; SERVFAIL until the namespaces have been read."""
        tables = self._tables
        if tables is None:
            return Lookup(dns.rcode.SERVFAIL)
        labels = labels_of(name)
        for start in range(len(labels)):  # the innermost zone first
            table = tables.get(labels[start:])
            if table is not None:
                return table.lookup(name, qtype)
        return None


def _zones(client: ServiceDiscoveryClient) -> dict[str, _Zone]:
    """The zones of the private namespaces, by the ID of the namespace."""
    zones = {}
    for page in client.get_paginator("list_namespaces").paginate():
        for namespace in page["Namespaces"]:
            if namespace.get("Type") == "DNS_PRIVATE":
                origin = dns.name.from_text(namespace["Name"])
                properties: Mapping[str, Any] = namespace.get("Properties", {}).get("DnsProperties", {})
                ttl = properties.get("SOA", {}).get("TTL", _SOA_TTL)
                # The timers that Route 53 writes ("The start of authority (SOA) record", Developer Guide).
                text = f"ns.{origin} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 {ttl}"
                zones[namespace["Id"]] = _Zone(origin, dns.rrset.from_text(origin, ttl, "IN", "SOA", text))
    return zones


def _services(
    client: ServiceDiscoveryClient, zones: Mapping[str, _Zone]
) -> Iterator[tuple[str, Name, dict[RdataType, Records]]]:
    """Namespace ID, full name and records of each service that has records now.

    Cloud Map creates and deletes a record with its instance (RegisterInstance), so a service without
    instances has no name.
    """
    for page in client.get_paginator("list_services").paginate():
        for summary in page["Services"]:
            service = client.get_service(Id=summary["Id"])["Service"]
            config: Mapping[str, Any] = service.get("DnsConfig") or {}
            # Terraform still gives the namespace in the field that AWS has deprecated.
            namespace = service.get("NamespaceId") or config.get("NamespaceId", "")
            if namespace in zones:
                records = _service_records(config, _instances(client, service))
                if records:
                    yield namespace, dns.name.from_text(service["Name"], zones[namespace].origin), records


def _service_records(
    config: Mapping[str, Any], instances: Sequence[Mapping[str, str]]
) -> dict[RdataType, Records]:
    records = {}
    for record in config.get("DnsRecords", ()):
        rdtype = dns.rdatatype.from_text(record["Type"])
        attribute = _ATTRIBUTES.get(rdtype)
        values = [instance[attribute] for instance in instances if attribute and attribute in instance]
        if values:
            most = _WEIGHTED if config.get("RoutingPolicy") == "WEIGHTED" else _MULTIVALUE
            try:
                records[rdtype] = Records.parse(rdtype, record["TTL"], values, most)
            except dns.exception.DNSException as error:
                raise ValueError(
                    f"Cloud Map: {attribute} of an instance is not an address: {error}"
                ) from None
    return records


def _instances(client: ServiceDiscoveryClient, service: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """The attributes of the service's instances, without the unhealthy ones."""
    unhealthy = (
        _unhealthy(client, service["Id"]) if service.get("HealthCheckCustomConfig") is not None else ()
    )
    pages = client.get_paginator("list_instances").paginate(ServiceId=service["Id"])
    return [
        instance.get("Attributes", {})
        for page in pages
        for instance in page["Instances"]
        if instance["Id"] not in unhealthy
    ]


def _unhealthy(client: ServiceDiscoveryClient, service_id: str) -> set[str]:
    found = set[str]()
    more: dict[str, str] = {}
    while True:  # botocore has no paginator for it
        page = client.get_instances_health_status(ServiceId=service_id, **more)  # type: ignore[arg-type]
        found |= {key for key, status in page["Status"].items() if status == "UNHEALTHY"}
        if "NextToken" not in page:
            return found
        more = {"NextToken": page["NextToken"]}
