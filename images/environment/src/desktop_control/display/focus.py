"""Where typed text would go: the program of the active window and, in the browser, the site."""

import json
import stat
from dataclasses import dataclass
from pathlib import Path

import xcffib.xproto

from desktop_control.display.connection import Connection
from desktop_control.display.cpu_time import stat_fields

_BROWSER = "firefox-esr"
_LONGEST_PROPERTY = 64
# Field of /proc/PID/stat, counted after the parenthesised name.
_PARENT = 1
# How many parents lie between the extension's native program and the browser, at most.
_GENERATIONS = 3


@dataclass(frozen=True)
class Focus:
    """`program` is the active window's class, `origin` the site (scheme, host, port) of the frame that has
    the keyboard's focus. Each is None when it is unknown; `origin` is also None while no page has the focus.
    """

    program: str | None
    origin: str | None


def focus(connection: Connection, report: Path, owner: int) -> Focus:
    """Ask the X server for the program and read the site from `report`, which the browser's extension writes.

    The report counts only if it belongs to user `owner` and if the process that wrote it is a descendant of
    the browser in the active window.
    """
    window = _number(connection, connection.root, "_NET_ACTIVE_WINDOW", xcffib.xproto.Atom.WINDOW)
    if not window:
        return Focus(None, None)
    try:
        names = _property(connection, window, "WM_CLASS", xcffib.xproto.Atom.STRING).split(b"\0")
        process = _number(connection, window, "_NET_WM_PID", xcffib.xproto.Atom.CARDINAL)
    except xcffib.xproto.WindowError:
        return Focus(None, None)  # the window was closed meanwhile
    program = names[1].decode("latin-1").lower() if len(names) > 1 and names[1] else None
    origin = _reported_origin(report, owner, process) if program == _BROWSER and process else None
    return Focus(program, origin)


def _reported_origin(file: Path, owner: int, browser: int) -> str | None:
    try:
        status = file.lstat()
        if status.st_uid != owner or not stat.S_ISREG(status.st_mode):
            return None
        said = json.loads(file.read_text(encoding="utf-8"))
        origin, writer = said["origin"], said["process"]
        belongs = type(writer) is int and _descends(writer, browser)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return origin if belongs and isinstance(origin, str) else None


def _descends(process: int, ancestor: int) -> bool:
    for _ in range(_GENERATIONS):
        process = int(stat_fields(process)[_PARENT])
        if process == ancestor:
            return True
    return False


def _property(connection: Connection, window: int, name: str, kind: int) -> bytes:
    atom = connection.atom(name)
    if not atom:
        return b""
    reply = connection.x.core.GetProperty(False, window, atom, kind, 0, _LONGEST_PROPERTY).reply()
    return bytes(reply.value.buf())


def _number(connection: Connection, window: int, name: str, kind: int) -> int:
    value = _property(connection, window, name, kind)
    return int.from_bytes(value[:4], "little") if len(value) >= 4 else 0
