"""Speed-ups in a picture of one line."""

import pytest

from bench.html.thumbnail import EDGE, WIDTH, thumbnail


def test_marks_lie_on_a_logarithmic_axis_through_the_baseline():
    found = thumbnail({"loop": 1.0, "slow": 0.1, "fast": 10.0, "faster": 100.0})
    third = (WIDTH - 2 * EDGE) / 3
    assert found.baseline == pytest.approx(EDGE + third, abs=0.1)
    assert found.marks == pytest.approx((EDGE, EDGE + 2 * third, EDGE + 3 * third), abs=0.1)
    assert found.told == "faster 100x, fast 10.0x, slow 0.100x"


def test_what_is_near_lies_near_and_who_is_slower_does_not_lead():
    found = thumbnail({"loop": 1.0, "rows": 0.99})
    assert not found.leads
    assert abs(found.baseline - found.marks[0]) < 3
    assert abs(found.baseline - WIDTH / 2) < 3
    assert thumbnail({"loop": 1.0, "rows": 2.0}).leads


def test_of_many_the_fastest_are_named():
    told = thumbnail({"base": 1.0, **{f"b{number}": number for number in range(2, 9)}}).told
    assert told == "b8 8.00x, b7 7.00x, b6 6.00x and 4 more"


def test_a_baseline_alone_has_no_picture():
    assert thumbnail({"loop": 1.0}) is None
    assert thumbnail({}) is None
