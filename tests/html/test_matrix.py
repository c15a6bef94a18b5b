"""All problems on one page: implementations, and how fast each is over the problems."""

import pytest

from bench.analyse.analysis import Analysis
from bench.html.matrix import matrix, speedups
from tests.builders import USUAL, make_run

LATEST = {
    "backprop": ("b/report.html", {"loop": 1.0, "rows": 8.0, "own": 3.0}),
    "matmul": ("m/report.html", {"loop": 1.0, "rows": 2.0}),
}


def test_the_mean_is_geometric_and_the_best_comes_first():
    found = matrix(LATEST)
    assert found.problems == (("backprop", "b/report.html"), ("matmul", "m/report.html"))
    (first, squares), (last, _others) = found.rows
    assert (first, last) == ("rows", "loop")
    assert [square.text for square in squares] == ["4.00x", "8.00x", "2.00x"]
    assert squares[0].value == pytest.approx(4.0)
    assert "1 implementation of one problem alone" in found.told


def test_faster_and_slower_have_shades_and_what_has_no_time_a_dash():
    latest = {**LATEST, "sum": ("s/report.html", {"loop": 0.01, "other": 1.0})}
    rows = dict(matrix(latest).rows)
    assert rows["loop"][3].shade == -4
    assert rows["rows"][3].text == "-"
    assert rows["rows"][3].value is None
    assert rows["loop"][1].shade == 0


@pytest.mark.parametrize(
    "latest", [{}, {"backprop": LATEST["backprop"]}, {"a": ("a", {"x": 1.0}), "b": ("b", {"y": 1.0})}]
)
def test_there_is_none_where_nothing_can_be_set_side_by_side(latest):
    assert matrix(latest) is None


def test_a_run_gives_the_speed_ups_of_its_last_condition():
    found = speedups(Analysis(make_run(USUAL)))
    assert found["loop_hoisted"] == 1.0
    assert found["row_major"] == pytest.approx(24, rel=0.01)
    assert set(found) == {"loop_hoisted", "row_major", "inplace"}
