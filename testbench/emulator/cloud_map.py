"""Cloud Map: a namespace has a hosted zone of its own, and what is in use cannot be deleted."""

from __future__ import annotations

from typing import Any

from emulator.actions import Original, checks, corrects, refuse, surrounds
from emulator.moto_adapter import Answer, Call, Parameters


@corrects("servicediscovery", "create_private_dns_namespace")
def name_the_zone_as_aws_does(call: Call, parameters: Parameters, _answer: Answer) -> None:
    for namespace in call.backend.namespaces.values():
        zone = _zones(call).get(_zone_id(namespace))
        if zone is not None and namespace.name == parameters["Name"]:
            zone.name = f"{namespace.name}."


@surrounds("servicediscovery", "delete_namespace")
def delete_with_its_zone(call: Call, parameters: Parameters, original: Original) -> Answer:
    backend, namespace_id = call.backend, parameters["Id"]
    if any(service.namespace_id == namespace_id for service in backend.services.values()):
        refuse("ResourceInUse", f"Namespace {namespace_id} has services and cannot be deleted.")
    namespace = backend.namespaces.get(namespace_id)
    answer = original()
    _zones(call).pop(_zone_id(namespace), None)
    return answer


@checks("servicediscovery", "delete_service")
def service_must_be_empty(call: Call, parameters: Parameters) -> None:
    service = call.backend.services.get(parameters["Id"])
    if service is not None and service.instances:
        refuse("ResourceInUse", f"Service {parameters['Id']} has registered instances.")


def _zones(call: Call) -> dict[str, Any]:
    zones = call.backend_of("route53").zones
    assert isinstance(zones, dict)
    return zones


def _zone_id(namespace: Any) -> str:
    return str((namespace.dns_properties or {}).get("HostedZoneId", "")).removeprefix("/hostedzone/")


# --- what AWS refuses (Cloud Map API reference, CreatePrivateDnsNamespace and CreateService)


@checks("servicediscovery", "create_private_dns_namespace")
def vpc_must_exist(call: Call, parameters: Parameters) -> None:
    if parameters["Vpc"] not in call.backend_of("ec2").vpcs:
        refuse("InvalidInput", f"The VPC {parameters['Vpc']} does not exist.")


@checks("servicediscovery", "create_service")
def service_must_be_valid(call: Call, parameters: Parameters) -> None:
    backend = call.backend
    config = parameters.get("DnsConfig", {})
    namespace_id = parameters.get("NamespaceId") or config.get("NamespaceId")
    if namespace_id not in backend.namespaces:
        refuse("NamespaceNotFound", f"The namespace {namespace_id} does not exist.")
    for existing in backend.services.values():
        if (existing.namespace_id, existing.name.lower()) == (namespace_id, parameters["Name"].lower()):
            refuse("ServiceAlreadyExists", f"The namespace already has a service {parameters['Name']}.")
    _records_must_fit(config)
    if parameters.get("HealthCheckConfig"):
        if parameters.get("HealthCheckCustomConfig"):
            refuse("InvalidInput", "HealthCheckConfig and HealthCheckCustomConfig exclude each other.")
        if backend.namespaces[namespace_id].type == "DNS_PRIVATE":
            refuse("InvalidInput", "HealthCheckConfig is for public DNS and HTTP namespaces only.")


def _records_must_fit(config: dict[str, Any]) -> None:
    types = [record["Type"] for record in config.get("DnsRecords", [])]
    if len(set(types)) < len(types):
        refuse("InvalidInput", f"A record type may be given only once: {types}.")
    if "CNAME" in types and len(types) > 1:
        refuse("InvalidInput", "A service with CNAME records has no others.")
    if "CNAME" in types and config.get("RoutingPolicy", "MULTIVALUE") != "WEIGHTED":
        refuse("InvalidInput", "CNAME records need the routing policy WEIGHTED.")
