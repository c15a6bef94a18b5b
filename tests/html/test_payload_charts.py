"""Charts as data."""

import json
from math import inf, nan

from bench.html.payload import to_dict
from bench.report.chart import Axis, Band, Chart, Point, Rule, Series, View

AXIS = Axis(label="time", scale="log", unit="s")


def made(**changes):
    parts = {"id": "a", "title": "A", "caption": "What is seen.", "x": AXIS, "y": AXIS} | changes
    return to_dict(Chart(**parts))


def test_what_a_script_needs_is_there_and_what_has_its_usual_value_is_left_away():
    point = Point(x=1.0, y=2.0, low=1.5, high=2.5, tip="two")
    found = made(
        series=(Series(name="one", colour=0, whiskers="y", points=(point,)),),
        bands=(Band(axis="x", low=0.97, high=1.03, label="equal"),),
        rules=(Rule(axis="x", at=1.0, label="baseline"),),
    )
    assert found["x"] == {"label": "time", "scale": "log", "unit": "s"}
    assert found["series"] == [
        {
            "name": "one",
            "colour": 0,
            "kind": "points",
            "shape": 0,
            "whiskers": "y",
            "points": [{"x": 1.0, "y": 2.0, "low": 1.5, "high": 2.5, "tip": "two"}],
        }
    ]
    assert found["bands"] == [{"axis": "x", "low": 0.97, "high": 1.03, "label": "equal"}]
    assert found["rules"] == [{"axis": "x", "at": 1.0, "label": "baseline"}]
    assert found["note"] is None


def test_a_series_has_points_or_lists_of_numbers_and_never_neither():
    both = made(series=(Series(name="few", colour=0), Series(name="many", colour=1, xs=(1.0, 2.0), ys=(3.0, 4.0))))
    few, many = both["series"]
    assert few["points"] == []
    assert "xs" not in few
    assert (many["xs"], many["ys"]) == ([1.0, 2.0], [3.0, 4.0])
    assert "points" not in many


def test_numbers_that_json_does_not_know_are_unknown():
    found = made(series=(Series(name="one", colour="grey", points=(Point(x=nan, y=inf),)),))
    assert found["series"][0]["points"] == [{"x": None, "y": None}]
    json.dumps(found, allow_nan=False)


def test_views_bring_their_own_axes_and_series():
    views = (View(label="by round", series=(Series(name="a", colour=0),), x=Axis(label="round", unit="count")),)
    (view,) = made(views=views)["views"]
    assert view["label"] == "by round"
    assert view["x"] == {"label": "round", "scale": "linear", "unit": "count"}
