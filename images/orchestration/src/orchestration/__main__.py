"""Process 1 of the container: starts nginx and the console, restarts the one that dies, stops both on
SIGTERM.

The secrets stay out of nginx's environment; it gets certificate and key as memory files, so neither is on a
disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.configuration import Configuration, ConfigurationError
from orchestration.gateway.certificate import memory_file
from orchestration.gateway.nginx import configuration as nginx_configuration

STOP_SECONDS = 10.0
FIRST_WAIT = 0.2
LOOK_SECONDS = 0.05
LONGEST_WAIT = 10.0
STEADY_SECONDS = 30.0
PR_SET_PDEATHSIG = 1
NGINX_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


@dataclass(slots=True)
class Part:
    """One process that has to run all the time; the first start waits until the file `after` exists."""

    name: str
    command: list[str]
    environment: dict[str, str]
    descriptors: tuple[int, ...] = ()
    after: Path | None = None
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def keep(self) -> None:
        """Run it again and again, after waits that grow while it dies young."""
        wait = FIRST_WAIT
        while self.after is not None and not self.after.exists():
            await asyncio.sleep(LOOK_SECONDS)
        while True:
            started = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment,
                pass_fds=self.descriptors,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
            say(f"{self.name} started", pid=self.process.pid)
            status = await self.process.wait()
            # nginx's workers outlive their master and would keep the port.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            if time.monotonic() - started > STEADY_SECONDS:
                wait = FIRST_WAIT
            say(f"{self.name} ended and is started again", status=status, after_seconds=round(wait, 1))
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL to its whole session when that does not help."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _end_with_parent() -> None:
    """In the child: have the kernel send SIGTERM when the supervisor dies, however it dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def say(message: str, **details: object) -> None:
    """One JSON line on stdout."""
    print(json.dumps({"source": "supervisor", "message": message, **details}), flush=True)


def parts(configuration: Configuration, folder: Path) -> list[Part]:
    """The two processes. `folder` is private, writable and empty."""
    socket = folder / "gate.socket"
    certificate = memory_file("certificate", configuration.tls_certificate)
    private_key = memory_file("key", configuration.tls_private_key)
    settings = folder / "nginx.conf"
    settings.write_text(
        nginx_configuration(
            folder,
            configuration.listen_address,
            configuration.listen_port,
            f"/dev/fd/{certificate}",
            f"/dev/fd/{private_key}",
            socket,
        )
    )
    nginx = shutil.which("nginx", path=NGINX_ENVIRONMENT["PATH"]) or "nginx"
    return [
        Part("console", [sys.executable, "-m", "orchestration.server", str(socket)], dict(os.environ)),
        Part(
            "nginx",
            [nginx, "-p", str(folder), "-c", str(settings), "-e", "stderr"],
            NGINX_ENVIRONMENT,
            (certificate, private_key),
            after=socket,
        ),
    ]


async def run(configuration: Configuration) -> None:
    """Keep both parts running until SIGTERM or SIGINT."""
    folder = Path(tempfile.mkdtemp(prefix="console-"))
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    kept = parts(configuration, folder)
    tasks = [asyncio.create_task(part.keep()) for part in kept]
    try:
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in tasks:
            if task.done():
                task.result()
    finally:
        say("stopping")
        for task in tasks:
            task.cancel()
        # nginx first: no new request meets a console that is going away.
        for part in reversed(kept):
            await part.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Check the environment before anything starts."""
    try:
        configuration = Configuration.from_environment()
    except ConfigurationError as error:
        print(f"The container cannot start: {error}", file=sys.stderr)
        return 1
    asyncio.run(run(configuration))
    return 0


if __name__ == "__main__":
    sys.exit(main())
