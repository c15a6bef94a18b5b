"""Ratios of peaks of memory."""

from math import log

import pytest

from bench.stats import peak_ratios

MB = 1_000_000


@pytest.mark.parametrize(
    ("candidate", "baseline", "ratio"),
    [
        (60 * MB, 50 * MB, 1.2),
        (0, 0, 1.0),
        (0, 3 * MB, 1.0),
        (50 * MB, 0, 12.5),
        (0, 50 * MB, 0.08),
    ],
)
def test_what_is_next_to_nothing_counts_as_the_same_little(candidate, baseline, ratio):
    assert peak_ratios.log_ratio(candidate, baseline) == pytest.approx(log(ratio))


def test_only_rounds_that_know_both_have_a_ratio():
    assert peak_ratios.log_ratios({0: 8 * MB, 1: 8 * MB}, {1: 8 * MB, 2: 8 * MB}) == {1: 0.0}


def test_a_ratio_is_one_of_memory_where_there_is_usually_enough_of_it():
    assert peak_ratios.are_measurable([50 * MB] * 3, [5 * MB, 1 * MB, 5 * MB])
    assert not peak_ratios.are_measurable([50 * MB] * 3, [1 * MB, 1 * MB, 5 * MB])
    assert not peak_ratios.are_measurable([50 * MB], [])
