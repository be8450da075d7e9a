"""The computer tool: one action at a time on one desktop."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import xcffib

from desktop_control.display.connection import DisplayUnavailableError
from desktop_control.display.desktop import Desktop
from desktop_control.display.keysyms import parse_chords, parse_modifiers
from desktop_control.display.new_processes import NewProcesses
from desktop_control.display.pointer import LEFT, MIDDLE, RIGHT, SCROLL_BUTTONS
from desktop_control.display.scaling import Scaling
from desktop_control.display.settle import SettleTimes
from desktop_control.tools import computer_input as asked
from desktop_control.tools.interruption import Interruption
from desktop_control.tools.pictures import screenshot, zoom
from desktop_control.tools.result import ToolError, ToolResult

_CLICKS = {
    "left_click": (LEFT, 1),
    "right_click": (RIGHT, 1),
    "middle_click": (MIDDLE, 1),
    "double_click": (LEFT, 2),
    "triple_click": (LEFT, 3),
}
_RESTART_SECONDS = 6.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ActionOptions:
    """Options of one action.

    `settle_times` None means the action's default: pictures do not wait, input waits until the screen has
    settled. `screenshot` says whether the answer to an input action contains a screenshot of its result.
    """

    settle_times: SettleTimes | None = None
    screenshot: bool = True


class Computer:
    """Carries out computer actions. Not thread-safe; the API calls it with one action at a time.

    `owner` is the user id of the desktop's programs. `shell_sessions` returns the bash tool's session ids:
    programs in those sessions were not started by a computer action.
    """

    def __init__(
        self,
        display: str,
        owner: int,
        interruption: Interruption,
        shell_sessions: Callable[[], frozenset[int]],
    ) -> None:
        self._display = display
        self._owner = owner
        self._interruption = interruption
        self._shell_sessions = shell_sessions
        self._desktop: Desktop | None = None

    def run(self, action: asked.ComputerInput, options: ActionOptions) -> ToolResult:
        """Carry out a validated action. Raises ToolError if that fails."""
        if isinstance(action, asked.InputAction):
            self._interruption.check_before()
        try:
            desktop = self._live_desktop()
            if isinstance(action, asked.InputAction):
                return self._input(desktop, action, options)
            return self._look(desktop, action, options)
        except DisplayUnavailableError as error:
            raise ToolError(str(error)) from error
        except xcffib.XcffibException as error:
            logger.warning("display failed", exc_info=True)
            raise ToolError(
                "the display was restarted during this action; part of it may have been done"
            ) from error

    def _live_desktop(self) -> Desktop:
        if self._desktop is not None and not self._desktop.is_alive():
            broken, self._desktop = self._desktop, None
            broken.close()
        if self._desktop is None:
            self._desktop = Desktop.wait_for(self._display, _RESTART_SECONDS)
        return self._desktop

    def _look(self, desktop: Desktop, action: asked.ComputerInput, options: ActionOptions) -> ToolResult:
        """Carry out an action that sends no input and so also works while a person has the controls."""
        if isinstance(action, asked.CursorPosition):
            x, y = desktop.scaling.to_shot(*desktop.pointer.position())
            return ToolResult(output=f"X={x},Y={y}")
        if options.settle_times is None:
            settled = desktop.watch.is_quiet_for(SettleTimes().quiet)
        else:
            settled = desktop.settle(self._new_processes(), options.settle_times)
        if isinstance(action, asked.Zoom):
            return ToolResult(image=zoom(desktop, action.region), settled=settled)
        return ToolResult(image=screenshot(desktop), settled=settled)

    def _input(self, desktop: Desktop, action: asked.InputAction, options: ActionOptions) -> ToolResult:
        new_processes = self._new_processes()
        output = self._send(desktop, action)
        settled = desktop.settle(new_processes, options.settle_times or SettleTimes())
        return ToolResult(
            output=output, image=screenshot(desktop) if options.screenshot else None, settled=settled
        )

    def _send(self, desktop: Desktop, action: asked.InputAction) -> str | None:
        check = self._interruption.check_during
        if isinstance(action, asked.Type):
            return f"typed {desktop.keyboard.type(action.text, check)} keys"
        if isinstance(action, asked.Key):
            desktop.keyboard.press(parse_chords(action.text), action.repeat or 1, check)
        elif isinstance(action, asked.HoldKey):
            desktop.keyboard.hold(parse_chords(action.text)[0], action.duration, check)
        elif isinstance(action, asked.MouseMove):
            desktop.pointer.move(*desktop.scaling.to_screen(*action.coordinate))
        elif isinstance(action, asked.MouseButton):
            change = desktop.pointer.press if action.action == "left_mouse_down" else desktop.pointer.release
            change(LEFT)
        else:
            self._with_modifiers(desktop, action)
        return None

    def _with_modifiers(
        self, desktop: Desktop, action: asked.Click | asked.LeftClickDrag | asked.Scroll
    ) -> None:
        start = action.start_coordinate if isinstance(action, asked.LeftClickDrag) else action.coordinate
        if start is not None:
            desktop.pointer.move(*desktop.scaling.to_screen(*start))
        modifiers = parse_modifiers(action.text) if action.text else []
        with desktop.keyboard.held(modifiers):
            if isinstance(action, asked.Click):
                button, times = _CLICKS[action.action]
                desktop.pointer.click(button, times)
            elif isinstance(action, asked.Scroll):
                desktop.pointer.click(SCROLL_BUTTONS[action.scroll_direction], action.scroll_amount)
            else:
                target = desktop.scaling.to_screen(*action.coordinate)
                desktop.pointer.drag(target, self._interruption.check_during)

    def _new_processes(self) -> NewProcesses:
        return NewProcesses(self._owner, self._shell_sessions())


def check_within(action: asked.ComputerInput, scaling: Scaling) -> None:
    """Raise ValueError if the action points outside the screenshot. The message names field, value and
    limit."""
    width, height = scaling.shot
    for field in ("coordinate", "start_coordinate"):
        point = getattr(action, field, None)
        if point is not None and not (point[0] < width and point[1] < height):
            raise ValueError(
                f"{field}: {point} lies outside the screenshot; "
                f"x goes from 0 to {width - 1}, y from 0 to {height - 1}"
            )
    if isinstance(action, asked.Zoom):
        left, top, right, bottom = action.region
        if not (left < right <= width and top < bottom <= height):
            raise ValueError(
                f"region: {action.region} is not [x0, y0, x1, y1] "
                f"with x0 < x1 <= {width} and y0 < y1 <= {height}"
            )
