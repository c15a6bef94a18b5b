"""All samples by round and by time, and what is shown of very many."""

from random import Random
from statistics import median

import pytest

from bench.analyse.analysis import Analysis
from bench.report.charts.samples import MOST_POINTS, OF_BURSTS, Samples, charts, explained, far_out_beyond, shown
from bench.store.selectors import by_group, seconds_per_call
from tests.builders import Spec, make_run

RUN = make_run([Spec(name="base", ms=2.0, baseline=True), Spec(name="fast")], rounds=6, passes=3, discarded=(2,))


def test_each_sample_is_a_point_at_its_place_in_rounds_and_in_time():
    rounds, arm = by_group(RUN)[RUN.arms[0].case.group], RUN.arms[0]
    found = Samples(rounds, arm, 0)
    worker = next(one for one in rounds.used[1].workers if one.arm == arm.name)
    places = [found.place_in_rounds(sample) for sample in range(len(found.seconds))]
    assert len(places) == 5 * 3 * 5
    assert places[15] == pytest.approx(1.5 + 0.5 / 5 / 3)
    assert all(0.5 < place < 5.5 for place in places)
    assert places == sorted(places)
    burst = worker.bursts[0]
    starts = [burst.start_ns * 1e-9, (burst.start_ns + burst.sample_ns[0]) * 1e-9]
    assert [found.start_s(15), found.start_s(16)] == pytest.approx(starts)
    assert list(found.seconds[15:20]) == pytest.approx([ns * 1e-9 for ns in burst.sample_ns])
    assert found.medians[2] == seconds_per_call(worker)


def test_a_chart_has_both_views_with_the_same_samples_and_the_baseline_twice():
    fast, base = charts(Analysis(RUN))
    by_round, by_time, _bursts = base.views
    assert [view.label for view in base.views] == ["by round", "by time", OF_BURSTS]
    assert [one.name for one in by_time.series] == ["samples", "the same, measured again"]
    assert [one.ys for one in by_round.series[:2]] == [one.ys for one in by_time.series]
    assert by_round.series[2].name == "median of each round"
    assert len(fast.views[1].series) == 1
    assert fast.note is None
    assert fast.caption == "fast: 75 samples, of which 0 (0 %) lie far out."


def test_the_fastest_of_each_burst_is_a_view_with_the_median_of_each_round():
    fast, base = (chart.in_view(OF_BURSTS) for chart in charts(Analysis(RUN)))
    (worker,) = [one for one in RUN.rounds[3].workers if one.arm == RUN.arms[0].name]
    minima = [min(burst.sample_ns) * 1e-9 for burst in worker.bursts]
    bursts, again, levels, _again = base.series
    assert (len(bursts.xs), len(again.xs)) == (5 * 3, 5 * 3)
    # Round 2 does not count, so that the fourth of the run is the third shown.
    assert bursts.ys[6:9] == pytest.approx(minima, rel=1e-4)
    assert [round(place) for place in bursts.xs] == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3 + [5] * 3
    ends = [(point.x, point.y) for point in levels.points[6:9]]
    assert ends == [(2.58, median(minima)), (3.42, median(minima)), (None, None)]
    assert [one.name for one in fast.series] == ["fastest of each burst", "median of each round"]
    assert fast.views == ()


def test_time_is_counted_from_the_first_sample_of_the_run():
    by_time = charts(Analysis(RUN))[0].views[1]
    assert 0 <= min(by_time.series[0].xs) < 0.1
    assert max(by_time.series[0].xs) > 50


def test_few_samples_are_all_shown():
    found = shown([1.0, 1.1, 0.9, 9.0] * 10, room=40)
    assert (len(found.places), found.step) == (40, 1)
    assert found.far_out == found.far_out_shown


def test_of_very_many_every_so_many_th_and_those_far_out_are_shown():
    random = Random(1)
    values = [1.0 + random.gauss(0, 0.01) for _ in range(10_000)]
    outliers = [17, 4711, 9998]
    for place in outliers:
        values[place] = 3.0
    found = shown(values, room=500)
    assert set(outliers) <= set(found.places)
    assert len(found.places) <= 500
    assert (found.far_out, found.far_out_shown) == (3, 3)
    assert set(range(0, 10_000, found.step)) <= set(found.places)


def test_of_too_many_far_out_the_farthest_are_shown_and_all_are_counted():
    values = [1.0 + 0.001 * (i % 7) for i in range(10_000)]
    for place in range(0, 10_000, 10):
        values[place] = 2.0 + place * 1e-3
    found = shown(values, room=400)
    assert len(found.places) <= 400
    assert found.far_out == 1000
    assert 100 <= found.far_out_shown < 200
    assert 9990 in found.places


def test_a_value_lies_far_out_beyond_three_interquartile_ranges():
    assert far_out_beyond([0.0, 1.0, 2.0, 3.0, 4.0]) == (-5.0, 9.0)
    assert far_out_beyond([1.0, 99.0]) == (float("-inf"), float("inf"))


def test_the_points_of_all_charts_together_have_a_bound_that_is_told():
    arms = [Spec(name=f"i{place}", baseline=place == 0) for place in range(6)]
    run = make_run(arms, rounds=20, passes=20)
    found = charts(Analysis(run))
    points = sum(len(one.xs) for chart in found for view in chart.views for one in view.series)
    assert MOST_POINTS / 2 < points <= MOST_POINTS
    assert all(chart.note for chart in found)
    assert f"at most {MOST_POINTS // 2} samples" in explained(found)[-1]
    assert len(explained(charts(Analysis(RUN)))) == 1
