"""Serves the policy pack to the Pulumi engine; blocks until the engine stops it."""

import os

from pulumi_policy import EnforcementLevel, PolicyPack

from sandbox_policy.policies import all_policies, context_from

PolicyPack(
    name="computer-use-sandbox",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=all_policies(context_from(os.environ)),
)
