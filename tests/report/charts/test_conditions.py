"""Charts over conditions: sizes, threads, dtypes."""

import pytest

from bench.analyse.analysis import Analysis
from bench.report.charts import conditions, sweep
from tests.builders import SWEPT, USUAL, Spec, make_run, make_sizes


@pytest.fixture(scope="module")
def swept():
    return Analysis(make_run(SWEPT, sizes=make_sizes(1, 5, 20, 50, 100)))


def test_times_are_those_of_the_findings_at_each_size(swept):
    times = sweep.time_chart(swept, 0)
    (one,) = swept.sweeps
    for series in times.series:
        assert [point.x for point in series.points] == [1, 5, 20, 50, 100]
        seconds = [place.timed[series.name].min_seconds_per_call for place in one.places]
        assert [point.y for point in series.points] == [each.value for each in seconds]
        assert [point.low for point in series.points] == [each.interval.low for each in seconds]


def test_a_crossing_is_a_rule_with_its_interval_shaded(swept):
    (one,) = swept.sweeps
    for chart in (sweep.time_chart(swept, 0), sweep.behind_chart(swept, 0)):
        (rule,), (band,) = chart.rules, chart.bands
        assert rule.label.startswith("rows overtakes loop between m=")
        assert rule.at == one.turns[0].crossing.at
        assert band.low < rule.at < band.high


def test_how_time_grows_is_in_the_caption_and_with_every_mark(swept):
    times = sweep.time_chart(swept, 0)
    assert "Time grows as: loop m^" in times.caption
    assert all("grows as m^" in point.tip for one in times.series for point in one.points)


def test_what_takes_far_longer_than_the_fastest_is_not_drawn(swept):
    behind = sweep.behind_chart(swept, 0)
    rows = next(one for one in behind.series if one.name == "rows")
    assert [point.y is None for point in rows.points] == [True, False, False, False, False]
    assert max(point.y or 0 for one in behind.series for point in one.points) <= 3


def test_several_conditions_have_a_chart_of_speedups_each():
    run = make_run(SWEPT, sizes=make_sizes(1, 5, 20), dtypes=("float64", "float32"), rounds=6)
    found = sweep.charts(Analysis(run))
    speedups = ["speedup-by-size-0", "speedup-by-size-1"]
    assert [chart.id for chart in found] == ["times-0", "behind-0", "times-1", "behind-1", *speedups, "fastest"]
    assert [chart.title for chart in found[4:6]] == ["float64, 1 thread", "float32, 1 thread"]


def test_the_map_has_a_cell_for_each_size_and_condition_and_parts_of_one_for_those_not_told_apart(swept):
    chart = sweep.charts(swept)[-1]
    assert (chart.x.categories, chart.y.categories) == (("1", "5", "20", "50", "100"), ("float64, 1 thread",))
    (one,) = swept.sweeps
    found = {series.name: {point.x: point for point in series.points} for series in chart.series}
    for column, place in enumerate(one.places):
        cells = [found[name][column] for name in place.leaders]
        assert sum(cell.high - cell.low for cell in cells) == pytest.approx(0.84)
        assert sum(column in cells_of_one for cells_of_one in found.values()) == len(place.leaders)
    assert {point.label for series in chart.series for point in series.points if point.label} <= {"loop", "rows"}


def test_speedups_of_all_conditions_stand_in_the_same_rows():
    analysis = Analysis(make_run(USUAL[:3], dtypes=("float64", "float32"), threads=(1, 2)))
    found = conditions.speedups(analysis)
    assert [chart.title for chart in found] == [
        *("float64, 1 thread", "float64, 2 threads"),
        *("float32, 1 thread", "float32, 2 threads"),
    ]
    assert len({chart.y for chart in found}) == 1
    assert {len(chart.series[0].points) for chart in found} == {3}
    assert conditions.speedups(Analysis(make_run())) == ()


def test_a_run_of_one_size_has_no_sweep():
    run = make_run()
    assert sweep.charts(Analysis(run)) == ()


def test_efficiency_is_that_of_the_effects_in_percent():
    law = Spec(name="base", baseline=True, law=lambda case: 4.0 / case.threads**0.5)
    run = make_run([law], threads=(1, 2, 4))
    analysis = Analysis(run)
    speedup, efficiency = conditions.charts(analysis)
    (line,) = efficiency.series
    assert [point.x for point in line.points] == [1, 2, 4]
    assert line.points[0].y == 100.0
    for point, one in zip(line.points[1:], analysis.effects["threads"], strict=True):
        assert point.y == 100 * one.efficiency.value
        assert point.low == 100 * one.efficiency.interval.low
    assert (efficiency.y.unit, efficiency.rules[0].at) == ("%", 100.0)
    ideal = speedup.series[-1]
    assert ideal.dashed
    assert [(point.x, point.y) for point in ideal.points] == [(1, 1.0), (4, 4.0)]


def test_a_dtype_is_a_row_for_each_implementation():
    run = make_run(USUAL[:2], dtypes=("float64", "float32"))
    (chart,) = conditions.charts(Analysis(run))
    assert chart.y.categories == ("row_major", "loop_hoisted")
    assert chart.title == "With float32 instead of float64 (m=10000, n=64, p=25, 1 thread)"


def test_each_change_is_shown_at_the_largest_size_only():
    run = make_run(USUAL[:2], sizes=make_sizes(10, 100), threads=(1, 2), rounds=6)
    found = conditions.charts(Analysis(run))
    assert [chart.id for chart in found] == ["threads-0", "efficiency-0"]
    assert "m=100" in found[0].caption
