"""Stacked bars of where the time goes."""

from itertools import pairwise

import pytest

from bench.analyse.analysis import Analysis
from bench.report.charts import time_shares
from bench.report.figures.drawing import draw
from tests.builders import USUAL, Spec, make_run
from tests.explained import make_explained

ARMS = [USUAL[0], Spec(name="vectorized", ms=5.0), Spec(name="octave", ms=9.0, own_clock=True)]


@pytest.fixture(scope="module")
def chart():
    (found,) = time_shares.charts(Analysis(make_explained(ARMS)))
    return found


def test_the_parts_of_a_row_stand_end_to_end_and_fill_it(chart):
    assert chart.y.categories == ("vectorized", "loop_hoisted")
    for row in range(len(chart.y.categories)):
        parts = sorted((one.low, one.high) for series in chart.series for one in series.points if one.y == row)
        assert parts[0][0] == 0
        assert parts[-1][1] == pytest.approx(100)
        assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(parts))


def test_each_row_ends_with_its_time_and_each_part_says_its_range(chart):
    rest = chart.series[-1]
    assert [one.label for one in rest.points] == ["5.00 ms", "72.0 ms"]
    tips = [one.tip for series in chart.series for one in series.points]
    assert any(tip.startswith("loop_hoisted\ncalls and indexing: ") for tip in tips)


def test_what_could_not_be_seen_is_named(chart):
    assert "Not seen: octave." in chart.caption


def test_a_run_in_which_nothing_was_counted_has_none():
    assert time_shares.charts(Analysis(make_run())) == ()


def test_it_can_be_printed(chart):
    axes = draw([chart], of="backprop; some CPU").axes[0]
    assert len(axes.patches) == sum(len(series.points) for series in chart.series)
