"""Whether the emulated AWS refuses a request: `python -m judges.mistakes.trials FILE`, results on stdout.

FILE is pickled by `ask`. It has the recorded deployment and the requests to try, each with the place of the
recorded change that it replaces. This process replays the deployment. At the place of a trial it forks: the
child sends the tried request instead of the recorded one and reports whether it was refused, and the parent
sends the recorded one. So each trial finds the account as it was at that moment. If AWS refuses a mistake
only at a later request, the child goes on to that request.
"""

from __future__ import annotations

import itertools
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from judges.requests import Exchange

LOCAL = Path(__file__).resolve().parents[2]

NOT_IMPLEMENTED, BROKEN = b"NotImplemented", b"EmulatorFailure"  # as emulator.failures answers
_SHORTEST_ID = 8
# Texts that may be ids of the emulator. The start of a VPC's IPv6 block is one too, since the blocks of its
# subnets begin with it.
_NAME = re.compile(r"2001:db8:[0-9a-f:]+(?=[0-9a-f]{2}::)|[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Trial:
    """A request, and the place in the recording of the request that it replaces.

    `until` is the later action that AWS refuses; if it is empty, AWS refuses the request itself.
    """

    place: int
    request: Exchange
    until: str = ""


@dataclass(frozen=True)
class Refused:
    """An action that was refused, and the body of the answer."""

    action: str
    reason: str

    @property
    def code(self) -> str:
        """The error's code, such as `InvalidParameterValue`."""
        found = re.search(r'<Code>([^<]+)</Code>|"__type": ?"([^"]+)"', self.reason)
        return (found[1] or found[2]) if found else "?"


def ask(recorded: Sequence[Exchange], trials: Sequence[Trial]) -> list[Refused | None]:
    """Try each request in a process of its own. None where nothing was refused."""
    with tempfile.NamedTemporaryFile() as file:
        plain = [asdict(one) for one in recorded], [asdict(one) for one in trials]
        file.write(pickle.dumps(plain))
        file.flush()
        command = [sys.executable, "-m", "judges.mistakes.trials", file.name]
        output = subprocess.run(command, cwd=LOCAL, stdout=subprocess.PIPE, check=True).stdout
    return [Refused(**found) if found else None for found in json.loads(output)]


def _may_be_an_id(text: str) -> bool:
    """Excludes short texts and numbers: `32` in a time stamp must not be replaced in `203.0.113.1/32`."""
    return ":" in text or (len(text) >= _SHORTEST_ID and not text.isdecimal())


class _Account:
    """The emulated AWS in this process. It translates ids of the recording to its own."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._own: dict[str, str] = {}

    def ask(self, exchange: Exchange) -> tuple[int, bytes]:
        body = exchange.body.decode()
        if exchange.is_json:
            return self._send(exchange.with_body(self._translate(body).encode()))
        pairs = [(key, self._translate(value)) for key, value in parse_qsl(body, keep_blank_values=True)]
        return self._send(exchange.with_body(urlencode(pairs).encode()))

    def _translate(self, text: str) -> str:
        return _NAME.sub(lambda found: self._own.get(found[0], found[0]), text)

    def replay(self, exchange: Exchange) -> None:
        """Send the recorded request, which must be answered with the recorded status."""
        status, answer = self.ask(exchange)
        if status != exchange.status:
            raise RuntimeError(f"{exchange.action} answered {status}, not {exchange.status}: {answer!r}")
        self.learn(exchange.answer, answer)

    def ask_and_learn(self, exchange: Exchange) -> tuple[int, bytes]:
        """Send the recorded request, whatever the answer, since it may need what the mistake has removed."""
        status, answer = self.ask(exchange)
        self.learn(exchange.answer, answer)
        return status, answer

    def learn(self, recorded: bytes, answer: bytes) -> None:
        """Note which id of this emulator corresponds to which id of the recording."""
        theirs, own = _NAME.findall(recorded.decode()), _NAME.findall(answer.decode())
        if len(theirs) == len(own):
            pairs = zip(theirs, own, strict=True)
            self._own.update({old: new for old, new in pairs if old != new and _may_be_an_id(old)})

    def _send(self, exchange: Exchange) -> tuple[int, bytes]:
        from werkzeug.datastructures import Headers  # noqa: PLC0415
        from werkzeug.test import EnvironBuilder, run_wsgi_app  # noqa: PLC0415

        builder = EnvironBuilder(
            path=exchange.path, method=exchange.method, headers=Headers(exchange.headers), data=exchange.body
        )
        environ = builder.get_environ() | {"RAW_URI": exchange.path, "REQUEST_URI": exchange.path}
        chunks, status, _ = run_wsgi_app(self._application, environ)
        return int(status.split()[0]), b"".join(chunks)


def _refusal(account: _Account, trial: Trial, exchanges: Sequence[Exchange]) -> Refused | None:
    rest = iter(exchanges[trial.place + 1 :])
    for exchange in itertools.islice(rest, _missing(trial, exchanges)):
        account.ask_and_learn(exchange)
    status, answer = account.ask(trial.request)
    if _is_refusal(status, answer):
        return Refused(trial.request.action, answer.decode("utf-8", "replace"))
    if not trial.until:
        return None
    account.learn(exchanges[trial.place].answer, answer)
    for exchange in rest:
        status, answer = account.ask_and_learn(exchange)
        if exchange.action == trial.until and _is_refusal(status, answer):
            return Refused(exchange.action, answer.decode("utf-8", "replace"))
    return None


def _missing(trial: Trial, exchanges: Sequence[Exchange]) -> int:
    """After how many more exchanges everything exists that the request names and the recorded one did not."""
    new = _ids(unquote_plus(trial.request.body.decode()))
    new -= _ids(unquote_plus(exchanges[trial.place].body.decode()))
    last = 0
    for number, exchange in enumerate(exchanges):
        appeared = new & _ids(exchange.answer.decode())
        if appeared and number > trial.place:
            last = number - trial.place
        new -= appeared
    return last


def _ids(text: str) -> set[str]:
    """The words that may be ids: those with a digit."""
    return {name for name in _NAME.findall(text) if re.search(r"\d", name)}


def _is_refusal(status: int, answer: bytes) -> bool:
    """Whether it is an error as AWS's, and not one of an action that the emulator lacks or fails at."""
    return 400 <= status < 500 and NOT_IMPLEMENTED not in answer and BROKEN not in answer


def _in_a_fork(account: _Account, trial: Trial, exchanges: Sequence[Exchange]) -> dict[str, str] | None:
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        code = 1
        try:
            found = _refusal(account, trial, exchanges)
            with os.fdopen(writable, "w") as pipe:
                json.dump(asdict(found) if found else None, pipe)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    found = json.loads(text)
    assert found is None or isinstance(found, dict)
    return found


def main(file: str) -> None:
    from emulator.application import build_application  # noqa: PLC0415  needed in this process only, and slow

    recorded, plain = pickle.loads(Path(file).read_bytes())
    exchanges = [Exchange(**one) for one in recorded]
    trials = [Trial(one["place"], Exchange(**one["request"]), one["until"]) for one in plain]
    at: dict[int, list[int]] = {}
    for number, trial in enumerate(trials):
        at.setdefault(trial.place, []).append(number)
    results: list[dict[str, str] | None] = [None] * len(trials)
    account = _Account(build_application())
    for place, exchange in enumerate(exchanges):
        for number in at.get(place, []):
            results[number] = _in_a_fork(account, trials[number], exchanges)
        account.replay(exchange)
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
