"""Made-up charts as figures: what is drawn, read off the drawn objects and not off pixels."""

from itertools import combinations, pairwise
from math import isnan

import pytest
from matplotlib.text import Text

from bench.report.chart import Axis, Band, Chart, Point, Rule, Series
from bench.report.figures.drawing import draw
from bench.report.files import picture
from bench.report.parts import Figure

RATIOS = Axis(label="speed-up", scale="log", unit="x")
SIZES = Axis(label="m", scale="log", unit="count")
TIMES = Axis(label="time a call", scale="log", unit="s")
EQUAL, BASELINE = Band(axis="x", low=0.97, high=1.03, label="counts as equal"), Rule(axis="x", at=1.0, label="baseline")


def made(**parts):
    return Chart(**({"id": "a", "title": "A", "caption": "What is seen.", "x": RATIOS, "y": TIMES} | parts))


def categories(*names):
    return Axis(label="", scale="category", categories=names)


def row(place, value, **more):
    ends = {"low": 0.9 * value, "high": 1.1 * value} if value else {}
    look = {"struck": more.pop("struck", False), "hollow": more.pop("hollow", False)}
    point = Point(x=value, y=place, label=more.pop("label", f"{value}x"), **ends)
    return Series(name=f"row {place}", colour=more.pop("colour", 0), whiskers="x", points=(point,), **look)


def forest(*series):
    names = [one.name for one in series]
    return made(y=categories(*names), bands=(EQUAL,), rules=(BASELINE,), series=series)


def line(name, ys, **more):
    points = tuple(Point(x=10.0**place, y=y, low=y and 0.9 * y, high=y and 1.1 * y) for place, y in enumerate(ys))
    return Series(name=name, colour=more.pop("colour", 0), kind="line", whiskers="y", points=points, **more)


def labels(axes, which="y"):
    return [text.get_text() for text in getattr(axes, f"get_{which}ticklabels")() if text.get_text()]


def markers(axes, marker="o"):
    return [line for line in axes.lines if line.get_marker() == marker and line.get_linestyle() == "None"]


def texts(axes):
    return {text.get_text(): text for text in axes.texts if text.get_text()}


def boxes(figure, found):
    figure.draw_without_rendering()
    # Those of the texts alone, without the lines that lead there.
    return [Text.get_window_extent(text) for text in found]


def require_apart_and_inside(figure, found):
    drawn = boxes(figure, found)
    assert not any(one.overlaps(other) for one, other in combinations(drawn, 2))
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 and box.y1 <= figure.bbox.y1 for box in drawn)


def test_rows_stand_from_top_to_bottom_each_with_its_mark_interval_and_value():
    axes = draw([forest(row(0, 20.0), row(1, 2.0), row(2, 1.0))]).axes[0]
    assert axes.get_xscale() == "log"
    assert axes.yaxis_inverted()
    assert labels(axes) == ["row 0", "row 1", "row 2"]
    assert [mark.get_xydata().tolist() for mark in markers(axes)] == [[[20.0, 0]], [[2.0, 1]], [[1.0, 2]]]
    whiskers = [tuple(line.get_xdata()) for line in axes.lines if line.get_marker() == "|"]
    assert whiskers == [pytest.approx((0.9 * value, 1.1 * value)) for value in (20.0, 2.0, 1.0)]
    assert {"20.0x", "2.0x", "1.0x"} <= texts(axes).keys()


def test_everything_that_has_a_value_lies_inside_the_axis():
    axes = draw([forest(row(0, 200.0), row(1, 0.01))]).axes[0]
    low, high = axes.get_xlim()
    assert low < 0.009
    assert high > 220.0


def test_bands_and_rules_are_drawn_and_named_above_the_plot():
    figure = draw([forest(row(0, 20.0), row(1, 1.0))])
    (axes,) = figure.axes
    band = axes.patches[0]
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((0.97, 1.03))
    assert any(list(line.get_xdata()) == [1.0, 1.0] for line in axes.lines)
    found = [texts(axes)[name] for name in ("baseline", "counts as equal")]
    require_apart_and_inside(figure, found)
    assert all(box.y0 >= axes.get_window_extent().y1 for box in boxes(figure, found))


