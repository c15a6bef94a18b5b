"""Charts of ratios, a row a case: forest, ladder, layouts."""

import re

from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.verdict import Ratio
from bench.report.charts import ladder, layouts, ratios, speedup
from bench.report.charts.style import looks
from bench.report.phrases import least_text
from bench.report.sections import answer
from bench.stats.intervals import Interval
from tests.builders import USUAL, Spec, make_run

LAYOUTS = [
    Spec(name=name, ms=ms, layout=layout, baseline=name == "dot" and layout == "CC")
    for name, unit in (("dot", 1.6), ("matmul", 1.7))
    for layout, ms in (("CC", unit), ("FC", 1.1 * unit))
]


def rows(chart):
    return {series.name: (series, series.points[0]) for series in chart.series}


def test_each_row_has_the_ratio_of_its_case_and_its_interval():
    run = make_run()
    analysis = Analysis(run)
    (chart,) = speedup.charts(analysis)
    found = rows(chart)
    for one in analysis.groups[0].findings[1:3]:
        point, ratio = found[one.arm.case.implementation][1], one.speedup_over_baseline
        assert (point.x, point.low, point.high) == (ratio.value, ratio.interval.low, ratio.interval.high)
    assert chart.y.categories == ("row_major", "inplace", "loop_hoisted", "dropped", "jit")
    assert [point.y for _series, point in found.values()] == [0, 1, 2, 3, 4]


def test_a_verdict_has_a_colour_and_a_shape_of_its_own():
    run = make_run([Spec(name="base", ms=2.0, baseline=True), Spec(name="fast"), Spec(name="slow", ms=4.0)])
    found = rows(speedup.charts(Analysis(run))[0])
    assert {name: (one.colour, one.shape) for name, (one, _point) in found.items()} == {
        "fast": ("good", 0),
        "base": ("grey", 5),
        "slow": ("bad", 1),
    }


def test_what_has_no_ratio_has_its_reason_and_no_mark_and_a_wrong_answer_is_struck():
    run = make_run()
    found = rows(speedup.charts(Analysis(run))[0])
    wrong, missing = found["dropped"], found["jit"]
    assert wrong[1].x is None
    assert wrong[1].label == "wrong: grad_w1 is 3.2 tolerances off"
    assert (wrong[0].struck, missing[0].struck) == (True, False)
    assert missing[1].label == "unavailable: needs numba"


def test_the_band_is_that_of_the_margin():
    run = make_run()
    (chart,) = speedup.charts(Analysis(run, 0.1))
    assert (chart.bands[0].low, chart.bands[0].high) == (1 / 1.1, 1.1)


def test_groups_are_numbered_by_their_place_even_where_one_has_no_chart():
    run = make_run([*USUAL[:1], Spec(name="rows", law=lambda case: 1.0 if case.threads == 2 else None)], threads=(1, 2))
    assert [chart.id for chart in speedup.charts(Analysis(run))] == ["speedup-1"]


def test_layouts_are_a_mark_each_in_the_row_of_their_implementation():
    run = make_run(LAYOUTS, problem="matmul")
    (chart,) = layouts.charts(Analysis(run))
    assert chart.y.categories == ("dot", "matmul")
    assert {one.name: [point.y for point in one.points] for one in chart.series} == {"CC": [0, 1], "FC": [0, 1]}
    assert len({(one.colour, one.shape) for one in chart.series}) == 2


def test_a_run_in_one_layout_has_no_chart_of_layouts():
    run = make_run()
    assert layouts.charts(Analysis(run)) == ()


def test_a_ratio_is_good_or_bad_only_where_its_interval_says_so():
    def colour(low, high):
        return ratios.colour(Ratio(value=(low + high) / 2, interval=Interval(low=low, high=high)), 0.05)

    assert [colour(1.1, 1.2), colour(0.8, 0.9), colour(0.9, 1.1)] == ["good", "bad", "grey"]
    assert [colour(1.04, 1.2), colour(0.8, 0.96)] == ["grey", "grey"]
    assert ratios.colour(Ratio(value=2.0, interval=None), 0.05) == "grey"
    assert ratios.colour(None, 0.05) == "grey"


def test_an_implementation_looks_alike_throughout_and_unlike_any_other():
    run = make_run([Spec(name=f"i{place}", baseline=place == 0) for place in range(30)])
    found = looks(run)
    assert len({(one.colour, one.shape) for one in found.values()}) == 30
    assert found["i0", "C", ""].colour == "grey"


def test_steps_of_a_run_without_counts_are_measured_and_say_who_explains_them():
    run = make_run([Spec(name="base", ms=8.0, baseline=True), Spec(name="b", ms=1.0), Spec(name="a", ms=4.0)])
    run = replace(run, problem=replace(run.problem, ladder=("base", "a", "gone", "b")))
    (chart,) = ladder.charts(Analysis(run))
    found = rows(chart)
    assert [*found] == ["base", "a", "b"]
    assert found["base"][1].x is None
    assert 1.9 < found["a"][1].x < 2.1
    assert 3.9 < found["b"][1].x < 4.1
    assert "implbench explain" in chart.note


def test_a_problem_without_an_order_has_no_ladder():
    run = make_run()
    assert ladder.charts(Analysis(run)) == ()


def test_sentence_band_ladder_and_table_know_one_margin():
    noisy = [Spec(name="base", ms=8.0, baseline=True, noise=0.08), Spec(name="a", ms=4.0), Spec(name="b", ms=3.85)]
    run = make_run(noisy)
    analysis = Analysis(replace(run, problem=replace(run.problem, ladder=("base", "a", "b"))))
    (group,) = analysis.groups
    assert group.too_noisy
    least = group.least
    assert least == group.resolved
    (forest,), (steps,) = speedup.charts(analysis), ladder.charts(analysis)
    assert forest.bands[0].high == steps.bands[0].high == 1 + least
    assert least_text(group) in forest.caption
    step = next(series for series in steps.series if series.name == "b")
    assert step.points[0].low > 1  # above 1 without doubt, and yet by less than this machine can tell
    assert step.colour == "grey"
    told = answer.section(analysis).paragraphs[1]
    assert re.search(r"not told apart from `a`: it was .* % \[.*\] faster", told)
    assert f"differences below {least_text(group)} cannot be told apart in this run" in told
