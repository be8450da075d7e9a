"""The listening sockets. They are opened once, before the supervisor starts, and inherited by the services:
while a service restarts, callers wait in its socket's queue instead of being refused."""

import os
import socket
from pathlib import Path

from desktop_control.runtime import CONTROL_SOCKET, VIEWER_SOCKET
from desktop_control.settings import ConfigurationError, Settings

_BACKLOG = 256
_DISPLAYS = range(1, 100)
_X_SOCKETS = Path("/tmp/.X11-unix")


def open_sockets(settings: Settings) -> None:
    """Listen on the ports of our own services, on the file descriptors where they look for them. DCV opens
    its port itself. Raises ConfigurationError."""
    listeners = [("CONTROL_PORT", settings.control_port, CONTROL_SOCKET)]
    if settings.viewer == "novnc":
        listeners.append(("VIEWER_PORT", settings.viewer_port, VIEWER_SOCKET))
    for variable, port, descriptor in listeners:
        try:
            family = socket.AF_INET6 if ":" in settings.bind_address else socket.AF_INET
            listener = socket.create_server((settings.bind_address, port), family=family, backlog=_BACKLOG)
        except OSError as error:
            raise ConfigurationError(
                variable, f"cannot listen on {settings.bind_address} port {port}: {error.strerror}"
            ) from error
        os.dup2(listener.fileno(), descriptor, inheritable=True)
        listener.close()


def free_display() -> int:
    """The lowest display number from 1 on that no X server uses."""
    for number in _DISPLAYS:
        if not (_X_SOCKETS / f"X{number}").exists() and not Path(f"/tmp/.X{number}-lock").exists():
            return number
    raise ConfigurationError("DISPLAY_NUMBER", "displays 1 to 99 are all in use; set a free one")
