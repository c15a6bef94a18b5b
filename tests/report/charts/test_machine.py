"""Charts of what the machine allows and of what implementations take: roofline, accuracy, memory, ladder."""

import pytest

from bench.analyse.analysis import Analysis
from bench.report.charts import accuracy, ladder, memory, roofline
from tests.builders import USUAL, Spec, make_run
from tests.explained import make_explained
from tests.limited import limited


@pytest.fixture(scope="module")
def explained():
    return Analysis(limited(make_explained()))


def test_a_point_stands_at_the_intensity_of_the_problem_and_the_rate_of_its_case(explained):
    (shares,) = roofline.charts(explained)
    (found,) = explained.rooflines
    drawn = roofline.roofline(explained, 0, found)
    points = {one.name: one.points[0] for one in drawn.series if one.markers}
    for placed in found.placed:
        point = points[placed.finding.arm.case.implementation]
        assert (point.x, point.y) == (found.intensity, placed.flops_per_second)
    first = shares.series[0].points[0]
    share = found.placed[0].share
    assert (first.x, first.low, first.high) == (
        100 * share.value,
        100 * share.interval.low,
        100 * share.interval.high,
    )


def test_roofs_meet_at_the_ridge_and_that_of_larger_arrays_is_dashed(explained):
    (found,) = explained.rooflines
    drawn = roofline.roofline(explained, 0, found)
    moved, far, flops = [one for one in drawn.series if not one.markers]
    assert (moved.dashed, far.dashed, flops.dashed) == (False, True, False)
    assert moved.points[1].x == pytest.approx(found.ridge)
    assert moved.points[1].y == pytest.approx(flops.points[0].y)
    assert flops.points[0].x == pytest.approx(found.ridge)
    assert "reading 22.0 MB (np.dot)" in moved.points[1].label


def test_roofs_that_were_not_measured_are_left_out():
    analysis = Analysis(limited(failed=("gemm",)))
    drawn = roofline.roofline(analysis, 0, analysis.rooflines[0])
    assert len([one for one in drawn.series if not one.markers]) == 2


def test_a_run_without_limits_has_no_roofline():
    run = make_run()
    assert roofline.charts(Analysis(run)) == ()


def test_errors_stand_beside_speed_the_fastest_on_top_and_no_error_at_all_is_hollow():
    run = make_run([*USUAL, Spec(name="exact", ms=1.0, error=0.0)])
    speed, errors, ulp = accuracy.beside_speed(Analysis(run), 0)
    assert speed.y.categories == errors.y.categories == ulp.y.categories
    assert errors.y.categories == ("exact", "row_major", "inplace", "loop_hoisted")
    found = {one.name: one for one in errors.series}
    assert found["row_major"].points[0].x == 0.02
    assert [one.hollow for one in found.values()] == [True, False, False, False]
    assert 0 < found["exact"].points[0].x < 0.02
    assert "hollow: no error at all" in errors.caption
    assert errors.rules[0].at == 1.0
    assert [one.points[0].x for one in ulp.series] == [3.0] * 4
    assert [one.points[0].x for one in speed.series] == pytest.approx([72.0, 24.0, 22.5, 1.0], rel=0.02)
    assert accuracy.charts(Analysis(run)) == (errors, ulp)


def test_one_case_alone_has_no_accuracy_beside_speed():
    assert accuracy.charts(Analysis(make_run([USUAL[0]]))) == ()


def test_memory_is_that_of_the_counts_and_unknown_where_another_program_computes(explained):
    peak, allocated, faults = memory.charts(explained)
    points = {one.name: one.points[0] for one in peak.series}
    assert points["vectorized"].x == 11_000_000
    assert points["octave"].x is None
    assert points["octave"].label == "not known"
    assert peak.x.scale == "log"
    assert next(one for one in allocated.series if one.name == "loop_hoisted").points[0].x == 276_000_000
    assert next(one for one in faults.series if one.name == "vectorized").points[0].x == pytest.approx(935)


def test_what_is_nowhere_known_or_nowhere_above_nothing_has_no_chart():
    run = make_run([Spec(name="base", baseline=True)])
    assert memory.charts(Analysis(run)) == ()


def test_each_step_has_its_own_ratio_and_its_reason(explained):
    (chart,) = ladder.charts(explained)
    found = {one.name: one.points[0] for one in chart.series}
    assert [*found] == ["loop_hoisted", "vectorized", "inplace", "c_fused"]
    assert found["vectorized"].x == pytest.approx(12.0, rel=0.02)
    assert "vectorized is " in found["vectorized"].tip
    assert "`" not in found["vectorized"].tip
    assert found["loop_hoisted"].x is None
    assert chart.note is None
