"""How this package changes what moto answers: new actions, checks before an action, changes after it.

The decorators take botocore's name of a service (`elbv2`) and the actions in snake case (`create_listener`).
Parameters and answers have the shapes of the AWS API (botocore's service models), whatever the protocol.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from emulator import moto_adapter
from emulator.moto_adapter import Answer, Call, Parameters, Refusal

Result = dict[str, Any]
Original = Callable[[], Answer]
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


def refuse(code: str, message: str) -> NoReturn:
    """Answer the request with the AWS error `code`."""
    raise Refusal(code, message)


def identifier(prefix: str) -> str:
    """A new resource id such as `rslvr-frg-3f2a9c0d1e4b5a67`."""
    return f"{prefix}-{secrets.token_hex(8)}"


def table(backend: object, name: str) -> dict[Any, Any]:
    """A named dictionary that is kept in moto's backend, hence separate for each account and region."""
    found = backend.__dict__.setdefault(f"emulator_{name}", {})
    assert isinstance(found, dict)
    return found


def answers(service: str) -> Callable[[HandlerT], HandlerT]:
    """The function `(call, parameters) -> result` becomes the answer to the action of its name."""

    def register(handler: HandlerT) -> HandlerT:
        moto_adapter.answer_with(service, handler.__name__, lambda call: handler(call, call.parameters))
        return handler

    return register


def surrounds(service: str, *actions: str) -> Callable[[HandlerT], HandlerT]:
    """The function `(call, parameters, original) -> answer` runs instead of moto and may call it.

    `original()` lets moto answer, and its answer is what the function returns.
    """

    def around(handler: HandlerT) -> Callable[[Call, Original], Answer]:
        return lambda call, original: handler(call, call.parameters, original)

    def register(handler: HandlerT) -> HandlerT:
        for action in actions:
            moto_adapter.surround(service, action, around(handler))
        return handler

    return register


def checks(service: str, *actions: str) -> Callable[[HandlerT], HandlerT]:
    """The function `(call, parameters)` runs before moto's own answer to each action, and may refuse."""

    def register(check: HandlerT) -> HandlerT:
        @surrounds(service, *actions)
        def check_first(call: Call, parameters: Parameters, original: Original) -> Answer:
            check(call, parameters)
            return original()

        return check

    return register


def corrects(service: str, *actions: str) -> Callable[[HandlerT], HandlerT]:
    """The function `(call, parameters, answer)` runs after moto has answered, and may change the answer."""

    def register(correction: HandlerT) -> HandlerT:
        @surrounds(service, *actions)
        def correct_afterwards(call: Call, parameters: Parameters, original: Original) -> Answer:
            answer = original()
            correction(call, parameters, answer)
            return answer

        return correction

    return register
