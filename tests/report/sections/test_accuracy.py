"""Errors beside speed."""

from msgspec.structs import replace

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


def test_each_dtype_has_its_own_largest_error():
    told = accuracy.told(Analysis(make_run(ARMS, dtypes=("float64", "float32"))))
    assert told.startswith("All are accurate, each dtype by its own tolerance: the largest error is 0.20 of its ")
    assert "(`base`, float64) and 0.20 of its tolerance (`base`, float32). No speed" in told


def test_what_is_exact_is_not_said_to_be_nought_of_its_tolerance():
    told = accuracy.told(Analysis(make_run([replace(one, error=0.0) for one in ARMS])))
    assert told == "All are exact: no result differs from what is expected."


def test_all_cases_count_in_the_gist_however_many_are_drawn():
    many = [Spec(name=f"impl_{place}", ms=1.0 + place, error=0.01 * (place == 59)) for place in range(60)]
    told = accuracy.told(Analysis(make_run([replace(many[0], baseline=True), *many[1:]])))
    assert "the largest error is 0.010 of its tolerance (`impl_59`)." in told


def test_one_case_alone_or_none_verified_needs_no_figure():
    assert section(make_run([USUAL[0]])) is None
    run = make_run(ARMS)
    rounds = tuple(
        replace(one, workers=tuple(replace(worker, verification=()) for worker in one.workers)) for one in run.rounds
    )
    assert section(replace(run, rounds=rounds)) is None
