"""Cloud Map: a namespace with services, or a service with instances, cannot be deleted."""

from __future__ import annotations

from typing import Any

from moto.servicediscovery.responses import ServiceDiscoveryResponse

from emulator.actions import Parameters, checks, refuse


@checks(ServiceDiscoveryResponse, "delete_namespace")
def namespace_must_be_empty(call: Any, parameters: Parameters) -> None:
    services = call.servicediscovery_backend.services.values()
    if any(service.namespace_id == parameters["Id"] for service in services):
        refuse("ResourceInUse", f"Namespace {parameters['Id']} has services and cannot be deleted.")


@checks(ServiceDiscoveryResponse, "delete_service")
def service_must_be_empty(call: Any, parameters: Parameters) -> None:
    service = call.servicediscovery_backend.services.get(parameters["Id"])
    if service is not None and service.instances:
        refuse("ResourceInUse", f"Service {parameters['Id']} has registered instances.")
