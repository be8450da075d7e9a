"""The bash tool: one shell that lives across requests. A command that does not end is killed."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from desktop_control.tools.capped_stream import CappedStream
from desktop_control.tools.result import ToolError, ToolResult

_LOOP = Path(__file__).with_name("bash_session.sh").read_text(encoding="utf-8")
_OUTPUT_BYTES = 16_000
_MAX_COMMAND = 1_000_000
_GREETING_SECONDS = 10.0
_REAP_SECONDS = 5.0


class BashInput(BaseModel):
    """A `command` to run, or `restart` for a new shell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str | None = Field(default=None, strict=True, min_length=1, max_length=_MAX_COMMAND)
    restart: bool | None = Field(default=None, strict=True)

    @model_validator(mode="after")
    def _exactly_one(self) -> "BashInput":
        if bool(self.restart) == (self.command is not None):
            raise ValueError("give either a command or restart: true")
        if self.command is not None and "\0" in self.command:
            raise ValueError("command: a NUL character cannot be part of a shell command")
        return self


@dataclass(frozen=True)
class ShellLimits:
    """`seconds`: how long a command may take. `processes`: the number of processes and threads of the
    desktop's user from which the shell can start no more."""

    seconds: float
    processes: int


class _Session:
    """One running shell."""

    def __init__(self, as_desktop: str, limits: ShellLimits) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            shell = ["bash", "--noprofile", "--norc", "-c", _LOOP, "bash"]
            command = [as_desktop, "-g", "-p", str(limits.processes), *shell]
            self._keeper = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        assert self._keeper.stdout is not None and self._keeper.stderr is not None
        self._socket = ours
        self._changed = threading.Condition()
        self._status: str | None = None
        self._ended = False
        self.restarted = False
        self.output = CappedStream(os.dup(self._keeper.stdout.fileno()), _OUTPUT_BYTES, self._changed)
        self.errors = CappedStream(os.dup(self._keeper.stderr.fileno()), _OUTPUT_BYTES, self._changed)
        self._keeper.stdout.close()
        self._keeper.stderr.close()
        self._replies = ours.makefile("r")
        ours.settimeout(_GREETING_SECONDS)
        greeting = self._replies.readline()
        ours.settimeout(None)
        if not greeting.strip().isdecimal():
            self.kill()
            raise ToolError(f"the shell did not start: {self.errors.take().strip() or 'no reason given'}")
        self.session_id = int(greeting)
        threading.Thread(target=self._listen, name="bash-status", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the shell takes another command."""
        return not self._ended

    def run(self, command: str, seconds: float) -> ToolResult:
        """Run one command and return its output. After `seconds`, kill it and everything it started."""
        mark = secrets.token_hex(16)
        with self._changed:
            self._status = None
            self.output.expect(mark.encode())
            self.errors.expect(mark.encode())
        with contextlib.suppress(OSError):  # the shell has ended; this is noticed below
            self._socket.sendall(f"{mark}\0{command}\0".encode("utf-8", "surrogateescape"))
        with self._changed:
            finished = self._changed.wait_for(self._is_finished, seconds)
            status, ended = self._status, self._ended
        if not finished:
            self.kill()
        with self._changed:
            if status is None:  # the shell has ended: wait for the rest of its output
                self._changed.wait_for(lambda: self.output.done and self.errors.done, 0.2)
            output, errors = self.output.take(), self.errors.take()
        return _result(output, errors, self._outcome(finished, ended, status, seconds))

    def kill(self) -> None:
        """Kill the shell's whole process group and wait for its end."""
        self._keeper.send_signal(signal.SIGUSR1)
        try:
            self._keeper.wait(_REAP_SECONDS)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        self._mark_ended()

    def _outcome(self, finished: bool, ended: bool, status: str | None, seconds: float) -> str | None:
        if self.restarted:
            return "the shell was restarted while this command ran"
        if not finished:
            return (
                f"the command did not end within {seconds:g} s; it and everything it left in the background "
                "was killed. The next command gets a new shell."
            )
        if status is not None:
            return None if status == "0" else f"exit status {status}"
        return f"the shell ended with status {self._keeper.wait()}; the next command gets a new shell"

    def _is_finished(self) -> bool:
        return self._ended or (self._status is not None and self.output.done and self.errors.done)

    def _listen(self) -> None:
        """Read the exit statuses until the socket closes. Only the shell holds its other end."""
        with contextlib.suppress(OSError, ValueError):
            for line in self._replies:
                with self._changed:
                    self._status = line.strip()
                    self._changed.notify_all()
        self._keeper.wait()
        self._mark_ended()

    def _mark_ended(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class Bash:
    """The bash tool. `run` takes one command at a time; `restart` may be called meanwhile and ends the
    command."""

    def __init__(self, as_desktop: str, limits: ShellLimits) -> None:
        self._as_desktop = as_desktop
        self._limits = limits
        self._session: _Session | None = None
        self._starting = threading.Lock()

    def run(self, command: str) -> ToolResult:
        """Run `command` in the shell, or in a new shell if the last one has ended."""
        with self._starting:
            if self._session is None or not self._session.alive:
                self._session = _Session(self._as_desktop, self._limits)
            session = self._session
        return session.run(command, self._limits.seconds)

    def restart(self) -> ToolResult:
        """Kill the shell, whatever it is doing."""
        with self._starting:
            if self._session is not None and self._session.alive:
                self._session.restarted = True
                self._session.kill()
            self._session = None
        return ToolResult(output="the shell was restarted")

    def sessions(self) -> frozenset[int]:
        """The session id of the running shell, if there is one."""
        session = self._session
        return frozenset() if session is None else frozenset((session.session_id,))


def _result(output: str, errors: str, outcome: str | None) -> ToolResult:
    errors = errors.removesuffix("\n")
    error = "\n".join(part for part in (errors, outcome) if part)
    return ToolResult(output=output.removesuffix("\n") or None, error=error or None)
