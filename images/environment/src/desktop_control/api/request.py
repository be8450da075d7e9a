"""From a request's body to a validated call of a tool; everything malformed is refused here, before anything
is done."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from desktop_control.display.scaling import Scaling
from desktop_control.display.settle import SettleTimes
from desktop_control.tools.bash import BashInput
from desktop_control.tools.computer import ActionOptions, check_within
from desktop_control.tools.computer_input import COMPUTER_INPUT, ComputerInput
from desktop_control.tools.editor_input import EDITOR_INPUT, EditorInput

_MAX_QUIET_MS = 5_000
_MAX_LIMIT_MS = 30_000
_SHOWN = 80


class BadRequestError(ValueError):
    """The request is malformed; the message names field, value and fix."""


class _Options(BaseModel):
    """Per-action options; they say how to wait, never what to do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quiet_ms: Annotated[int, Field(strict=True, ge=0, le=_MAX_QUIET_MS)] | None = None
    timeout_ms: Annotated[int, Field(strict=True, ge=0, le=_MAX_LIMIT_MS)] | None = None
    screenshot: Annotated[bool, Field(strict=True)] = True

    def for_action(self) -> ActionOptions:
        if self.quiet_ms is None and self.timeout_ms is None:
            return ActionOptions(None, self.screenshot)
        usual = SettleTimes()
        return ActionOptions(
            SettleTimes(
                usual.quiet if self.quiet_ms is None else self.quiet_ms / 1000,
                usual.limit if self.timeout_ms is None else self.timeout_ms / 1000,
            ),
            self.screenshot,
        )


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    tool: Literal["computer", "bash", "str_replace_based_edit_tool", "str_replace_editor"]
    input: dict[str, Any]
    options: _Options = _Options()


@dataclass(frozen=True)
class ComputerCall:
    """An action whose coordinates lie on the screenshot."""

    action: ComputerInput
    options: ActionOptions


@dataclass(frozen=True)
class BashCall:
    """A command, or a restart when `command` is None."""

    command: str | None


@dataclass(frozen=True)
class EditorCall:
    """An editor command."""

    command: EditorInput


Call = ComputerCall | BashCall | EditorCall


@dataclass(frozen=True)
class Execution:
    """A validated request. `tool` and `given` are for the log."""

    tool: str
    given: dict[str, Any]
    call: Call


def parse(body: bytes, scaling: Scaling) -> Execution:
    """Raises BadRequestError unless `body` asks for something that can be done on a screen with this
    scaling."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError(
            'the body is not JSON; send {"tool": "computer", "input": {"action": "screenshot"}}'
        ) from None
    try:
        request = _Body.model_validate(document)
        return Execution(request.tool, request.input, _call(request, scaling))
    except ValidationError as error:
        raise BadRequestError("; ".join(_explain(problem) for problem in error.errors())) from None
    except BadRequestError:
        raise
    except ValueError as error:
        raise BadRequestError(str(error)) from None


def _call(request: _Body, scaling: Scaling) -> Call:
    if request.tool == "computer":
        action = COMPUTER_INPUT.validate_python(request.input)
        check_within(action, scaling)
        return ComputerCall(action, request.options.for_action())
    if request.tool == "bash":
        return BashCall(BashInput.model_validate(request.input).command)
    return EditorCall(EDITOR_INPUT.validate_python(request.input))


def _explain(problem: Any) -> str:
    """`coordinate[1]: Input should be a valid integer, got 'x'`."""
    field = ""
    for part in problem["loc"]:
        field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    shown = repr(problem["input"])
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "…"
    return f"{field or 'input'}: {problem['msg'].removeprefix('Value error, ')} (got {shown})"
