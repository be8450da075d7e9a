"""The editor tool: runs each command in a short-lived process of the desktop's user."""

import json
import subprocess
import sys
from pathlib import Path

from desktop_control.tools.editor_input import EditorInput
from desktop_control.tools.result import ToolError, ToolResult

_WORKER = Path(__file__).parent / "editor_worker"
_SECONDS = 30.0


class Editor:
    """Edits files with the desktop user's rights, so it can read and write no more than the agent's shell."""

    def __init__(self, as_desktop: str) -> None:
        self._command = [as_desktop, sys.executable, "-I", "-S", str(_WORKER)]

    def run(self, command: EditorInput) -> ToolResult:
        """Carry out a validated command. Raises ToolError if the worker process fails."""
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
