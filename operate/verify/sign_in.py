"""Whether both pages admit only whoever has the password."""

import secrets
from collections.abc import Iterator

from operate.findings import Finding, failure, ok
from operate.verify.certificate import closed, sites
from operate.verify.deployment import Deployment, DeploymentCheck
from operate.verify.pages import PageFailure, Site


def find(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings. Each page gets one wrong password; its throttle allows three."""
    nobody = closed(deployment)
    if nobody:
        yield nobody
        return
    username, password = deployment.output("username"), deployment.output("password")
    for site in sites(deployment):
        try:
            yield _without_session(site)
            yield _wrong_password(site, username)
            yield _right_password(site, username, password)
        except PageFailure as problem:
            yield failure(str(problem), "see the check certificate above")


def _without_session(site: Site) -> Finding:
    reply = site.request("GET", "/")
    if reply.status == 303 and reply.location.startswith("/login"):
        return ok(f"{site.host} requires a sign-in")
    return failure(
        f"{site.host} answers without sign-in with status {reply.status}",
        "set deployerIp to 255.255.255.255/32 at once (pulumi up), and report it",
    )


def _wrong_password(site: Site, username: str) -> Finding:
    reply = site.sign_in(username, secrets.token_urlsafe())
    if reply.status == 401 and not reply.cookie:
        return ok(f"{site.host} refuses a wrong password")
    if reply.status == 429:
        return failure(
            f"{site.host} throttles sign-ins after too many attempts",
            "wait five minutes, then run this again",
        )
    return failure(
        f"{site.host} answers a wrong password with status {reply.status}",
        "set deployerIp to 255.255.255.255/32 at once (pulumi up), and report it",
    )


def _right_password(site: Site, username: str, password: str) -> Finding:
    reply = site.sign_in(username, password)
    if reply.status != 303 or not reply.cookie:
        return failure(
            f"{site.host} answers the stack's own password with status {reply.status}",
            "a task that was started with an old password is replaced by pulumi up",
        )
    page = site.request("GET", "/", cookie=reply.cookie)
    site.sign_out(reply.cookie)
    if page.status != 200:
        return failure(f"{site.host} answers status {page.status} after signing in", "see the container log")
    return ok(f"{site.host} accepts the stack's password")


CHECK = DeploymentCheck("sign-in", "Both pages admit only whoever has the password.", find)
