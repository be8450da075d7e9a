"""Cloud Map: its hosted zone comes and goes with a namespace, and what is in use cannot be deleted."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.route53.models import route53_backends
from moto.servicediscovery.responses import ServiceDiscoveryResponse

from emulator.actions import Original, Parameters, checks, corrects, refuse, surrounds


@corrects(ServiceDiscoveryResponse, "create_private_dns_namespace", "create_public_dns_namespace")
def name_the_zone_as_aws_does(call: Any, parameters: Parameters, result: Any) -> Any:
    for namespace in call.servicediscovery_backend.namespaces.values():
        zone = _zones(call).get(_zone_id(namespace))
        if zone is not None and namespace.name == parameters["Name"]:
            zone.name = f"{namespace.name}."
    return result


@surrounds(ServiceDiscoveryResponse, "delete_namespace")
def delete_with_its_zone(call: Any, parameters: Parameters, original: Original) -> Any:
    backend, namespace_id = call.servicediscovery_backend, parameters["Id"]
    if any(service.namespace_id == namespace_id for service in backend.services.values()):
        refuse("ResourceInUse", f"Namespace {namespace_id} has services and cannot be deleted.")
    namespace = backend.namespaces.get(namespace_id)
    result = original()
    _zones(call).pop(_zone_id(namespace), None)
    return result


@checks(ServiceDiscoveryResponse, "delete_service")
def service_must_be_empty(call: Any, parameters: Parameters) -> None:
    service = call.servicediscovery_backend.services.get(parameters["Id"])
    if service is not None and service.instances:
        refuse("ResourceInUse", f"Service {parameters['Id']} has registered instances.")


def _zones(call: Any) -> dict[str, Any]:
    zones = route53_backends[call.current_account]["aws"].zones
    assert isinstance(zones, dict)
    return zones


def _zone_id(namespace: Any) -> str:
    return str((namespace.dns_properties or {}).get("HostedZoneId", "")).removeprefix("/hostedzone/")


# --- what AWS refuses (Cloud Map API reference, CreatePrivateDnsNamespace and CreateService)


@checks(ServiceDiscoveryResponse, "create_private_dns_namespace")
def vpc_must_exist(call: Any, parameters: Parameters) -> None:
    if parameters["Vpc"] not in ec2_backends[call.current_account][call.region].vpcs:
        refuse("InvalidInput", f"The VPC {parameters['Vpc']} does not exist.")


@checks(ServiceDiscoveryResponse, "create_service")
def service_must_be_possible(call: Any, parameters: Parameters) -> None:
    backend = call.servicediscovery_backend
    config = parameters.get("DnsConfig", {})
    namespace_id = parameters.get("NamespaceId") or config.get("NamespaceId")
    if namespace_id not in backend.namespaces:
        refuse("NamespaceNotFound", f"The namespace {namespace_id} does not exist.")
    for existing in backend.services.values():
        if (existing.namespace_id, existing.name.lower()) == (namespace_id, parameters["Name"].lower()):
            refuse("ServiceAlreadyExists", f"The namespace has a service {parameters['Name']} already.")
    _records_must_fit(config)
    if parameters.get("HealthCheckConfig"):
        if parameters.get("HealthCheckCustomConfig"):
            refuse("InvalidInput", "HealthCheckConfig and HealthCheckCustomConfig exclude each other.")
        if backend.namespaces[namespace_id].type == "DNS_PRIVATE":
            refuse("InvalidInput", "HealthCheckConfig is for public DNS and HTTP namespaces only.")


def _records_must_fit(config: dict[str, Any]) -> None:
    types = [record["Type"] for record in config.get("DnsRecords", [])]
    if len(set(types)) < len(types):
        refuse("InvalidInput", f"Each record type can be given once: {types}.")
    if "CNAME" in types and len(types) > 1:
        refuse("InvalidInput", "A service with CNAME records has no others.")
    if "CNAME" in types and config.get("RoutingPolicy", "MULTIVALUE") != "WEIGHTED":
        refuse("InvalidInput", "CNAME records need the routing policy WEIGHTED.")
