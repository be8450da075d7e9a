"""The console's process: pages, gate and agent on one Unix socket. nginx in front of it ends TLS.

Secrets come in the environment and leave it at once: nothing that this process might start inherits them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from orchestration.agent.preload import preload
from orchestration.configuration import Configuration, ConfigurationError
from orchestration.console.current import install
from orchestration.console.service import Console
from orchestration.gateway.console_site import ConsoleSite
from orchestration.gateway.entrance import Entrance
from orchestration.gateway.gate import Gate
from orchestration.gateway.password import Login
from orchestration.gateway.throttle import Throttle
from orchestration.incidents import report
from orchestration.record.journal import Journal, RecordError
from orchestration.record.output import publish, say
from orchestration.record.redaction import Redactor

SECRET_VARIABLES = ("LOGIN_PASSWORD", "TLS_PRIVATE_KEY", "CONTROL_TOKEN", "ANTHROPIC_API_KEY")
SWEEP_SECONDS = 1.0
GRACE_SECONDS = 5
PAGES_SCRIPT = Path(__file__).parent / "console" / "app.py"


class _RedactedLog(logging.Handler):
    """Libraries' warnings and errors as JSON lines without secrets."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__(logging.WARNING)
        self._redactor = redactor

    def emit(self, record: logging.LogRecord) -> None:
        say(self._redactor, record.getMessage(), logger=record.name, level=record.levelname)


def keep_pages_importable() -> None:
    """Keep the pages' folder on `sys.path`, at its end.

    Otherwise Streamlit puts it there for each page that it draws and takes it off again, and an import in the
    agent's thread that walks the path at that moment can miss an entry.
    """
    folder = str(PAGES_SCRIPT.parent)
    if folder not in sys.path:
        sys.path.append(folder)


def pages(redactor: Redactor) -> ASGIApp:
    """Streamlit's application; what goes wrong in a page is logged, and the page says only that it did."""
    import streamlit  # noqa: PLC0415 (reads its configuration when imported: after the environment is clean)

    def failed(error: Exception) -> bool:
        number = report(redactor, "a page failed", error)
        streamlit.error(f"This page failed. The reason is in the console's log under the number {number}.")
        return True

    return streamlit.App(PAGES_SCRIPT, on_script_error=failed)


async def pages_ready() -> bool:
    """Whether Streamlit takes new browsers."""
    from streamlit.runtime import Runtime  # noqa: PLC0415 (as above)

    if not Runtime.exists():
        return False
    ready, _ = await Runtime.instance().is_ready_for_browser_connection
    return bool(ready)


def build(configuration: Configuration) -> tuple[Console, Gate]:
    """The console and the gate in front of its pages.

    Raises:
        RecordError: the record on the volume cannot be continued.
    """
    redactor = Redactor(configuration.secrets())
    logging.basicConfig(handlers=[_RedactedLog(redactor)], level=logging.WARNING, force=True)
    journal = Journal(configuration.data_directory, redactor, publish)
    console = Console(configuration, redactor, journal)
    install(console)

    async def healthy() -> str | None:
        trouble = console.trouble_with_health()
        if trouble is None and not await pages_ready():
            return "the pages are not ready"
        return trouble

    def record(kind: str, data: dict[str, Any]) -> None:
        journal.append(kind, data)

    login = Login(configuration.login_username, configuration.login_password)
    entrance = Entrance(login, console.sessions, Throttle(), record)
    application = pages(redactor)
    site = ConsoleSite(application, console.sessions, console.screen)
    return console, Gate(application, console.sessions, entrance, site, healthy)


async def serve(console: Console, gate: Gate, socket: Path) -> None:
    """Serve on a Unix socket until SIGTERM or SIGINT, then end the running task in order."""
    config = uvicorn.Config(
        gate,
        uds=str(socket),
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=4_000_000,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)

    async def sweep() -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            console.sessions.sweep()

    sweeper = asyncio.create_task(sweep())
    try:
        await server.serve()
    finally:
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper
        await asyncio.to_thread(console.shut_down)


def main() -> int:
    """Run the process. Exit status 1 when it cannot start."""
    try:
        configuration = Configuration.from_environment()
    except ConfigurationError as error:
        print(f"The console cannot start: {error}", file=sys.stderr)
        return 1
    for name in SECRET_VARIABLES:
        os.environ.pop(name, None)
    os.umask(0o077)
    keep_pages_importable()
    preload()
    try:
        console, gate = build(configuration)
    except RecordError as error:
        print(f"The console cannot start: {error}", file=sys.stderr)
        return 1
    # uvicorn raises the signal again after it has shut down; by then everything is in order.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    asyncio.run(serve(console, gate, Path(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
