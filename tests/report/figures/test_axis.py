"""Where axes end, and their ticks."""

from datetime import UTC, datetime
from math import nan

import pytest

from bench.report.chart import Axis, Band, Chart, Point, Rule, Series
from bench.report.figures.axis import ends_of, log_ticks, padded, tick_text, ticks, values

LOG = Axis(label="time", scale="log", unit="s")


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ((0.9, 30.0), [1, 2, 5, 10, 20]),
        ((0.8, 3000.0), [1, 10, 100, 1000]),
        ((0.97, 1.11), [1.0, 1.05, 1.1]),
        ((0.95, 2.1), [1.0, 1.25, 1.5, 1.75, 2.0]),
    ],
)
def test_a_log_axis_has_a_handful_of_round_ticks(ends, found):
    assert log_ticks(*ends) == pytest.approx(found)


@pytest.mark.parametrize("high", [1.001, 1.1, 2.0, 7.9, 8.1, 50.0, 1e3, 1e6, 1e12])
def test_a_log_axis_of_any_length_has_ticks_that_stay_few(high):
    found = log_ticks(*padded(1.0, high))
    assert 2 <= len(found) <= 9
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (20.0, "x", "20x"),
        (0.25, "x", "0.25x"),
        (50.0, "%", "50 %"),
        (3e-4, "s", "300 us"),
        (1.25e-3, "s", "1.25 ms"),
        (2e9, "flop/s", "2 GFLOP/s"),
        (5e3, "count", "5k"),
        (7.0, "count", "7"),
        (10000.0, "", "10000"),
        (0.0, "", "0"),
    ],
)
def test_a_tick_is_a_plain_number_with_its_unit(value, unit, text):
    assert tick_text(value, unit) == text


def test_every_number_of_a_chart_lies_on_its_axes():
    points = (Point(x=2.0, y=3.0, low=1.0, high=5.0), Point(x=None, y=9.0), Point(x=4.0, y=None))
    chart = Chart(
        id="a",
        title="",
        caption="",
        x=LOG,
        y=LOG,
        bands=(Band(axis="x", low=0.5, high=7.0, label=""),),
        rules=(Rule(axis="y", at=8.0, label=""),),
        series=(
            Series(name="few", colour=0, whiskers="x", points=points),
            Series(name="many", colour=0, xs=(10.0,), ys=(11.0,)),
        ),
    )
    assert sorted(values(chart, "x")) == [0.5, 1.0, 2.0, 5.0, 7.0, 10.0]
    assert sorted(values(chart, "y")) == [3.0, 8.0, 11.0]


def test_ends_lie_beyond_the_values_unless_the_axis_has_its_own():
    low, high = ends_of(LOG, [2.0, 4.0, 0.0, nan])
    assert 1.8 < low < 2.0
    assert 4.0 < high < 4.4
    assert ends_of(Axis(label="", scale="category", categories=("a", "b")), []) == (-0.5, 1.5)
    assert ends_of(Axis(label="", low=0.0, high=9.0), [3.0, 4.0]) == (0.0, 9.0)
    assert ends_of(Axis(label=""), [1.0, 10.0], near_zero=True)[0] == ends_of(Axis(label=""), [0.0, 10.0])[0] == 0.0
    assert 0.0 < ends_of(Axis(label=""), [1.0, 10.0])[0] < 1.0
    assert ends_of(LOG, [])[0] > 0


def test_dates_stand_at_round_moments_in_utc():
    low, high = (datetime(2026, 1, day, 3, tzinfo=UTC).timestamp() * 1e3 for day in (1, 9))
    found = [text for _value, text in ticks(Axis(label="", unit="date"), (low, high), most=9)]
    assert found == ["2026-01-03", "2026-01-05", "2026-01-07", "2026-01-09"]
    hours = [text for _value, text in ticks(Axis(label="", unit="date"), (low, low + 4 * 3600e3), most=9)]
    assert hours == ["01-01 03:00", "01-01 04:00", "01-01 05:00", "01-01 06:00", "01-01 07:00"]


def test_an_axis_of_sizes_has_its_ticks_at_these_in_full_as_far_as_there_is_room():
    sizes = Axis(label="m", scale="log", unit="count", ticks=(1.0, 16.0, 1000.0, 1024.0, 20_000.0))
    found = dict(ticks(sizes, (0.9, 22_000.0), 7))
    assert list(found.values()) == ["1", "16", "1k", "20k"]
    assert list(dict(ticks(sizes, (1010.0, 1100.0), 7)).values()) == ["1024"]
