"""Cloud Map: its hosted zone comes and goes with a namespace, and what is in use cannot be deleted."""

from __future__ import annotations

from typing import Any

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
