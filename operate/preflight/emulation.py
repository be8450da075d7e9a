"""Whether the daemon can run programs of the processor that the images are built for."""

import re
from collections.abc import Iterator
from pathlib import Path

from operate.findings import Finding, failure, ok, warning
from operate.preflight.docker_daemon import DaemonFailure, docker, look
from operate.preflight.plan import Plan, PlanCheck

PROCESSORS = {"ARM64": "arm64", "X86_64": "amd64"}
"""cpuArchitecture in Docker's words."""
HANDLERS = {"arm64": "qemu-aarch64", "amd64": "qemu-x86_64"}
BINFMT = Path("/proc/sys/fs/binfmt_misc")


def find(plan: Plan, binfmt: Path = BINFMT) -> Iterator[Finding]:
    """See the module."""
    architecture = plan.stack.settings.text("cpuArchitecture") or "ARM64"
    wanted = PROCESSORS.get(architecture, architecture.lower())
    try:
        daemon = look(plan.stack)
    except DaemonFailure as problem:
        yield warning(f"not checked, because Docker does not answer: {problem}", "see docker above")
        return
    if daemon.processor == wanted:
        yield ok(f"images for {architecture} are built natively")
        return
    # The provider builds with the daemon's own builder, whichever builder the person has selected.
    told = docker(plan.stack, "buildx", "inspect", "default")
    platforms = set(re.findall(r"linux/\w+", " ".join(re.findall(r"(?m)^Platforms:.*$", told.output))))
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
            f"nothing tells whether the daemon, which runs on {daemon.processor}, emulates {architecture}",
            f"try it: docker run --rm --platform linux/{wanted} debian:bookworm-slim uname -m",
        )


def _handler(file: Path) -> bool | None:
    """Whether this machine's kernel has the emulator ready for containers; None if it does not tell."""
    if not file.parent.is_dir() or not (file.parent / "status").exists():
        return None
    if not file.is_file():
        return False
    text = file.read_text(encoding="utf-8")
    # The flag F opens the emulator when it is registered, so it works where its file is not there.
    return text.startswith("enabled") and bool(re.search(r"(?m)^flags: \w*F", text))


CHECK = PlanCheck("emulation", "The daemon builds images for cpuArchitecture.", find, needs_aws=False)