def test_a_row_without_a_mark_says_why_and_a_wrong_one_is_struck_through():
    reason = row(1, None, label="wrong: 3 tolerances off", struck=True)
    figure = draw([forest(row(0, 2.0), reason, row(2, None, label="unavailable"))])
    (axes,) = figure.axes
    assert len(markers(axes)) == 1
    assert {"wrong: 3 tolerances off", "unavailable"} <= texts(axes).keys()
    (struck,) = [text for text in axes.texts if text.get_gid() == "struck"]
    figure.draw_without_rendering()
    name, line = axes.get_yticklabels()[1].get_window_extent(), struck.arrow_patch.get_window_extent()
    assert name.y0 < line.y0 <= line.y1 < name.y1
    assert (line.x0, line.x1) == pytest.approx((name.x0, name.x1), abs=3.0)


def test_what_has_no_interval_is_hollow_without_a_whisker():
    series = Series(name="a", colour=0, whiskers="x", hollow=True, points=(Point(x=2.0, y=0),))
    axes = draw([made(y=categories("a"), series=(series,))]).axes[0]
    assert markers(axes)[0].get_markerfacecolor() == "white"
    assert not markers(axes, "|")


def test_marks_that_share_a_row_stand_below_each_other_with_a_shape_each_and_a_legend():
    series = tuple(
        Series(name=name, colour=place, shape=place, points=tuple(Point(x=place + 1.0, y=row) for row in (0, 1)))
        for place, name in enumerate(("CC", "FC", "CF"))
    )
    figure = draw([made(y=categories("dot", "at"), series=series)])
    (axes,) = figure.axes
    heights = [markers(axes, marker)[0].get_ydata()[0] for marker in "osD"]
    assert heights == sorted(heights)
    assert -0.5 < heights[0] < heights[1] == 0.0 < heights[2] < 0.5
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["CC", "FC", "CF"]


def test_many_rows_and_their_ticks_do_not_overlap_and_stay_in_the_picture():
    figure = draw([forest(*(row(place, 1.5**place, label=f"{1.5**place:.3f}x [1.23, 4.56]") for place in range(20)))])
    (axes,) = figure.axes
    require_apart_and_inside(figure, [*axes.get_yticklabels(), *axes.get_xticklabels(), *axes.texts])


def test_a_line_goes_through_its_points_and_is_broken_where_one_is_unknown():
    axes = draw([made(x=SIZES, series=(line("a", (1.0, None, 3.0, 4.0)),))]).axes[0]
    (drawn,) = [one for one in axes.lines if one.get_linestyle() == "-" and len(one.get_xdata()) == 4]
    assert [isnan(y) for y in drawn.get_ydata()] == [False, True, False, False]
    assert markers(axes)[0].get_xdata().tolist() == [1.0, 100.0, 1000.0]


def test_lines_have_their_names_at_their_ends_and_none_over_another():
    lines = [line(f"line {place}", [1e-3 * (1 + place / 50)] * 4, colour=place) for place in range(5)]
    lines += [line(f"short {place}", [2e-3 * (1 + place / 50)] * 2, colour=5 + place) for place in range(3)]
    figure = draw([made(x=SIZES, series=tuple(lines))])
    (axes,) = figure.axes
    found = [texts(axes)[one.name] for one in lines]
    require_apart_and_inside(figure, found)
    right = axes.get_window_extent().x1
    assert [box.x0 > right for box in boxes(figure, found)] == [True] * 5 + [False] * 3
    assert not figure.legends


@pytest.mark.parametrize("count", [1, 4, 14])
def test_labels_beside_marks_do_not_overlap_and_stay_below_the_roof(count):
    roof = Series(
        name="roof",
        colour="grey",
        kind="line",
        markers=False,
        points=(Point(x=0.1, y=1.0), Point(x=100.0, y=1.0, label="computing")),
    )
    slope = Series(
        name="slope",
        colour="grey",
        kind="line",
        markers=False,
        points=(Point(x=0.01, y=0.1), Point(x=0.1, y=1.0, label="moving bytes")),
    )
    marks = [
        Series(name=f"n{place}", colour=0, points=(Point(x=1.0, y=0.5 + place / 1000, label=f"name of usual {place}"),))
        for place in range(count)
    ]
    figure = draw([made(x=SIZES, series=(slope, roof, *marks))])
    (axes,) = figure.axes
    found = [texts(axes)[one.points[0].label] for one in marks]
    require_apart_and_inside(figure, [*found, texts(axes)["computing"]])
    top = axes.transData.transform((1.0, 1.0))[1]
    assert all(box.y1 <= top for box in boxes(figure, found))
    assert 10 < texts(axes)["moving bytes"].get_rotation() < 80
    assert texts(axes)["computing"].get_rotation() == 0


