"""Words that sections share."""

import pytest
from msgspec.structs import replace

from bench.analyse.verdict import Ratio
from bench.problems.case import RETAIN_ALLOCATOR
from bench.report.phrases import case_label, gain_text
from bench.stats.intervals import Interval
from tests.builders import Spec, make_run


@pytest.mark.parametrize(
    ("ends", "text"),
    [((0.9996, 1.03), "1 % [0 %, 3 %]"), ((0.97, 1.03), "1 % [-3 %, 3 %]"), ((1.005, 1.015), "1.0 % [0.5 %, 1.5 %]")],
)
def test_a_gain_has_the_decimals_of_its_interval_and_no_minus_nought(ends, text):
    assert gain_text(Ratio(value=1.01, interval=Interval(low=ends[0], high=ends[1]))) == text


def test_an_allocator_is_told_by_what_it_does():
    run = make_run([Spec(name="base", ms=1.0, baseline=True)])
    assert case_label(replace(run.arms[0].case, allocator=RETAIN_ALLOCATOR)).endswith("1 thread, freed memory kept")
