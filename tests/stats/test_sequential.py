"""Looking again and again, by simulation: the errors over all looks together stay below one in twenty."""

import random
from math import log, log1p, sqrt

import pytest

from bench.analyse.verdict import Verdict, judge
from bench.stats import intervals
from bench.stats.sequential import FIXED, LOOKS, Stopping, half_width, rounds_for
from tests import noise

MARGIN = 0.03
USUAL = Stopping(looks=LOOKS)


def normal(generator: random.Random) -> float:
    return generator.gauss(0.0, 1.0)


def student_t3(generator: random.Random) -> float:
    return generator.gauss(0.0, 1.0) / sqrt(generator.gammavariate(1.5, 2.0) / 3) / sqrt(3)


def stopped(truth, sd, seed, draw, *, level=USUAL.level):
    """Return verdict and estimate of a pair that is measured until a look decides, or after the last one."""
    generator = random.Random(seed)
    d: list[float] = []
    for look in LOOKS:
        d += [truth + sd * draw(generator) for _ in range(look - len(d))]
        estimate = intervals.hodges_lehmann(d, level(len(d)))
        said = judge(estimate, MARGIN)
        if said != Verdict.UNDECIDED:
            break
    return said, estimate


def test_the_level_is_divided_among_the_looks_and_whole_where_there_is_none():
    assert FIXED.level(20) == intervals.ALPHA
    assert USUAL.level(LOOKS[0] - 1) == intervals.ALPHA
    assert sum(map(USUAL.level, LOOKS)) == pytest.approx(intervals.ALPHA)
    assert USUAL.level(LOOKS[0]) == 2 ** -LOOKS[0]
    assert len({USUAL.level(look) for look in LOOKS[1:]}) == 1
    assert USUAL.level(99) == USUAL.level(LOOKS[-1])


def test_equal_parts_are_enough_where_the_first_look_has_rounds_enough_for_its_own():
    assert {Stopping(looks=(8, 12, 20, 32)).level(look) for look in (8, 12, 20, 32)} == {intervals.ALPHA / 4}


@pytest.mark.parametrize("rounds", range(LOOKS[0] + 1, LOOKS[1]))
def test_rounds_that_the_time_ended_between_two_looks_take_what_those_before_have_left(rounds):
    assert USUAL.level(rounds) == intervals.ALPHA - USUAL.level(LOOKS[0])
    estimate = intervals.hodges_lehmann([0.1 * one for one in range(rounds)], USUAL.level(rounds))
    assert estimate.interval is not None


def test_the_first_look_has_an_interval():
    first = LOOKS[0]
    assert intervals.hodges_lehmann([0.1 * one for one in range(first)], USUAL.level(first)).interval is not None


@pytest.mark.parametrize("draw", [normal, student_t3])
@pytest.mark.parametrize("sd", [0.005, 0.02, 0.06])
def test_a_difference_of_just_the_margin_is_seldom_called_larger_or_smaller(draw, sd):
    said = [stopped(log1p(MARGIN), sd, seed, draw)[0] for seed in range(1500)]
    assert said.count(Verdict.SLOWER) <= 0.025 * len(said) + 3 * sqrt(0.025 * len(said))
    within = said.count(Verdict.EQUIVALENT) + said.count(Verdict.SLOWER_WITHIN)
    assert within <= 0.025 * len(said) + 3 * sqrt(0.025 * len(said))


@pytest.mark.parametrize("sd", [0.005, 0.02, 0.06])
@pytest.mark.parametrize("truth", [0.0, 0.02, 0.05])
def test_intervals_of_a_run_that_stops_by_itself_hold_the_truth_95_times_in_100(truth, sd):
    found = [stopped(truth, sd, seed, normal)[1].interval for seed in range(1500)]
    held = sum(interval.low <= truth <= interval.high for interval in found)
    assert held >= 0.95 * len(found)


@pytest.mark.parametrize("model", noise.MODELS)
@pytest.mark.parametrize("ratio", [1 / 455, 1.05, 1.0])
def test_intervals_hold_the_truth_95_times_in_100_at_whatever_look_a_run_ends_under_the_noise_of_machines(model, ratio):
    bent = noise.MODELS[model]
    found = [stopped(log(ratio), 1.0, seed, lambda random: bent.log_ratio(random, 0.0, 3))[1] for seed in range(500)]
    held = sum(one.interval.low <= log(ratio) <= one.interval.high for one in found)
    assert held >= 0.95 * len(found)


def test_without_the_correction_looking_again_and_again_would_be_wrong_too_often():
    said = [stopped(log1p(MARGIN), 0.02, seed, normal, level=FIXED.level)[0] for seed in range(1500)]
    assert said.count(Verdict.UNDECIDED) < 0.92 * len(said)


def test_most_pairs_are_decided_at_the_first_look_and_close_ones_get_more_rounds():
    far = [stopped(0.5, 0.01, seed, normal)[1].rounds for seed in range(200)]
    near = [stopped(0.02, 0.015, seed, normal)[1].rounds for seed in range(200)]
    assert set(far) == {6}
    assert sum(near) > 2 * sum(far)


@pytest.mark.parametrize("precision", [0.01, 0.002])
def test_rounds_that_are_planned_for_a_half_width_mostly_reach_it(precision):
    generator = random.Random(5)
    exact = Stopping(precision=precision)
    reached = 0
    for _ in range(200):
        d = [0.005 * normal(generator) for _ in range(12)]
        d += [0.005 * normal(generator) for _ in range(rounds_for(d, precision) - len(d))]
        reached += half_width(d, exact.level(len(d))) <= precision
    assert reached > 100
    assert len(d) >= intervals.MIN_ROUNDS
