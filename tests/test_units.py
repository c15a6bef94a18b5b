"""Numbers as text."""

import pytest

from bench import units


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "0"),
        (1234567, "1230000"),
        (21.449, "21.4"),
        (0.000123456, "0.000123"),
        (9.996, "10.0"),
        (-4.5, "-4.50"),
        (float("inf"), "inf"),
    ],
)
def test_three_digits_are_shown_and_never_an_exponent(value, text):
    assert units.significant(value) == text


def test_a_column_has_the_unit_in_which_its_smallest_time_is_at_least_one():
    assert units.time_unit([0.12, 4.5e-3, None]) == "ms"
    assert units.time_unit([2e-6]) == "us"
    assert units.time_unit([3e-10]) == "ns"
    assert units.time_unit([None]) == "s"
    assert units.seconds_in("ms", 0.0045) == "4.50"


def test_what_is_unknown_is_a_dash_and_never_zero():
    assert units.time_text(None) == units.percent(None) == units.times(None) == units.seconds_in("ms", None) == "-"


def test_a_single_time_a_share_and_a_ratio_carry_their_units():
    assert units.time_text(0.00453) == "4.53 ms"
    assert units.percent(0.0251) == "2.5 %"
    assert units.times(21.449) == "21.4x"


def test_quantities_have_a_decimal_prefix():
    assert units.amount(12_240_000, "B") == "12.2 MB"
    assert units.amount(95.34e9, "FLOP/s") == "95.3 GFLOP/s"
    assert units.amount(268_435_456, "B") == "268 MB"
    assert units.amount(640.0, "B") == "640 B"
    assert units.amount(None, "B") == "-"


@pytest.mark.parametrize(
    ("amounts", "unit"),
    [
        ([302e6, 276e6, 27.4e3, 1.03e3, 26.3e3, 0, None], ("kB", 1e3)),
        ([5.0, 2e6, 3e9], ("MB", 1e6)),
        ([7.0], ("B", 1.0)),
        ([None, 0], ("B", 1.0)),
    ],
)
def test_a_column_of_very_different_amounts_has_the_unit_of_the_middle_one(amounts, unit):
    assert units.middle_unit(amounts, "B") == unit


@pytest.mark.parametrize(
    ("seconds", "text"), [(41.4, "41 s"), (599.0, "599 s"), (1500.0, "25 min"), (7560.0, "2.1 h"), (3.6e5, "100 h")]
)
def test_how_long_somebody_waits_is_told_in_seconds_minutes_or_hours(seconds, text):
    assert units.duration(seconds) == text
