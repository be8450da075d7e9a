"""Checks before `pulumi up` for anything that would stop the deployment.

They read AWS, the stack and this machine, and change nothing.
"""

from collections.abc import Sequence

from operate.checks import run
from operate.findings import Outcome, Status, warning
from operate.preflight import (
    credentials,
    disk,
    docker,
    emulation,
    models,
    names,
    permissions,
    programs,
    quotas,
    region,
    stack_name,
    zones,
)
from operate.preflight.plan import Plan, PlanCheck

CHECKS: tuple[PlanCheck, ...] = (
    stack_name.CHECK,
    credentials.CHECK,
    region.CHECK,
    zones.CHECK,
    models.CHECK,
    quotas.CHECK,
    permissions.CHECK,
    names.CHECK,
    docker.CHECK,
    emulation.CHECK,
    disk.CHECK,
    programs.CHECK,
)


def examine(plan: Plan, checks: Sequence[PlanCheck] = CHECKS) -> list[Outcome]:
    """Run the checks in order. If the credentials fail, the checks that need them are not run."""
    outcomes: list[Outcome] = []
    credentials_fail = False
    for check in checks:
        if check.needs_aws and credentials_fail:
            skipped = warning(
                "not checked, because the credentials fail", "fix the credentials, then run this again"
            )
            outcomes.append(Outcome(check.name, check.promise, (skipped,)))
            continue
        outcomes.append(run(check, plan))
        if check is credentials.CHECK:
            credentials_fail = any(finding.status is Status.FAILURE for finding in outcomes[-1].findings)
    return outcomes
