"""Serves the policy pack to the Pulumi engine; blocks until the engine stops it."""

from pulumi_policy import EnforcementLevel, PolicyPack

from sandbox_policy.policies import all_policies

PolicyPack(
    name="computer-use-sandbox",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=all_policies(),
)
