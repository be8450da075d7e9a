"""Whether the Pulumi Docker provider can build and push images with the Docker daemon."""

from collections.abc import Iterator

from operate.findings import Finding, failure, ok, warning
from operate.preflight.docker_daemon import Daemon, DaemonFailure, look
from operate.preflight.plan import Plan, PlanCheck
from operate.programs import dotted

# Versions of the Engine API that the provider's plugin speaks. It uses the lower of 1.51 and the daemon's
# newest version, and BuildKit needs at least 1.40.
OLDEST_SPOKEN = (1, 40)
NEWEST_SPOKEN = (1, 51)


def find(plan: Plan) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    try:
        daemon = look(plan.stack)
    except DaemonFailure as problem:
        yield failure(
            f"Docker does not answer: {problem}",
            "install Docker Engine 23 or later, start it, and let this user use it; docker info must succeed",
        )
        return
    yield from _judge(daemon)


def _judge(daemon: Daemon) -> Iterator[Finding]:
    if daemon.system != "linux":
        yield failure(
            f"the daemon builds images for {daemon.system}, but the tasks run Linux",
            "switch Docker Desktop to Linux containers",
        )
    if daemon.newest_api < OLDEST_SPOKEN:
        yield failure(
            f"Docker {daemon.version} has API {dotted(daemon.newest_api)}, but the provider needs "
            f"{dotted(OLDEST_SPOKEN)} or later",
            "update Docker to Engine 23.0 or later, which builds with BuildKit",
        )
    elif daemon.oldest_api > NEWEST_SPOKEN:
        yield failure(
            f"Docker {daemon.version} refuses APIs below {dotted(daemon.oldest_api)}, but the provider "
            f"speaks {dotted(NEWEST_SPOKEN)} at most",
            'allow older clients with {"min-api-version": "1.40"} in daemon.json, then restart the daemon',
        )
    else:
        spoken = dotted(min(daemon.newest_api, NEWEST_SPOKEN))
        yield ok(f"Docker {daemon.version} and the provider both speak API {spoken}")
    if daemon.uses_containerd_store:
        yield warning(
            "the daemon keeps images in containerd's store, from which old versions cannot push (status 403)",
            'if a push fails, switch it off: {"features": {"containerd-snapshotter": false}} in daemon.json',
        )


CHECK = PlanCheck("docker", "The Docker daemon accepts the provider's requests.", find, needs_aws=False)
