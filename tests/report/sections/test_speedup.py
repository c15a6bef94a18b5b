"""The forest in a report."""

from bench.analyse.analysis import Analysis
from bench.report.sections import speedup
from tests.builders import USUAL, make_run


def test_the_figure_is_the_forest_and_its_caption_has_the_numbers():
    (figure,) = speedup.section(Analysis(make_run())).figures
    (chart,) = figure.charts
    assert (figure.name, chart.id) == ("speedup", "speedup-0")
    assert figure.caption.startswith(chart.caption)
    assert "`row_major` 23.99x [23.97, 24.01]; `inplace` " in figure.caption
    assert "dropped" not in figure.caption


def test_each_group_has_a_figure_of_its_own_name():
    figures = speedup.section(Analysis(make_run(threads=(1, 2)))).figures
    assert [figure.name for figure in figures] == ["speedup-backprop-M-float64-1t", "speedup-backprop-M-float64-2t"]


def test_there_is_no_speedup_where_nothing_is_compared():
    assert speedup.section(Analysis(make_run([USUAL[0]]))) is None
