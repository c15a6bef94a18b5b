"""Samples by round: the figure, and what is two-fold in words."""

from bench.analyse.analysis import Analysis
from bench.report.sections import samples
from tests.builders import USUAL, Spec, make_run


def section(*arguments, **changes):
    return samples.section(Analysis(make_run(*arguments, **changes)))


def test_every_burst_of_the_rounds_that_count_is_drawn_in_a_panel_for_each_case_with_a_time():
    (figure,) = section(rounds=8, passes=4, discarded=(0, 5)).figures
    assert [chart.title for chart in figure.charts] == ["row_major", "inplace", "loop_hoisted"]
    assert [sum(len(one.xs) for one in chart.series) for chart in figure.charts] == [24, 24, 48]
    assert "each of 96 bursts" in figure.caption
    assert figure.columns == 1


def test_many_panels_stand_in_two_columns():
    (figure,) = section([USUAL[0], *(Spec(name=f"n{place}") for place in range(6))]).figures
    assert figure.columns == 2


def test_a_two_fold_case_is_told_in_words():
    texts = section([USUAL[0], Spec(name="two", slow_rounds=(1, 3, 5, 7, 9))], rounds=12).paragraphs
    assert len(texts) == 1
    assert texts[0].startswith("`two` is bimodal: ")


def test_a_run_without_times_has_no_samples():
    assert section(USUAL[3:]) is None


def test_one_value_a_case_is_no_series():
    assert section(USUAL[:2], rounds=1, passes=1) is None
