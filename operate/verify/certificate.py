"""Whether console and viewer present the certificate whose fingerprint is in the stack's outputs."""

from collections.abc import Iterator

from operate.findings import Finding, failure, ok, warning
from operate.verify.deployment import PAGES, Deployment, DeploymentCheck
from operate.verify.pages import PageFailure, Site, WrongCertificate


def sites(deployment: Deployment) -> list[Site]:
    """The addresses of console and viewer."""
    fingerprint = deployment.output("tlsCertificateSha256")
    return [Site.of(deployment.output(name), fingerprint) for name in PAGES]


def closed(deployment: Deployment) -> Finding | None:
    """A warning if the stack admits nobody, so that no page can be reached; otherwise None."""
    if deployment.output("ingressMode") != "blocked":
        return None
    return warning(
        "not checked, because deployerIp admits nobody",
        "pulumi config set deployerIp to this machine's address, pulumi up, then run this again",
    )


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    nobody = closed(deployment)
    if nobody:
        yield nobody
        return
    for site in sites(deployment):
        try:
            site.connect().close()
        except WrongCertificate as wrong:
            yield failure(
                str(wrong),
                "do not enter the password there; pulumi up replaces a task that has an old certificate",
            )
        except PageFailure as problem:
            yield failure(
                str(problem),
                f"this machine's address must be in deployerIp ({deployment.output('ingressCidr')})",
            )
        else:
            yield ok(f"{site.host} presents the stack's certificate")


CHECK = DeploymentCheck("certificate", "Both pages present the certificate of the stack.", find)