def test_panels_share_the_ends_of_what_is_alike_and_small_ones_have_their_own_heights():
    small = [
        made(title=name, x=SIZES, series=(line(name, (y, y)),), compact=True) for name, y in (("a", 1.0), ("b", 5.0))
    ]
    upper, lower = draw(small).axes
    assert upper.get_xlim() == lower.get_xlim()
    assert upper.get_ylim() != lower.get_ylim()
    assert [axes.get_title(loc="left") for axes in (upper, lower)] == ["a", "b"]
    assert [axes.get_xlabel() for axes in (upper, lower)] == ["", "m (log axis)"]
    left, right = draw([forest(row(0, 2.0)), forest(row(0, 900.0))], columns=2).axes
    assert left.get_xlim() == right.get_xlim()
    assert (left.get_position().y0, left.get_position().x0 < right.get_position().x0) == (right.get_position().y0, True)


def test_changes_are_named_within_a_small_chart_above_its_marks():
    rules = (Rule(axis="x", at=10.0, label="+10.5 %"), Rule(axis="x", at=10.1, label="no room"))
    figure = draw([made(x=SIZES, series=(line("a", (1.0, 1.0, 1.1)),), rules=rules, compact=True)])
    (axes,) = figure.axes
    assert [*texts(axes)] == ["+10.5 %"]
    (box,) = boxes(figure, axes.texts)
    assert box.y1 <= axes.get_window_extent().y1
    assert box.y0 > axes.transData.transform((1.0, 1.1))[1]


def test_thousands_of_samples_are_one_series_and_pixels_in_the_svg():
    many = Series(name="samples", colour=0, xs=tuple(range(1, 3001)), ys=(1.0,) * 3000)
    (mark,) = markers(draw([made(series=(many,))]).axes[0])
    assert len(mark.get_xdata()) == 3000
    assert mark.get_rasterized()


def test_cells_fill_their_part_of_a_row_and_carry_names():
    cells = (
        Series(name="a", colour=0, kind="cells", points=(Point(x=0, y=0.0, low=-0.4, high=0.4, label="a"),)),
        Series(name="b", colour=1, kind="cells", points=(Point(x=1, y=0.2, low=0.0, high=0.4),)),
    )
    figure = draw([made(x=categories("1", "2"), y=categories("all"), series=cells)])
    (axes,) = figure.axes
    found = [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in axes.patches]
    assert found == [pytest.approx((-0.5, -0.4, 1.0, 0.8)), pytest.approx((0.5, 0.0, 1.0, 0.4))]
    assert [*texts(axes)] == ["a"]
    assert labels(axes, "x") == ["1", "2"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]


def test_bars_grow_from_one_on_an_axis_of_ratios():
    bar = Series(name="a", colour=0, kind="bars", whiskers="x", points=(Point(x=4.0, y=0, low=3.0, high=5.0),))
    axes = draw([made(y=categories("a"), series=(bar,))]).axes[0]
    assert (axes.patches[0].get_x(), axes.patches[0].get_width()) == (1.0, 3.0)
    assert len([line for line in axes.lines if line.get_marker() == "|"]) == 1


def test_hostile_names_are_text_and_never_mathematics():
    names = (r"$\undefined$", "<script>alert(1)</script>", "a\x1b[31mb", "日本", "x" * 500)
    series = tuple(
        Series(name=name, colour=0, points=(Point(x=2.0 + place, y=place, label=name),))
        for place, name in enumerate(names)
    )
    figure = draw([made(y=categories(*names), series=series)])
    figure.draw_without_rendering()
    assert labels(figure.axes[0])[:4] == [r"$\undefined$", "<script>alert(1)</script>", "ab", "??"]
    lines = tuple(line(name, (1.0 + place, 2.0)) for place, name in enumerate(names))
    require_apart_and_inside(figure := draw([made(x=SIZES, series=lines)]), figure.axes[0].texts)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_charts_are_the_same_bytes(kind):
    chart = forest(row(0, 20.0), row(1, None, label="wrong", struck=True))
    many = made(series=(Series(name="samples", colour=0, xs=tuple(range(1, 3001)), ys=(1.0,) * 3000),), compact=True)
    for charts in ((chart,), (many,)):
        figure = Figure(name="a", caption="A.", charts=charts)
        assert picture(figure, kind) == picture(figure, kind)


def test_the_ticks_of_neighbouring_panels_do_not_overlap():
    figure = draw([made(x=RATIOS, series=(line("a", (1.0, 2.0)),), compact=True) for _ in range(8)], columns=2)
    figure.draw_without_rendering()
    for axes in figure.axes[-2:]:
        ticks = [text.get_window_extent() for text in axes.get_xticklabels() if text.get_text()]
        assert ticks
        assert all(left.x1 < right.x0 for left, right in pairwise(ticks))
