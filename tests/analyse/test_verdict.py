"""What an interval says at a margin."""

from math import log

import pytest

from bench.analyse.verdict import Ratio, Verdict, judge
from bench.stats.intervals import Estimate, Interval


def between(low, high):
    return Estimate(
        value=(log(low) + log(high)) / 2, interval=Interval(low=log(low), high=log(high)), rounds=8, reason=None
    )


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.031, 1.2, Verdict.SLOWER),
        (1.029, 1.2, Verdict.UNDECIDED),
        (0.8, 0.97, Verdict.FASTER),
        (0.8, 0.98, Verdict.UNDECIDED),
        (0.98, 1.02, Verdict.EQUIVALENT),
        (0.98, 0.99, Verdict.EQUIVALENT),
        (1.01, 1.02, Verdict.SLOWER_WITHIN),
        (0.9, 1.1, Verdict.UNDECIDED),
    ],
)
def test_the_verdict_needs_the_whole_interval_beyond_or_within_the_margin(low, high, said):
    assert judge(between(low, high), 0.03) == said


def test_without_an_interval_nothing_is_decided():
    assert judge(Estimate(value=3.0, interval=None, rounds=2, reason="few"), 0.03) == Verdict.UNDECIDED


def test_a_noisy_machine_needs_more_than_its_noise_and_calls_nothing_equivalent():
    assert judge(between(1.05, 1.2), 0.03, resolved=0.04) == Verdict.SLOWER
    assert judge(between(1.035, 1.2), 0.03, resolved=0.04) == Verdict.UNDECIDED
    assert judge(between(0.99, 1.01), 0.03, resolved=0.04) == Verdict.UNDECIDED


def test_a_speedup_is_the_ratio_the_other_way_round_with_its_interval_turned():
    turned = Ratio.of(between(0.1, 0.4)).inverse()
    assert turned.value == pytest.approx(5)
    assert (turned.interval.low, turned.interval.high) == (pytest.approx(2.5), pytest.approx(10))
