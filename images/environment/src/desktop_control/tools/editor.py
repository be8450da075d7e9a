"""The editor tool: hands each command to a short-lived worker that runs as the desktop's user."""

import json
import subprocess
import sys
from pathlib import Path

from desktop_control.tools.editor_input import EditorInput
from desktop_control.tools.result import ToolError, ToolResult

_WORKER = Path(__file__).parent / "editor_worker"
_SECONDS = 30.0


class Editor:
    """Edits files with the desktop user's rights: what the agent's shell cannot read or write, neither can
    this."""

    def __init__(self, as_desktop: str) -> None:
        self._command = [as_desktop, sys.executable, "-I", "-S", str(_WORKER)]

    def run(self, command: EditorInput) -> ToolResult:
        """Carry out a validated command. Raises ToolError when the worker itself fails."""
        request = command.model_dump_json(exclude_none=True)
        try:
            worker = subprocess.run(
                self._command, input=request.encode(), capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise ToolError(f"the file system did not answer within {_SECONDS:g} s") from error
        if worker.returncode != 0:
            raise ToolError("the editor failed; the file was not changed")
        answer = json.loads(worker.stdout)
        return ToolResult(output=answer["output"], error=answer["error"])
