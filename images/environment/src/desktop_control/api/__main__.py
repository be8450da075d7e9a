"""Serves the control API on the socket that the supervisor holds."""

import logging
import os
import socket
from contextlib import closing

import waitress
import xcffib
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from desktop_control.api.app import MAX_BODY_BYTES, Tools, create_app
from desktop_control.api.health import DisplayProbe
from desktop_control.display.connection import Connection, DisplayUnavailableError
from desktop_control.display.focus import Focus, focus
from desktop_control.display.scaling import Scaling
from desktop_control.human import HumanActivity
from desktop_control.json_log import start_logging
from desktop_control.process_lifetime import die_with_supervisor
from desktop_control.runtime import AS_DESKTOP, CONTROL_SOCKET, Runtime, Users
from desktop_control.settings import Settings
from desktop_control.tools.bash import Bash, ShellLimits
from desktop_control.tools.computer import Computer
from desktop_control.tools.editor import Editor
from desktop_control.tools.interruption import Interruption

# So that a health check is answered while all lanes are full.
_SPARE_THREADS = 8
_LANES = 3
# The agent's own programs can reach the port too: connections that say nothing must not keep others out.
# Below the 1,024 open files that a process may have by default.
_CONNECTIONS = 768
_IDLE_SECONDS = 10


class _OneRequest(WSGITask):
    """Closes the connection after the answer. A connection that is kept dies with this process; a new one
    waits in the supervisor's socket until the next process takes it."""

    def execute(self) -> None:
        if isinstance(self.request, HTTPRequestParser):
            self.request.headers["CONNECTION"] = "close"  # type: ignore[index]  # a dict; its stub says less
        super().execute()


def main() -> None:
    """Serve until the supervisor says stop."""
    die_with_supervisor()
    start_logging("control-api")
    settings = Settings.from_environment(os.environ)
    runtime = Runtime(settings.runtime_directory)
    display = os.environ["DISPLAY"]
    bash = Bash(str(AS_DESKTOP), ShellLimits(settings.bash_timeout_seconds, settings.max_processes))
    interruption = Interruption(HumanActivity(runtime.human_activity), settings.human_pause_seconds)
    computer = Computer(display, Users.read().desktop, interruption, bash.sessions)
    tools = Tools(computer, bash, Editor(str(AS_DESKTOP)), settings.queue_bound)
    scaling = Scaling.for_screen(settings.display_width, settings.display_height)

    def look_at_focus() -> Focus:
        with closing(Connection(display)) as connection:
            try:
                return focus(connection, runtime.keyboard_focus, Users.read().desktop)
            except xcffib.XcffibException as error:
                raise DisplayUnavailableError("the display went away") from error

    digest = bytes.fromhex(runtime.token_digest.read_text())
    app = create_app(tools, scaling, digest, DisplayProbe(display), look_at_focus)
    logging.getLogger(__name__).info("ready")
    HTTPChannel.task_class = _OneRequest
    waitress.serve(
        app,
        sockets=[socket.socket(fileno=CONTROL_SOCKET)],
        threads=_LANES * settings.queue_bound + _SPARE_THREADS,
        max_request_body_size=2 * MAX_BODY_BYTES,
        connection_limit=_CONNECTIONS,
        channel_timeout=_IDLE_SECONDS,
        cleanup_interval=_IDLE_SECONDS // 2,
        asyncore_use_poll=True,
        ident=None,
        _quiet=True,
    )


main()
