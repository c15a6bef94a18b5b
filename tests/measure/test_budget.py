"""How long a run goes on, on a clock that the test winds."""

import pytest

from bench.measure import budget
from bench.measure.progress import Progress
from bench.store.records import Settings


class Clock:
    """Shows the time that it was set to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def kept(clock, *, round_s, rounds=None, budget_s=None, before_s=0.0):
    """Return how many rounds of that length are held."""
    one = budget.Pace(Settings(seed=1, margin=0.03, rounds=rounds, budget_s=budget_s, timeout_s=1, command=()), clock)
    clock.now += before_s
    while one.another():
        clock.now += round_s
        one.add(round_s)
    return one.done


@pytest.mark.parametrize(
    ("asked", "round_s", "held"),
    [
        ({}, 5.0, 15),
        ({}, 20.0, 6),
        ({}, 30.0, 6),
        ({}, 32.0, 4),
        ({}, 80.0, 1),
        ({"rounds": 3}, 30.0, 3),
        ({"budget_s": 10.0}, 3.0, 3),
        ({"budget_s": 10.0}, 60.0, 1),
        ({"budget_s": 10.0, "rounds": 2}, 3.0, 2),
        ({"budget_s": 10.0, "rounds": 20}, 3.0, 3),
        ({"budget_s": 10.0, "before_s": 9.0}, 3.0, 1),
    ],
)
def test_rounds_are_those_asked_for_or_those_that_fit_and_at_least_one(clock, asked, round_s, held):
    assert kept(clock, round_s=round_s, **asked) == held


def test_the_longest_of_the_last_rounds_must_still_fit(clock):
    one = budget.Pace(Settings(seed=1, margin=0.03, rounds=None, budget_s=10.0, timeout_s=1, command=()), clock)
    one.add(4.0)
    clock.now += 6.5
    assert not one.another()


def test_what_it_takes_to_see_what_workers_do_comes_on_top_and_is_no_part_of_a_round(clock):
    one = budget.Pace(Settings(seed=1, margin=0.03, rounds=None, budget_s=10.0, timeout_s=1, command=()), clock)
    clock.now += 24.0
    one.add(24.0, counting_s=20.0)
    assert (one.left_s, one.expected()) == (6.0, (2, 4.0))
    assert one.another()


def test_to_explain_no_more_time_is_taken_than_there_is_for_rounds_that_take_long(clock):
    for explains, another in ((False, True), (True, False)):
        settings = Settings(seed=1, margin=0.03, rounds=None, budget_s=None, timeout_s=1, command=(), explains=explains)
        one = budget.Pace(settings, clock)
        clock.now += 60.0
        one.add(60.0)
        assert one.another() == another


def test_every_group_has_its_share_of_the_time_of_a_round(clock):
    one = budget.Pace(Settings(seed=1, margin=0.03, rounds=None, budget_s=80.0, timeout_s=1, command=()), clock)
    assert (one.share_s(1), one.share_s(2)) == (10.0, 5.0)


def test_the_time_left_is_told_from_the_mean_round(clock):
    one = budget.Pace(Settings(seed=1, margin=0.03, rounds=10, budget_s=None, timeout_s=1, command=()), clock)
    assert one.expected() == (10, None)
    for _ in range(4):
        one.add(2.0)
        clock.now += 2.0
    assert one.expected() == (10, 12.0)
    free = budget.Pace(Settings(seed=1, margin=0.03, rounds=None, budget_s=20.0, timeout_s=1, command=()), clock)
    free.add(4.0)
    clock.now += 4.0
    assert free.expected() == (5, 16.0)


LOOKING = {"seed": 1, "margin": 0.03, "rounds": None, "timeout_s": 1, "command": (), "looks": (8, 12)}


def test_a_run_that_looks_leaves_time_for_what_the_first_look_does_not_decide(clock):
    one = budget.Pace(Settings(budget_s=80.0, **LOOKING), clock)
    assert one.share_s(1) == budget.FIRST_PART * 80.0 / 8
    for _ in range(8):
        one.add(4.0)
    clock.now += 32.0
    assert one.share_s(1) == 48.0 / 4


def test_a_next_round_that_is_known_to_be_shorter_may_fit(clock):
    one = budget.Pace(Settings(budget_s=10.0, **LOOKING), clock)
    one.add(8.0)
    clock.now += 8.0
    assert not one.another()
    assert one.another(1.5)


def test_rounds_that_are_planned_are_those_that_fit(clock):
    one = budget.Pace(Settings(budget_s=20.0, **LOOKING | {"looks": ()}), clock)
    one.add(2.0)
    clock.now += 2.0
    assert (one.plan(5), one.expected()) == (5, (5, 8.0))
    assert (one.plan(50), one.expected()) == (10, (10, 18.0))


def test_a_run_ends_with_its_last_look(clock):
    one = budget.Pace(Settings(budget_s=1000.0, **LOOKING), clock)
    while one.another():
        one.add(1.0)
    assert one.done == 12
    assert one.expected() == (12, 0.0)


def test_a_run_that_looks_expects_the_rounds_up_to_the_next_look(clock):
    one = budget.Pace(Settings(budget_s=1000.0, **LOOKING), clock)
    one.add(2.0)
    assert one.expected() == (8, 14.0)


def test_progress_says_how_many_rounds_there_will_be_and_what_they_will_take(clock):
    asked = Settings(seed=1, margin=0.03, rounds=4, budget_s=None, timeout_s=1, command=())
    pace = budget.Pace(asked, clock)
    assert pace.progress("inputs") == Progress(doing="inputs", rounds_expected=4)
    clock.now += 2.0
    pace.add(2.0)
    assert pace.progress("pass 1") == Progress(doing="pass 1", rounds_done=1, rounds_expected=4, left_s=6.0)
