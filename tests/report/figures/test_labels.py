"""Places of labels."""

import pytest

from bench.report.chart import Axis, Chart, Point, Series
from bench.report.figures.drawing import draw
from bench.report.figures.labels import spread


def test_spread_keeps_order_and_gap_and_moves_as_little_as_it_must():
    assert spread([0.1, 0.5], 0.1, (0.0, 1.0)) == [0.1, 0.5]
    assert spread([0.5, 0.5], 0.1, (0.0, 1.0)) == pytest.approx([0.45, 0.55])
    assert spread([0.2, 0.25, 0.3], 0.1, (0.0, 1.0)) == pytest.approx([0.15, 0.25, 0.35])
    assert spread([0.99, 1.0, 0.2], 0.1, (0.0, 1.0)) == pytest.approx([0.9, 1.0, 0.2])
    assert spread([], 0.1, (0.0, 1.0)) == []


def test_where_there_is_no_room_for_all_they_stand_nearer_and_fill_it():
    crowded = spread([0.5] * 30, 0.1, (0.0, 1.0))
    assert crowded[0] == pytest.approx(0.0)
    assert crowded[-1] == pytest.approx(1.0)


def test_the_name_of_a_line_that_ends_early_stands_there_and_within_the_plot():
    ends = {"first": 1.0, "half": 100.0, "whole": 10_000.0}
    series = tuple(
        Series(name=name, colour=0, kind="line", points=(Point(x=1.0, y=2.0), Point(x=last, y=3.0)))
        for name, last in ends.items()
    )
    log = Axis(label="n", scale="log", low=1.0, high=20_000.0)
    chart = Chart(id="t", title="t", caption="t", x=log, y=Axis(label="s", scale="log"), series=series)
    (axes,) = draw((chart,), 1).axes
    places = {text.get_text(): text.get_position()[0] for text in axes.texts}
    assert 0 < places["first"] < places["half"] < 0.9
    assert places["whole"] > 1
