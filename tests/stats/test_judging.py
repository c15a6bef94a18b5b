"""Of hundreds of candidates none is accepted by luck, and a winner is; simulated on stored seeds."""

from math import log, log1p

import numpy as np
import pytest

from bench.stats import judging
from bench.stats.intervals import MIN_ROUNDS, hodges_lehmann, signed_rank_index
from bench.stats.judging import LOOP_LEVEL, Decision, confirmation, decision, level_of, rounds_to_decide
from bench.stats.sequential import LOOKS, Stopping

ACCEPT_AT = 0.03
LINE = -log1p(ACCEPT_AT)
SCREENING = Stopping(looks=LOOKS)


def accepted(log_ratios, rule):
    """Return which rows are accepted at a look of the rule, by ranks: as `decision` does it for one of them.

    The upper end of the signed-rank interval lies below the line where W+ of the distances to it is below the index of
    that end, and the lower end above it likewise.
    """
    distances = log_ratios - LINE
    found, left = np.zeros(len(distances), bool), np.ones(len(distances), bool)
    for look in rule.looks:
        part = distances[:, :look]
        ranks = np.abs(part).argsort(axis=1).argsort(axis=1) + 1
        plus, all_of_them = (ranks * (part > 0)).sum(axis=1), look * (look + 1) // 2
        index = signed_rank_index(look, rule.level(look))
        found |= left & (plus < index)
        left &= (plus >= index) & (all_of_them - plus >= index)
    return found


def drawn(generator, truth, sd, shape, freedom=None):
    noise = generator.standard_t(freedom, shape) if freedom else generator.standard_normal(shape)
    return truth + sd * noise


def any_accepted(loops, candidates, seed, *, truth, sd, freedom=None):
    """Return in which loops anything is accepted, of so many candidates one after the other."""
    generator = np.random.default_rng(seed)
    found = np.zeros(loops, bool)
    for attempt in range(1, candidates + 1):
        won = accepted(drawn(generator, truth, sd, (loops, LOOKS[-1]), freedom), SCREENING)
        rule = confirmation(attempt)
        again = accepted(drawn(generator, truth, sd, (int(won.sum()), rule.looks[-1]), freedom), rule)
        found[np.flatnonzero(won)[again]] = True
    return found


def test_the_simulated_decisions_are_those_of_the_intervals():
    generator, rule = np.random.default_rng(3), confirmation(5)
    log_ratios = drawn(generator, LINE - 0.006, 0.01, (60, rule.looks[-1]))

    def said(row):
        for look in rule.looks:
            one = decision(hodges_lehmann(list(row[:look]), rule.level(look)), ACCEPT_AT)
            if one != Decision.UNDECIDED:
                break
        return one == Decision.ACCEPT

    by_intervals = [said(row) for row in log_ratios]
    assert list(accepted(log_ratios, rule)) == by_intervals
    assert 10 < sum(by_intervals) < 60


@pytest.mark.parametrize(
    ("truth", "sd", "freedom"), [(0.0, 0.02, None), (LINE, 0.02, None), (LINE, 0.01, 2)], ids=["equal", "line", "heavy"]
)
def test_over_200_candidates_that_are_no_better_than_asked_anything_is_accepted_in_5_percent_of_loops_at_most(
    truth, sd, freedom
):
    assert any_accepted(100, 200, 14, truth=truth, sd=sd, freedom=freedom).mean() <= LOOP_LEVEL


def test_the_fresh_rounds_alone_would_keep_to_that_whatever_the_screening_lets_through():
    generator, loops = np.random.default_rng(7), 2000
    rates = {}
    for attempt in (1, 2, 5, 20):
        rule = confirmation(attempt)
        rates[attempt] = accepted(drawn(generator, LINE, 0.02, (loops, rule.looks[-1])), rule).mean()
    assert all(rate <= level_of(attempt) + 3 * (level_of(attempt) / loops) ** 0.5 for attempt, rate in rates.items())
    assert sum(level_of(attempt) for attempt in range(1, 100_000)) <= LOOP_LEVEL


def test_at_one_level_for_all_luck_would_win_in_most_loops():
    generator, rule = np.random.default_rng(9), confirmation(1)
    lucky = np.zeros(50, bool)
    for _ in range(200):
        lucky |= accepted(drawn(generator, LINE, 0.02, (50, rule.looks[-1])), rule)
    assert lucky.mean() > 0.5


@pytest.mark.parametrize("attempt", [1, 10, 100, 200])
def test_a_true_winner_is_accepted_at_the_first_look_however_many_came_before(attempt):
    rule = confirmation(attempt)
    first = Stopping(looks=rule.looks[:1], alpha=rule.level(rule.looks[0]))
    log_ratios = drawn(np.random.default_rng(attempt), -log(1.15), 0.015, (200, rule.looks[0]))
    assert accepted(log_ratios, first).mean() > 0.98


def test_the_first_look_has_as_many_rounds_as_its_level_takes_and_these_grow_with_the_logarithm():
    for attempt in (1, 2, 30, 200, 5000):
        rule = confirmation(attempt)
        assert signed_rank_index(rule.looks[0], rule.level(rule.looks[0])) >= 1
        assert sum(map(rule.level, rule.looks)) == pytest.approx(level_of(attempt))
    assert [confirmation(attempt).looks[0] for attempt in (1, 10, 100, 1000)] == [7, 14, 20, 27]


def estimate(*log_ratios):
    return hodges_lehmann(log_ratios)


def test_what_is_not_told_from_the_line_is_undecided_and_noise_never_accepts():
    faster, same, slower = ([truth + 0.001 * place for place in range(8)] for truth in (-0.2, -0.004, 0.2))
    assert decision(estimate(*faster), ACCEPT_AT) == Decision.ACCEPT
    assert decision(estimate(*same), ACCEPT_AT) == decision(estimate(*slower), ACCEPT_AT) == Decision.REJECT
    assert decision(estimate(*faster[:5]), ACCEPT_AT) == decision(None, ACCEPT_AT) == Decision.UNDECIDED
    assert decision(estimate(*faster), ACCEPT_AT, resolved=0.3) == Decision.UNDECIDED
    assert decision(estimate(*same), ACCEPT_AT, resolved=0.3) == Decision.UNDECIDED
    assert decision(estimate(*slower), ACCEPT_AT, resolved=0.1) == Decision.REJECT


def test_the_rounds_that_would_decide_grow_as_the_line_comes_nearer():
    spread = [0.01, -0.01] * 4
    far, near = (rounds_to_decide([truth + one for one in spread], ACCEPT_AT, 0.025) for truth in (-0.2, LINE - 0.004))
    assert MIN_ROUNDS <= far < near < judging.MOST_ROUNDS
    assert rounds_to_decide([LINE + one for one in spread], ACCEPT_AT, 0.025) is None
    assert rounds_to_decide([0.1], ACCEPT_AT, 0.025) is None
