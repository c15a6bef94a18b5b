"""Ratios as bars of characters."""

import pytest

from bench.report.document import Cell
from bench.report.terminal import bars


def lines(*values, width=20):
    """Return the bars without their header."""
    return bars.lines([Cell.of(value) for value in values], width, blocks=False)[1:]


def test_a_bar_is_as_long_as_the_logarithm_of_its_ratio():
    assert lines(10.0, 100.0, 1.0, width=21) == ["|##########", "|####################", "|"]


def test_what_is_slower_goes_to_the_left_of_the_mark():
    assert lines(0.1, 10.0, width=21) == ["##########|", "          |##########"]


def test_an_unknown_ratio_has_no_mark():
    assert lines(None, 2.0)[0] == ""
    assert lines(float("inf"), 2.0)[0] == ""


def test_a_few_percent_look_like_a_few_percent():
    assert lines(1.03, 1.09) == ["|#", "|##"]


def test_a_little_slower_beside_a_lot_faster_leaves_room_for_both():
    slower, faster = lines(0.95, 50.0)
    assert faster.count("#") == 18
    assert slower == " |"


@pytest.mark.parametrize("values", [(1.0,), (0.5,), (3.0, 0.2), (1e-9, 1e9), (1.001,), ()])
@pytest.mark.parametrize("width", [10, 17, 40])
def test_no_bar_is_longer_than_its_room(values, width):
    found = bars.lines([Cell.of(value) for value in values], width, blocks=True)
    assert max(map(len, found)) <= width
    assert "1x" in found[0]


def test_the_header_says_where_one_is_and_that_the_axis_is_logarithmic():
    above, *_ = bars.lines([Cell.of(9.0)], 20, blocks=True)
    below, *_ = bars.lines([Cell.of(0.1)], 20, blocks=True)
    assert (above, below) == ("1x             (log)", "(log)             1x")
