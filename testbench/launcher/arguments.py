"""The command line: runs one command, and takes the checkout's lock for a command that changes something."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from launcher import commands, lock
from launcher.places import Places
from launcher.report import Failure, say

Command = Callable[[Places], int]

# Name → the function, whether it changes something (one such command runs at a time), and what help says.
COMMANDS: dict[str, tuple[Command, bool, str]] = {
    "tools": (commands.build_tools, True, "build what is missing into .local/"),
    "test-tools": (commands.build_test_tools, True, "build what only tests need"),
    "up": (commands.up, True, "create or update the local stack"),
    "preview": (commands.preview, True, "show what up would do"),
    "refresh": (commands.refresh, True, "look for what was changed by hand"),
    "prove": (commands.prove, False, "prove the promises over what the local AWS holds"),
    "destroy": (commands.destroy, True, "remove the local stack and stop the local AWS"),
    "env": (commands.print_environment, False, "print shell commands that point a shell at the local AWS"),
    "emulator-start": (commands.start_emulator, True, "start the local AWS alone"),
    "emulator-stop": (commands.stop_emulator, True, "stop it; what it holds is lost"),
    "emulator-status": (commands.tell_emulator, False, "say where it listens"),
}


def main(arguments: list[str], places: Places | None = None) -> int:
    parser = argparse.ArgumentParser(prog="launcher", description="The sandbox on a local AWS.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, _, explanation) in COMMANDS.items():
        subparsers.add_parser(name, help=explanation)
    chosen: str = parser.parse_args(arguments).command
    command, exclusive, _ = COMMANDS[chosen]
    return perform(chosen, command, exclusive, places)


def perform(name: str, command: Command, exclusive: bool, places: Places | None = None) -> int:
    """Run a command on a checkout (this one unless told otherwise) and return the exit code.

    Failures and a Ctrl-C end with a message instead of a stack trace. `name` is what another `make` is told
    while an exclusive command holds the lock.
    """
    here = places or Places.of_this_checkout()
    try:
        if not exclusive:
            return command(here)
        with lock.held(here.lock, name):
            return command(here)
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again: it goes on where it ended.")
        return 130
