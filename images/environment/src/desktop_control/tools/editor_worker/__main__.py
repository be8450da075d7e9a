"""One editor command: JSON on standard input, `{"output", "error"}` on standard output.

Runs as the desktop's user, with nothing but the standard library, so that it starts in a few milliseconds.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import edits
import views
from text_file import EditError

_COMMANDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "view": views.view,
    "create": edits.create,
    "str_replace": edits.str_replace,
    "insert": edits.insert,
    "undo_edit": edits.undo_edit,
}


def main() -> None:
    """Answer the one request."""
    request = json.load(sys.stdin)
    answer: dict[str, str | None] = {"output": None, "error": None}
    try:
        answer["output"] = _COMMANDS[request["command"]](request)
    except EditError as error:
        answer["error"] = str(error)
    except OSError as error:
        answer["error"] = f"{request['path']}: {error.strerror}"
    except RecursionError:
        answer["error"] = f"{request['path']}: too deeply nested"
    json.dump(answer, sys.stdout)


main()
