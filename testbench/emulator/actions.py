"""How this package adds to moto: new actions, checks before an action, corrections after it.

moto answers the AWS action `CreateThing` with the method `create_thing` of the service's response class.
The decorators here set such methods; parameters arrive, and results leave, in the shapes of the AWS API
(botocore's service models), whatever the protocol on the wire.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse

Parameters = dict[str, Any]
Result = dict[str, Any]
Original = Callable[[], Any]
Surrounding = Callable[[Any, Parameters, Original], Any]
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


class Refusal(ServiceException):
    """An AWS error. Not one of moto's own classes: it guesses the service from their module."""


def refuse(code: str, message: str) -> NoReturn:
    """Answer the request with the AWS error `code`."""
    raise Refusal(code, message)


def identifier(prefix: str) -> str:
    """A new resource id such as `rslvr-frg-3f2a9c0d1e4b5a67`."""
    return f"{prefix}-{secrets.token_hex(8)}"


def table(backend: object, name: str) -> dict[Any, Any]:
    """A named dictionary that lives and dies with one account's and region's moto backend."""
    found = backend.__dict__.setdefault(f"emulator_{name}", {})
    assert isinstance(found, dict)
    return found


def parameters_of(call: BaseResponse) -> Parameters:
    """The request's parameters as AWS's model shapes them."""
    call.parse_parameters(call.normalized_request)
    return dict(call.params)


def answers(response_class: type[BaseResponse]) -> Callable[[HandlerT], HandlerT]:
    """The function becomes the answer to the action of its name."""

    def register(handler: HandlerT) -> HandlerT:
        def method(self: BaseResponse) -> ActionResult:
            return ActionResult(handler(self, parameters_of(self)))

        setattr(response_class, handler.__name__, method)
        return handler

    return register


def surrounds(response_class: type[BaseResponse], *actions: str) -> Callable[[HandlerT], HandlerT]:
    """The function answers each action instead of moto, whose own answer it gets as a callable.

    moto's answer is an `ActionResult`, or JSON text in its older services.
    """

    def register(handler: HandlerT) -> HandlerT:
        for action in actions:
            _surround(response_class, action, handler)
        return handler

    return register


def _surround(response_class: type[BaseResponse], action: str, handler: Surrounding) -> None:
    original = getattr(response_class, action)

    def method(self: BaseResponse) -> Any:
        return handler(self, parameters_of(self), lambda: original(self))

    setattr(response_class, action, method)


def checks(response_class: type[BaseResponse], *actions: str) -> Callable[[HandlerT], HandlerT]:
    """The function runs before moto's own answer to each action, and may refuse."""

    def register(check: HandlerT) -> HandlerT:
        def handler(call: BaseResponse, parameters: Parameters, original: Original) -> Any:
            check(call, parameters)
            return original()

        surrounds(response_class, *actions)(handler)
        return check

    return register


def corrects(response_class: type[BaseResponse], *actions: str) -> Callable[[HandlerT], HandlerT]:
    """The function gets moto's own answer to each action and returns the one to send."""

    def register(correction: HandlerT) -> HandlerT:
        def handler(call: BaseResponse, parameters: Parameters, original: Original) -> Any:
            return correction(call, parameters, original())

        surrounds(response_class, *actions)(handler)
        return correction

    return register
