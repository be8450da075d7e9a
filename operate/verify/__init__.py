"""Checks after `pulumi up` whether the deployment works, in the account and on the stack's own pages.

They only read. The one exception is the question to a model, which a person must request.
"""

from collections.abc import Iterator, Sequence

from operate.checks import run
from operate.findings import Finding, Outcome, failure
from operate.verify import certificate, images, logs, model, names, screen, services, sign_in, targets
from operate.verify.deployment import Deployment, DeploymentCheck, MissingOutput

CHECKS: tuple[DeploymentCheck, ...] = (
    services.CHECK,
    images.CHECK,
    targets.CHECK,
    certificate.CHECK,
    sign_in.CHECK,
    screen.CHECK,
    names.CHECK,
    model.CHECK,
    logs.CHECK,
)


def examine(deployment: Deployment, checks: Sequence[DeploymentCheck] = CHECKS) -> list[Outcome]:
    """Run the checks in order. A check that needs a missing stack output fails and names the output."""
    return [run(_tolerant(check), deployment) for check in checks]


def _tolerant(check: DeploymentCheck) -> DeploymentCheck:
    def find(deployment: Deployment) -> Iterator[Finding]:
        try:
            yield from check.find(deployment)
        except MissingOutput as missing:
            yield failure(
                f"the stack has no output {missing}", "deploy the whole stack with this checkout: pulumi up"
            )

    return DeploymentCheck(check.name, check.promise, find, check.needs_aws)
