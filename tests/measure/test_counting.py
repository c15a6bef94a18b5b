"""What the workers of a first round are asked for behind their bursts; the case is ok whatever comes of it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench.measure.counting import LONGEST_COUNTED_NS, Counting, Untimed
from bench.measure.recording import Active, unmeasured
from bench.measure.round_plan import RoundPlan
from bench.measure.worker_process import Ended
from bench.store.records import Role
from bench.store.worker_records import Counts, Outcome
from bench.worker.untimed import Count, Counted
from tests.builders import USUAL, make_run

COUNTS = Counts(allocations=1, allocated_bytes=8, peak_bytes=8, python_calls=1, c_calls=1)


class Worker:
    """Answers orders, or ends."""

    def __init__(self, **ends):
        self.orders = []
        self._ends = ends

    def tell(self, doing):
        pass

    def answer(self, one, order, expected):
        self.orders.append(type(order))
        reason = self._ends.get(type(order).__name__.lower())
        if reason:
            one.process.ended = True
            raise Ended(Outcome.CRASHED, reason)
        return Counted(counts=COUNTS)


@pytest.fixture
def one():
    arm = next(arm for arm in make_run(USUAL).arms if arm.role == Role.CASE)
    plan = RoundPlan(spawn_order=(arm.name,), positions=(arm.name,), cpus=(0,), hash_seed=1, padding=0)
    return Active(arm=arm, process=SimpleNamespace(ended=False), record=unmeasured(arm, 1, plan, {}), call_ns=10)


def ask(worker, one, untimed):
    Counting(untimed, worker).ask(one)
    return worker.orders


def test_of_long_calls_nothing_is_counted_unless_they_are_to_be_explained(one):
    assert ask(Worker(), one, Untimed()) == [Count]
    one.call_ns = LONGEST_COUNTED_NS + 1
    assert ask(Worker(), one, Untimed()) == []
    assert ask(Worker(), one, Untimed(explains=True)) == [Count]


def test_nothing_is_asked_of_a_second_baseline_and_of_limits(one):
    for role in (Role.AGAIN, Role.LIMIT):
        one.arm = replace(one.arm, role=role)
        assert ask(Worker(), one, Untimed(explains=True)) == []


def test_a_worker_that_ends_over_it_leaves_its_case_ok(one):
    assert ask(Worker(count="killed by SIGSEGV"), one, Untimed()) == [Count]
    assert one.record.outcome == Outcome.OK
