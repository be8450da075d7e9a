"""Whether console and viewer show the certificate that the stack's output tells."""

from collections.abc import Iterator

from operate.findings import Finding, failure, ok, warning
from operate.verify.deployment import PAGES, Deployment, DeploymentCheck
from operate.verify.pages import PageFailure, Site, WrongCertificate


def sites(deployment: Deployment) -> list[Site]:
    """Console and viewer."""
    fingerprint = deployment.output("tlsCertificateSha256")
    return [Site.of(deployment.output(name), fingerprint) for name in PAGES]


def closed(deployment: Deployment) -> Finding | None:
    """Why no page can be looked at from anywhere; None if the stack lets somebody in."""
    if deployment.output("ingressMode") != "blocked":
        return None
    return warning(
        "not checked, because deployerIp lets nobody in",
        "pulumi config set deployerIp with this machine's address, pulumi up, then run this again",
    )


def find(deployment: Deployment) -> Iterator[Finding]:
    """See the module."""
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
                "do not type the password there; pulumi up replaces a task that has an old certificate",
            )
        except PageFailure as problem:
            yield failure(
                str(problem),
                f"this machine's address must be in deployerIp ({deployment.output('ingressCidr')})",
            )
        else:
            yield ok(f"{site.host} shows the stack's own certificate")


CHECK = DeploymentCheck("certificate", "Both pages show the certificate that the stack tells.", find)
