"""The last chapter: `make destroy` leaves nothing."""

from __future__ import annotations

from story import leftovers
from story.leftovers import Inventory
from story.machine import Machine
from story.sandbox import Sandbox


def test_nothing_is_left(sandbox: Sandbox, machine: Machine, before: Inventory) -> None:
    running = leftovers.take(machine)
    # What is compared below does show a stack that runs.
    for what in ("processes", "ports", "namespaces"):
        assert len(getattr(running, what).splitlines()) > len(getattr(before, what).splitlines()), what
    assert "Everything is removed, and the local AWS is stopped." in sandbox.make("destroy")
    sandbox.model.close()
    assert leftovers.differences(before, leftovers.take(machine)) == []


def test_the_clone_is_as_it_was_but_for_what_the_person_set(machine: Machine) -> None:
    changed = machine.run("git", "status", "--porcelain").splitlines()
    assert changed in ([], [" M Pulumi.local.yaml"])
    assert machine.run("git", "diff", "--unified=0", "--", "Pulumi.local.yaml").count("\n+ ") in (0, 2)
