"""A connection to the X server, with the extensions that the display code needs."""

import contextlib
import logging
import os
import socket
import struct

import xcffib
import xcffib.damage
import xcffib.res
import xcffib.shm
import xcffib.xfixes
import xcffib.xproto
import xcffib.xtest

_CREDENTIALS = struct.Struct("3i")

logger = logging.getLogger(__name__)


class DisplayUnavailableError(Exception):
    """The X server cannot be reached, or went away during a request."""


class Connection:
    """An open connection. Not thread-safe: each thread needs its own, or must take turns.

    `width` and `height` are the screen's real size in pixels. `display` is an X display name such as `:1`;
    XAUTHORITY in the environment names the file with its cookie.
    """

    def __init__(self, display: str) -> None:
        try:
            self.x = xcffib.connect(display=display)
            setup = self.x.get_setup()
            self.screen = setup.roots[0]
            self.first_keycode: int = setup.min_keycode
            self.last_keycode: int = setup.max_keycode
            self.shm = self.x(xcffib.shm.key)
            self.fixes = self.x(xcffib.xfixes.key)
            self.damage = self.x(xcffib.damage.key)
            self.test = self.x(xcffib.xtest.key)
            self.resources = self.x(xcffib.res.key)
            self.fixes.QueryVersion(5, 0).reply()
            self.damage.QueryVersion(1, 1).reply()
            self.resources.QueryVersion(1, 2).reply()
        except xcffib.XcffibException as error:
            raise DisplayUnavailableError(f"no X server answers at {display}") from error
        self.root: int = self.screen.root
        self.width: int = self.screen.width_in_pixels
        self.height: int = self.screen.height_in_pixels

    def atom(self, name: str) -> int:
        """The atom called `name`, or 0 if no client has created it."""
        atom: int = self.x.core.InternAtom(True, len(name), name).reply().atom
        return atom

    def sync(self) -> None:
        """Wait until the server has carried out every request sent so far."""
        self.x.core.GetInputFocus().reply()

    def server_process(self) -> int:
        """The X server's process id, as the kernel reports it for the socket."""
        with socket.socket(fileno=os.dup(self.x.get_file_descriptor())) as connected:
            process: int = _CREDENTIALS.unpack(
                connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            )[0]
        return process

    def hang_up(self) -> None:
        """Shut the connection down: a thread that waits for an event on it gets an error."""
        with (
            contextlib.suppress(OSError, xcffib.XcffibException),  # the server closed it first
            socket.socket(fileno=os.dup(self.x.get_file_descriptor())) as connected,
        ):
            connected.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection. It is no error if the server closed it first."""
        try:
            self.x.disconnect()
        except xcffib.XcffibException:
            logger.debug("the display had closed the connection first")
