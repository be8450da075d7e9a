"""What a service needs next, and when a container is healthy: pure rules, checked on every small case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.ecs import rollout
from runner.ecs.definition import HealthCheck
from runner.ecs.health import Health, HealthState
from runner.ecs.rollout import Running, Stage, Wanted

NEW, OLD = "ecs-svc/2", "ecs-svc/1"
CHECK = HealthCheck(("check",), interval=10, timeout=5, retries=3, start_period=60)

tasks = st.lists(st.tuples(st.sampled_from([NEW, OLD]), st.sampled_from(Stage)), max_size=6).map(
    lambda found: [Running(f"task-{number}", *one) for number, one in enumerate(found)]
)
wanted = st.builds(
    Wanted,
    deployment=st.just(NEW),
    desired=st.integers(0, 3),
    minimum_percent=st.sampled_from([0, 50, 100]),
    maximum_percent=st.sampled_from([100, 200]),
).filter(lambda want: not want.desired or want.most > want.least_ready)  # else it cannot move, on AWS too


def _running(*stages: tuple[str, Stage]) -> list[Running]:
    return [Running(f"task-{number}", *one) for number, one in enumerate(stages)]


@given(wanted, tasks)
def test_never_more_tasks_than_the_maximum_and_never_fewer_ready_than_the_minimum(
    want: Wanted, found: list[Running]
) -> None:
    step = rollout.next_step(want, found)
    if step.start:
        assert len(found) + step.start <= want.most
    stopped = [one for one in found if one.id in step.stop]
    ready = [one for one in found if one.stage is Stage.READY and one not in stopped]
    ready_before = sum(one.stage is Stage.READY for one in found)
    if any(one.stage is Stage.READY and one.deployment == OLD for one in stopped):
        assert len(ready) >= min(want.least_ready, ready_before)


@given(wanted, tasks)
def test_a_service_gets_to_its_desired_state_whatever_it_begins_with(
    want: Wanted, found: list[Running]
) -> None:
    new = 100
    for _ in range(20):
        step = rollout.next_step(want, found)
        # What starts becomes ready and what stops is gone before the next look.
        found = [
            Running(one.id, one.deployment, Stage.READY)
            for one in found
            if one.id not in step.stop and one.stage is not Stage.STOPPING
        ]
        found += [Running(f"task-{new + n}", NEW, Stage.STARTING) for n in range(step.start)]
        new += step.start
        if rollout.is_complete(want, found):
            break
    assert rollout.is_complete(want, found)
    assert rollout.next_step(want, found) == rollout.Step(0, ())


def test_with_no_minimum_and_no_surplus_the_old_task_goes_before_the_new_one_comes() -> None:
    want = Wanted(NEW, desired=1, minimum_percent=0, maximum_percent=100)
    assert rollout.next_step(want, _running((OLD, Stage.READY))) == rollout.Step(0, ("task-0",))
    assert rollout.next_step(want, _running((OLD, Stage.STOPPING))) == rollout.Step(0, ())
    assert rollout.next_step(want, []) == rollout.Step(1, ())


def test_with_a_full_minimum_the_new_task_is_ready_before_the_old_one_goes() -> None:
    want = Wanted(NEW, desired=1, minimum_percent=100, maximum_percent=200)
    assert rollout.next_step(want, _running((OLD, Stage.READY))) == rollout.Step(1, ())
    both = _running((OLD, Stage.READY), (NEW, Stage.STARTING))
    assert rollout.next_step(want, both) == rollout.Step(0, ())
    both = _running((OLD, Stage.READY), (NEW, Stage.READY))
    assert rollout.next_step(want, both) == rollout.Step(0, ("task-0",))


def test_a_deployment_fails_after_three_failed_tasks_or_half_of_many() -> None:
    assert [rollout.breaks_circuit(1, failures) for failures in range(5)] == [False] * 3 + [True] * 2
    assert not rollout.breaks_circuit(10, 4) and rollout.breaks_circuit(10, 5)
    assert not rollout.breaks_circuit(1000, 199) and rollout.breaks_circuit(1000, 200)


def test_the_wait_after_failures_grows_to_a_bound() -> None:
    waits = [rollout.wait_after(failures) for failures in range(8)]
    assert waits == [0, 1, 2, 4, 8, 16, 30, 30]


def _states(*results: tuple[float, bool]) -> list[HealthState]:
    state, found = HealthState(), []
    for age, succeeded in results:
        state = state.after(CHECK, succeeded, age)
        found.append(state)
    return found


def test_a_starting_container_may_fail_its_check_and_is_asked_each_second() -> None:
    states = _states((1, False), (30, False), (59, False))
    assert {state.health for state in states} == {Health.UNKNOWN}
    assert states[-1].failures == 0
    assert states[-1].wait(CHECK, 30) == 1
    assert states[-1].wait(CHECK, 61) == CHECK.interval


def test_one_success_makes_healthy_and_only_consecutive_failures_make_unhealthy() -> None:
    states = _states((1, True), (11, False), (21, False), (31, True), (41, False), (51, False), (61, False))
    assert [state.health.value[0] for state in states] == ["H", "H", "H", "H", "H", "H", "U"]


@pytest.mark.parametrize("age", [60, 61, 1000])
def test_a_container_that_never_becomes_healthy_is_unhealthy_after_its_start_period(age: float) -> None:
    assert _states((age, False), (age, False))[-1].health is Health.UNKNOWN
    assert _states((age, False), (age, False), (age, False))[-1].health is Health.UNHEALTHY
