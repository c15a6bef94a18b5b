"""The best of many is found, and seldom missed; simulated on stored seeds."""

from math import exp, log
from random import Random

import pytest

from bench.measure.pass_planner import FAR_APART, LONG_BURST_NS, SLOW_SAMPLE_NS
from bench.measure.round_plan import samples_in_a_burst
from bench.stats import racing
from bench.stats.racing import SCREENING_ROUNDS, TIMES_AT_ONCE, race, stopping

MARGIN, ERROR = 0.03, 0.05


def sixty(random):
    """Return name -> seconds: ten within 30 % of the best, and 50 that take 2 to 500 times as long."""
    near = [1e-4 * (1 + random.uniform(0.0, 0.3)) for _ in range(9)]
    slow = [1e-4 * 2 * 250 ** random.random() for _ in range(50)]
    return {f"v{place:02d}": seconds for place, seconds in enumerate([1e-4, *near, *slow])}


def timed(names, truth, random, *, sd):
    """Return a round, and what its bursts took in seconds; who is far behind has one call."""
    fastest, found, spent_s = min(truth[name] for name in names), {}, 0.0
    for name in names:
        far = truth[name] > TIMES_AT_ONCE * fastest
        process, passes = exp(random.gauss(0.0, sd)), 1 if far else 3
        found[name] = {index: truth[name] * process * exp(0.3 * random.gauss(0.0, sd)) for index in range(passes)}
        spent_s += truth[name] if far else passes * burst_s(truth[name])
    return found, spent_s


def burst_s(seconds):
    return seconds * samples_in_a_burst(round(seconds * 1e9), 1)


def equal_s(seconds, fastest):
    """Return what the bursts of a round take in a run of equal rounds: one or two of who is far behind."""
    samples = 2 if seconds > SLOW_SAMPLE_NS * 1e-9 else samples_in_a_burst(round(seconds * 1e9), 1)
    passes = 3 if seconds < FAR_APART * fastest else 1 if seconds * samples > LONG_BURST_NS * 1e-9 else 2
    return passes * samples * seconds


def raced(truth, seed, *, sd=0.01, error=ERROR):
    """Return how a race ends that stops as a run does, its rounds, and what all its bursts took."""
    random, rounds, spent_s = Random(seed), [], 0.0
    state = race(truth, rounds, error=error, margin=MARGIN)
    while not state.over:
        survivors = len(state.left) + sum(one.rounds > SCREENING_ROUNDS for one in state.eliminated)
        looks = stopping(survivors, error).looks
        due = SCREENING_ROUNDS + next((look for look in looks if look + SCREENING_ROUNDS > len(rounds)), looks[-1])
        for _ in range(1 if len(rounds) < SCREENING_ROUNDS else due - len(rounds)):
            one, took_s = timed(state.left, truth, random, sd=sd)
            rounds.append(one)
            spent_s += took_s
        state = race(truth, rounds, error=error, margin=MARGIN)
    return state, len(rounds), spent_s


def test_the_best_of_sixty_is_in_95_answers_of_100_for_a_fifth_of_the_time_of_equal_rounds():
    held = 0
    for seed in range(100):
        truth = sixty(Random(1000 + seed))
        state, rounds, spent_s = raced(truth, seed)
        held += "v00" in state.left
        assert spent_s <= rounds * sum(equal_s(seconds, truth["v00"]) for seconds in truth.values()) / 5
        assert not any(truth[name] > 1.5 * truth["v00"] for name in state.left)
    assert held >= 95


@pytest.mark.parametrize("sd", [0.003, 0.03])
def test_those_within_the_margin_of_the_best_are_an_answer_together(sd):
    truth = {"one": 1.0, "two": 1.0, "three": 1.005, "slower": 1.2, "far": 3.0}
    states = [raced(truth, seed, sd=sd)[0] for seed in range(30)]
    held = sum({"one", "two", "three"} <= set(state.left) for state in states)
    assert held >= 29
    assert all("far" not in state.left for state in states)


def test_who_is_fifty_times_as_slow_is_out_after_one_round_and_three_times_after_two():
    rounds = [{"best": {0: 1.0}, "three": {0: 3.0}, "fifty": {0: 50.0}} for _ in range(2)]
    assert [one.name for one in race(rounds[0], rounds[:1], error=ERROR, margin=MARGIN).eliminated] == ["fifty"]
    both = race(rounds[0], rounds, error=ERROR, margin=MARGIN)
    assert [(one.name, one.rounds, one.by) for one in both.eliminated] == [("fifty", 1, "best"), ("three", 2, "best")]
    assert (both.left, both.settled) == (("best",), True)


def test_a_single_disturbed_round_puts_nobody_out_who_is_not_far_behind():
    rounds = [{"best": {0: 1.0}, "hit": {0: 8.0}}, {"best": {0: 1.0}, "hit": {0: 1.1}}]
    assert race(rounds[0], rounds, error=ERROR, margin=MARGIN).left == ("best", "hit")


def test_who_was_out_by_somebody_that_proves_wrong_is_back():
    rounds = [{"wrong": {0: 0.01}, "best": {0: 1.0}, "slower": {0: 1.5}}]
    assert race(("wrong", "best", "slower"), rounds, error=ERROR, margin=MARGIN).left == ("wrong",)
    assert race(("best", "slower"), rounds, error=ERROR, margin=MARGIN).left == ("best", "slower")


def test_where_the_time_ends_there_is_a_last_look_and_what_is_not_told_apart_stays():
    random = Random(5)
    truth = {"best": 1.0, "near": 1.02, "slower": 1.3}
    rounds = [timed(truth, truth, random, sd=0.01)[0] for _ in range(SCREENING_ROUNDS + 9)]
    looks = stopping(3, ERROR).looks
    assert looks[0] < 9 < looks[1]
    ended = race(truth, rounds, error=ERROR, margin=MARGIN, ended=True)
    assert set(ended.left) == {"best", "near"}
    assert [(one.name, one.rounds) for one in ended.eliminated] in ([("slower", 10)], [("slower", 11)])
    assert ended.log_ratios["near"].value == pytest.approx(log(1.02), abs=0.02)


@pytest.mark.parametrize("contenders", [2, 12, 60])
def test_the_looks_share_the_error_among_them_and_the_contenders(contenders):
    rule = stopping(contenders, ERROR)
    assert sum(map(rule.level, rule.looks)) == pytest.approx(ERROR / (contenders - 1))
    assert 2 ** -rule.looks[0] <= rule.level(rule.looks[0])


def test_a_smaller_error_takes_more_rounds():
    assert stopping(10, 0.001).looks[0] > stopping(10, 0.05).looks[0]


def test_without_a_round_everybody_may_be_the_best_and_without_a_contender_nobody():
    assert set(race(("a", "b"), [], error=ERROR, margin=MARGIN).left) == {"a", "b"}
    assert race((), [{}], error=ERROR, margin=MARGIN).left == ()
    assert racing.is_hopeless([]) is False
