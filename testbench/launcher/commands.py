"""The launcher's commands, one function each; `arguments` lists them."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from launcher import (
    building,
    containers,
    emulator_process,
    fargate,
    local_aws,
    pages,
    proof,
    runner_process,
    situation,
    stack,
    tools,
)
from launcher.emulator_process import Emulator
from launcher.places import Places
from launcher.report import Clock, Failure, say
from launcher.situation import Next
from launcher.stack import Stack
from launcher.watch import watching

OPEN = """\
Open:
  {page}
  user {username}, password {password}
"""
NEXT = """\
Next:
  make demo                                      a whole task, played by a scripted model
  eval "$(make -s env)"                          this shell on the local AWS; then for instance
  pulumi stack output password --show-secrets    the login's password
  aws ecs describe-tasks …                       what the AWS API says
  make destroy                                   remove it all
"""


def build_tools(places: Places) -> int:
    clock = Clock()
    tools.build(places, clock)
    say(clock.table())
    return 0


def build_test_tools(places: Places) -> int:
    clock = Clock()
    building.build_stale(places, tools.test_parts(places), clock)
    return 0


def up(places: Places) -> int:
    """Create or update the whole stack."""
    clock = Clock()
    no_tasks = _prepare(places, clock)
    if no_tasks:
        fargate.tell(no_tasks)
    the_stack, emulator = _ready(places, clock)
    if not no_tasks:
        with clock.step("starting the task runner"):
            fargate.start(places, emulator.url, emulator.instance)
    with clock.step("pulumi up"), watching(emulator.url, stack.interrupt_foreground) as watch:
        code = the_stack.up()
    if code == 0 and not no_tasks:
        with clock.step("waiting for the services"):
            watch.settle()
    if watch.failures:
        say(clock.table())
        raise Failure(f"{' '.join(watch.failures)} The tasks' log has more; `make up` tries again.")
    if code != 0:
        say(clock.table())
        raise Failure(
            "`pulumi up` did not finish. `make up` goes on where it ended; `make destroy` removes it all."
        )
    with clock.step("proving what exists"):
        proved = proof.run(places, the_stack)
    print(the_stack.outputs())
    if not no_tasks:
        with clock.step("waiting for the pages"):
            print(_invitation(places, the_stack))
    print(NEXT)
    say(clock.table())
    if proved != 0:
        raise Failure("What was made does not keep the promises above: `make destroy` removes it.")
    return 0


def preview(places: Places) -> int:
    """Show what `up` would do."""
    clock = Clock()
    the_stack, _ = _ready(places, clock)
    with clock.step("pulumi preview"):
        code = the_stack.preview()
    say(clock.table())
    return code


def prove(places: Places) -> int:
    """Read what the local AWS holds and prove the promises over it."""
    return proof.run(places, _what_is_there(places))


def refresh(places: Places) -> int:
    """Look for what somebody changed by hand."""
    if _what_is_there(places).drift() != 0:
        raise Failure(
            "What exists differs from the program, or breaks a policy: see above. `make up` mends what the "
            "program makes; what somebody added has to be taken back by hand."
        )
    return 0


def destroy(places: Places) -> int:
    """Remove everything, also after a crash or when there is nothing."""
    clock = Clock()
    emulator = emulator_process.running(places)
    if emulator is None:
        runner_process.stop(places)
        containers.release(places)
        if stack.exists(places):
            say("The local AWS is not running: what the stack had made is gone with it.")
            _put_aside(places)
        else:
            say("There is nothing to destroy.")
        return 0
    the_stack = Stack(places, tools.pulumi(places), _variables(places, emulator))
    the_stack.clear_dead_locks()
    decision = situation.decide(the_stack.checkpoint(), _made_in(places), emulator.instance)
    if decision.next is Next.START_OVER:
        say(decision.why)
        _put_aside(places)
    else:
        if runner_process.was_killed(places):
            say("The task runner had been killed; what it had registered is taken back.")
            runner_process.clean(places, emulator.url)
        if stack.exists(places):
            with clock.step("pulumi destroy"):
                code = the_stack.destroy()
            if code != 0:
                raise Failure("`pulumi destroy` did not finish. `make destroy` goes on where it ended.")
            the_stack.remove()
        with clock.step("looking for what is left"):
            _nothing_is_left(places, emulator)
    with clock.step("stopping the task runner"):
        runner_process.stop(places)
        containers.release(places)
    emulator_process.stop(places)
    say("Everything is removed, and the local AWS is stopped.")
    say(clock.table())
    return 0


def print_environment(places: Places) -> int:
    """Shell commands for `eval`; nothing else on standard output."""
    for line in local_aws.export_lines(places, emulator_process.likely_url(places), os.environ):
        print(line)
    if emulator_process.running(places) is None:
        say("The local AWS is not running: `make up` starts it.")
    return 0


def start_emulator(places: Places) -> int:
    print(emulator_process.start(places).url)
    return 0


def stop_emulator(places: Places) -> int:
    runner_process.stop(places)
    containers.release(places)
    say("The local AWS is stopped." if emulator_process.stop(places) else "The local AWS was not running.")
    return 0


def tell_emulator(places: Places) -> int:
    found = emulator_process.running(places)
    if found is None:
        print("not running")
        return 1
    print(f"{found.url} (process {found.pid}, since {found.started})")
    return 0


# --- steps


def _what_is_there(places: Places) -> Stack:
    emulator = emulator_process.running(places)
    if emulator is None or not stack.exists(places):
        raise Failure("There is no local stack to look at: `make up` makes it.")
    return Stack(places, tools.pulumi(places), _variables(places, emulator))


def _prepare(places: Places, clock: Clock) -> str | None:
    """Build the tools, and beside them prepare what tasks need; the answer is that of `fargate.prepare`."""
    with ThreadPoolExecutor(1) as beside:
        tasks = beside.submit(fargate.prepare, places, clock)
        tools.build(places, clock)
        return tasks.result()


def _ready(places: Places, clock: Clock) -> tuple[Stack, Emulator]:
    """Tools, emulator and stack, after whatever an earlier run left behind has been dealt with."""
    tools.build(places, clock)
    with clock.step("starting the local AWS"):
        emulator = emulator_process.start(places)
    the_stack = Stack(places, tools.pulumi(places), _variables(places, emulator))
    with clock.step("looking at the stack"):
        the_stack.clear_dead_locks()
        made_in = _made_in(places)
        decision = situation.decide(the_stack.checkpoint(), made_in, emulator.instance)
    if decision.why:
        say(decision.why)
    if decision.next is Next.START_OVER:
        _put_aside(places)
        if made_in == emulator.instance:
            emulator_process.stop(places)
            emulator = emulator_process.start(places)
            the_stack = Stack(places, tools.pulumi(places), _variables(places, emulator))
    with clock.step("selecting the stack"):
        the_stack.select()
        places.made_in.write_text(emulator.instance, encoding="utf-8")
    if decision.next is Next.REFRESH:
        with clock.step("pulumi refresh"):
            if the_stack.refresh() != 0:
                raise Failure("`pulumi refresh` failed. `make destroy` removes everything, also now.")
    return the_stack, emulator


def _invitation(places: Places, the_stack: Stack) -> str:
    """Where to look and how to sign in: on the local stack a password is worth nothing to anybody else."""
    outputs = json.loads(the_stack.outputs_json(show_secrets=True))
    page = pages.wait(places, outputs)
    lines = [OPEN.format(page=page, username=outputs["username"], password=outputs["password"])]
    if missing := fargate.not_enforced(places):
        lines.append("Not enforced on this machine:")
        lines.extend(f"  - {sentence}" for sentence in missing)
    return "\n".join(lines)


def _variables(places: Places, emulator: Emulator) -> dict[str, str]:
    return local_aws.environment(places, emulator.url, os.environ)


def _made_in(places: Places) -> str | None:
    return places.made_in.read_text(encoding="utf-8") if places.made_in.is_file() else None


def _put_aside(places: Places) -> None:
    target = stack.aside(places.state)
    say(f"Its state is kept in {target.relative_to(places.root)}; a new one begins empty.")


def _nothing_is_left(places: Places, emulator: Emulator) -> None:
    command = [str(places.python), "-m", "emulator.leftovers"]
    answer = subprocess.run(
        command,
        cwd=places.sources,
        env=_variables(places, emulator),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise Failure(
            f"Not everything is removed:\n{answer.stdout}{answer.stderr}The local AWS is left running."
        )
