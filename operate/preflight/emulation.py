"""Whether the daemon can run programs of the processor that the images are built for."""

import re
from collections.abc import Iterator
from pathlib import Path

from operate.findings import Finding, failure, ok, warning
from operate.preflight.docker_daemon import DaemonFailure, docker, look
from operate.preflight.plan import Plan, PlanCheck

PROCESSORS = {"ARM64": "arm64", "X86_64": "amd64"}
"""cpuArchitecture → the name in Docker's terms."""
HANDLERS = {"arm64": "qemu-aarch64", "amd64": "qemu-x86_64"}
BINFMT = Path("/proc/sys/fs/binfmt_misc")


def find(plan: Plan, binfmt: Path = BINFMT) -> Iterator[Finding]:
    """Yield the findings; the module's docstring says what is checked."""
    architecture = plan.stack.settings.text("cpuArchitecture") or "ARM64"
    wanted = PROCESSORS.get(architecture, architecture.lower())
    try:
        daemon = look(plan.stack)
    except DaemonFailure as problem:
        yield warning(f"not checked, because Docker does not answer: {problem}", "see the check docker above")
        return
    if daemon.processor == wanted:
        yield ok(f"images for {architecture} are built natively")
        return
    # The provider builds with the daemon's own builder, even if another buildx builder is selected.
    inspection = docker(plan.stack, "buildx", "inspect", "default")
    platforms = set(re.findall(r"linux/\w+", " ".join(re.findall(r"(?m)^Platforms:.*$", inspection.output))))
    handler = _handler(binfmt / HANDLERS.get(wanted, ""))
    if f"linux/{wanted}" in platforms or handler:
        yield ok(f"images for {architecture} are built by emulation on {daemon.processor}, which is slow")
    elif platforms or handler is False:
        other = next((key for key, value in PROCESSORS.items() if value == daemon.processor), "X86_64")
        yield failure(
            f"the daemon runs on {daemon.processor} and cannot run programs for {architecture}",
            "install the emulator: docker run --privileged --rm tonistiigi/binfmt --install "
            f"{wanted}, or pulumi config set cpuArchitecture {other}",
        )
    else:
        yield warning(
            f"it is unknown whether the daemon, which runs on {daemon.processor}, can emulate {architecture}",
            f"try it: docker run --rm --platform linux/{wanted} debian:bookworm-slim uname -m",
        )


def _handler(file: Path) -> bool | None:
    """Whether this machine's kernel can emulate the processor in containers; None if that is unknown."""
    if not file.parent.is_dir() or not (file.parent / "status").exists():
        return None
    if not file.is_file():
        return False
    text = file.read_text(encoding="utf-8")
    # With the flag F the kernel opens the emulator at registration, so it works in containers without the
    # file.
    return text.startswith("enabled") and bool(re.search(r"(?m)^flags: \w*F", text))


CHECK = PlanCheck("emulation", "The daemon builds images for cpuArchitecture.", find, needs_aws=False)
