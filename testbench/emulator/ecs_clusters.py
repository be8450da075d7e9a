"""ECS clusters: settings and capacity providers that AWS refuses and moto accepts."""

from __future__ import annotations

from emulator.actions import checks, refuse
from emulator.moto_adapter import Call, Parameters

# ECS API reference, ClusterSetting: "If this value is specified, it overrides the containerInsights value …".
_INSIGHTS = {"enhanced", "enabled", "disabled"}
# Those that every account has.
_FARGATE = {"FARGATE", "FARGATE_SPOT"}


@checks("ecs", "create_cluster", "update_cluster")
def settings_must_be_known(_call: Call, parameters: Parameters) -> None:
    for setting in parameters.get("settings", []):
        if setting.get("name") == "containerInsights" and setting.get("value") not in _INSIGHTS:
            refuse(
                "InvalidParameterException",
                f"Invalid value {setting.get('value')!r} for containerInsights: one of {sorted(_INSIGHTS)}.",
            )


@checks("ecs", "create_cluster", "put_cluster_capacity_providers")
def capacity_providers_must_exist(call: Call, parameters: Parameters) -> None:
    own = {provider.name for provider in call.backend.capacity_providers.values()}
    named = parameters.get("capacityProviders", [])
    strategy = [one["capacityProvider"] for one in parameters.get("defaultCapacityProviderStrategy", [])]
    unknown = [name for name in (*named, *strategy) if name not in own | _FARGATE]
    if unknown:
        refuse("InvalidParameterException", f"The capacity provider {unknown[0]} was not found.")
    if set(strategy) - set(named):
        refuse("InvalidParameterException", "The strategy names a capacity provider that the cluster lacks.")
