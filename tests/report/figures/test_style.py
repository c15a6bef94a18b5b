"""One style for all figures."""

import re
from pathlib import Path

import matplotlib as mpl

from bench import html
from bench.report.chart import Axis, Chart, Point, Series
from bench.report.figures.drawing import draw
from bench.report.figures.style import PALETTE, colour_of, drawable

CHART = Chart(
    id="a",
    title="",
    caption="",
    x=Axis(label="x"),
    y=Axis(label="y"),
    series=(Series(name="a", colour=0, points=(Point(x=1.0, y=2.0),)),),
)


def test_text_for_figures_is_one_short_line_of_known_characters():
    assert drawable("a\n\x1b[31mb日$x$") == "a b?$x$"
    assert len(drawable("x" * 100)) == 36


def test_drawing_changes_no_global_setting_and_heeds_none():
    before = dict(mpl.rcParams)
    usual = draw([CHART]).axes[0].xaxis.label.get_fontsize()
    assert dict(mpl.rcParams) == before
    with mpl.rc_context({"axes.labelsize": 33.0, "text.usetex": True}):
        assert draw([CHART]).axes[0].xaxis.label.get_fontsize() == usual


def test_a_colour_is_the_same_in_print_and_on_a_page():
    style = (Path(html.__file__).parent / "assets" / "style.css").read_text()
    for place, colour in enumerate(PALETTE):
        assert re.search(rf"--series-{place}: light-dark\({colour.lower()},", style)
    for name in ("good", "bad", "grey"):
        assert re.search(rf"--{name}: light-dark\({colour_of(name).lower()},", style)
