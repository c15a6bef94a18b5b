"""Errors beside speed."""

from dataclasses import replace

from bench.analyse.analysis import Analysis
from bench.report.figures.drawing import draw
from bench.report.sections import accuracy
from tests.builders import USUAL, Spec, make_run

ARMS = [
    Spec(name="base", ms=10.0, baseline=True, error=0.2),
    Spec(name="fast", ms=1.0, error=0.05),
    Spec(name="exact", ms=2.0, error=0.0),
]


def section(run):
    return accuracy.section(Analysis(run))


def test_the_figure_has_speed_error_and_ulp_beside_each_other_in_the_same_rows():
    (figure,) = section(make_run(ARMS)).figures
    assert figure.columns == len(figure.charts) == 3
    assert [chart.y.categories for chart in figure.charts] == [("fast", "exact", "base")] * 3
    axes = draw(figure.charts, figure.columns).axes
    assert [one.get_xlabel() for one in axes] == [
        "speed-up over the baseline",
        "error over tolerance",
        "largest error [ulp]",
    ]


def test_a_case_without_a_time_is_not_drawn():
    figure = section(make_run()).figures[0]
    assert [len(chart.series) for chart in figure.charts] == [3] * 3
    assert "dropped" not in figure.caption


def test_the_caption_has_the_numbers():
    assert "`fast` 0.050 and 3.0 ulp" in section(make_run(ARMS)).figures[0].caption


def test_one_case_alone_or_none_verified_needs_no_figure():
    assert section(make_run([USUAL[0]])) is None
    run = make_run(ARMS)
    rounds = tuple(
        replace(one, workers=tuple(replace(worker, verification=()) for worker in one.workers)) for one in run.rounds
    )
    assert section(replace(run, rounds=rounds)) is None
