"""The scripted model and the person, as processes that end with this one."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from launcher.places import Places
from launcher.report import Failure


class Actor:
    """A process on the console's Python that answers lines with lines, and ends when its input is closed."""

    def __init__(
        self, places: Places, module: str, arguments: Sequence[str], log: Path, inside: Sequence[str]
    ) -> None:
        """Its standard error goes to the file `log`. `inside` comes before the command, like `nsenter …`."""
        tests = places.root / "images" / "orchestration"
        paths = (places.sources, tests / "src", tests / "tests")
        self._module, self._log = module, log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as complaints:
            self._process = subprocess.Popen(
                [*inside, str(places.orchestration_venv / "bin" / "python"), "-B", "-m", module, *arguments],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process and wait for it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return line
        raise Failure(f"{self._module} has ended:\n{self._log.read_text(encoding='utf-8')[-2000:]}")

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


class Model(Actor):
    """A fake model API on loopback that gives the answers of a script, whatever it is asked."""

    def __init__(self, places: Places, steps: Path, log: Path, inside: Sequence[str] = ()) -> None:
        super().__init__(places, "demo.stage.model", [str(steps)], log, inside)
        self.url = self._hear().strip()


class Visitor(Actor):
    """A person in a browser of their own. `do` takes the methods of `demo.stage.visitor.Visitor`."""

    def __init__(self, places: Places, url: str, log: Path, inside: Sequence[str] = ()) -> None:
        super().__init__(places, "demo.stage.visitor", [url], log, inside)
        self._failure = log.with_suffix(".failure.png")

    def do(self, method: str, **arguments: Any) -> Any:
        """Have the visitor do something. Raises `Failure`, with a picture of the page, if that fails."""
        self._tell(json.dumps({"do": method, "with": arguments, "failure": str(self._failure)}))
        answer = json.loads(self._hear())
        if "failed" in answer:
            raise Failure(
                f"The person cannot {method.replace('_', ' ')}; what the browser showed: {self._failure}\n"
                f"{_without_secrets(answer['failed'], arguments)}"
            )
        return answer["done"]


def _without_secrets(said: str, arguments: Mapping[str, Any]) -> str:
    """Mask what was typed, which a browser's error message repeats."""
    for name in ("password", "key"):
        if name in arguments:
            said = said.replace(str(arguments[name]), f"(the {name})")
    return said
