"""What the figures show: read off the drawn objects, not off pixels."""

from dataclasses import replace
from itertools import pairwise

import matplotlib as mpl
import pytest

from bench.analyse.analysis import Analysis
from bench.report.figures.style import drawable, log_ticks, padded
from bench.report.sections import layouts, samples, speedup
from bench.store.records import Outcome
from tests.builders import USUAL, Spec, make_run

MATMUL = [
    Spec(name=name, ms=ms, layout=layout, baseline=name == "dot" and layout == "CC")
    for name, unit in (("dot", 1.6), ("at", 1.7))
    for layout, ms in (("CC", unit), ("FC", 1.1 * unit), ("CF", 0.8 * unit), ("FF", 1.3 * unit))
]


def drawn(section, run, index=0):
    return section.section(Analysis(run)).figures[index].draw()


def labels(axes, which="y"):
    return [text.get_text() for text in getattr(axes, f"get_{which}ticklabels")()]


def markers(axes, marker="o"):
    return [line for line in axes.lines if line.get_marker() == marker]


def test_speedups_stand_on_a_log_axis_fastest_on_top():
    axes = drawn(speedup, make_run()).axes[0]
    assert axes.get_xscale() == "log"
    assert labels(axes) == ["row_major", "inplace", "loop_hoisted", "dropped", "jit"]
    assert axes.yaxis_inverted()
    assert [line.get_xdata()[0] for line in markers(axes)] == pytest.approx([24.0, 22.5, 1.0], rel=0.01)


def test_each_speedup_has_its_interval_and_its_numbers_beside_it():
    axes = drawn(speedup, make_run()).axes[0]
    whiskers = [tuple(line.get_xdata()) for line in markers(axes, "|")]
    points = [line.get_xdata()[0] for line in markers(axes)]
    assert len(whiskers) == 3
    assert all(low <= point <= high for (low, high), point in zip(whiskers, points, strict=True))
    assert any(text.get_text().startswith("24.0") or text.get_text().startswith("23.9") for text in axes.texts)


def test_everything_that_has_a_ratio_is_inside_the_axis():
    axes = drawn(speedup, make_run([*USUAL[:3], Spec(name="slow", ms=900.0)])).axes[0]
    low, high = axes.get_xlim()
    assert all(low < value < high for line in axes.lines for value in line.get_xdata())


def test_the_band_of_equality_is_the_margin():
    run = make_run()
    section = speedup.section(Analysis(run, margin=0.1))
    band = section.figures[0].draw().axes[0].patches[0]
    assert band.get_x() == pytest.approx(1 / 1.1)
    assert band.get_x() + band.get_width() == pytest.approx(1.1)


def test_a_wrong_case_is_struck_out_and_an_unavailable_one_is_not():
    figure = drawn(speedup, make_run())
    struck = [line for line in figure.artists if str(line.get_gid()).startswith("struck-")]
    assert [line.get_gid() for line in struck] == ["struck-3"]
    box = figure.axes[0].get_yticklabels()[3].get_window_extent().transformed(figure.transFigure.inverted())
    assert box.y0 < struck[0].get_ydata()[0] < box.y1
    assert struck[0].get_xdata() == pytest.approx([box.x0, box.x1])
    assert any("grad_w1 is 3.2 tolerances off" in text.get_text() for text in figure.axes[0].texts)


def test_labels_do_not_overlap_and_nothing_leaves_the_picture():
    figure = drawn(speedup, make_run([*USUAL, *(Spec(name=f"more_{n}", ms=n) for n in range(1, 15))]))
    figure.draw_without_rendering()
    axes = figure.axes[0]
    boxes = sorted((text.get_window_extent() for text in axes.get_yticklabels()), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    ticks = [text.get_window_extent() for text in axes.get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in pairwise(ticks))
    for box in [*boxes, *ticks, *(text.get_window_extent() for text in axes.texts)]:
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1


def test_there_is_no_speedup_where_nothing_is_compared():
    run = make_run([USUAL[0]])
    assert speedup.section(Analysis(run)) is None


def test_every_burst_is_drawn_in_a_panel_for_each_case_with_a_time():
    figure = drawn(samples, make_run(rounds=8, passes=4))
    assert [axes.get_title(loc="left").split(" ")[0] for axes in figure.axes] == [
        "row_major",
        "inplace",
        "loop_hoisted",
    ]
    assert [sum(len(line.get_xdata()) for line in markers(axes)) for axes in figure.axes] == [32, 32, 64]
    assert all(axes.get_yscale() == "log" for axes in figure.axes)


def test_bursts_stand_in_the_order_of_time_within_their_rounds():
    dots = markers(drawn(samples, make_run(rounds=6, passes=4)).axes[0])[0].get_xdata()
    assert list(dots) == sorted(dots)
    assert [round(place) for place in dots] == [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 4 + [6] * 4


def test_a_burst_is_drawn_at_its_minimum():
    run = make_run([Spec(name="base", ms=2.0, baseline=True, noise=0.0)])
    dots = markers(drawn(samples, run).axes[0])[0].get_ydata()
    assert list(dots) == pytest.approx([2.0] * 32)


def test_rounds_that_do_not_count_are_not_drawn():
    figure = drawn(samples, make_run(rounds=8, passes=4, discarded=(0, 5)))
    assert len(markers(figure.axes[0])[0].get_xdata()) == 24


def test_the_second_baseline_is_drawn_with_the_first():
    with_again, without = (drawn(samples, make_run(again=again)).axes[-1] for again in (True, False))
    assert (len(markers(with_again)), len(markers(without))) == (2, 1)


def test_a_two_fold_case_is_told_in_words():
    run = make_run([USUAL[0], Spec(name="two", slow_rounds=(1, 3, 5, 7, 9))], rounds=12)
    texts = samples.section(Analysis(run)).paragraphs
    assert len(texts) == 1
    assert texts[0].startswith("`two` is bimodal: ")


def test_a_run_without_times_has_no_samples():
    run = make_run(USUAL[3:])
    assert samples.section(Analysis(run)) is None


def test_layouts_stand_side_by_side_for_each_implementation():
    axes = drawn(layouts, make_run(MATMUL)).axes[0]
    assert axes.get_xscale() == "log"
    assert labels(axes) == ["dot", "at"]
    legend = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert legend == ["CC", "FC", "CF", "FF"]
    shown = {line.get_label(): line.get_xdata() for line in axes.lines if line.get_label() in legend}
    assert shown["CF"] == pytest.approx([1.25, 1.25 * 1.6 / 1.7], rel=0.01)


def test_the_table_of_layouts_has_ratio_and_interval():
    run = make_run(MATMUL)
    table = layouts.section(Analysis(run)).tables[0]
    people = table.for_people()
    assert [column.header for column in people.columns] == ["implementation", "CC", "FC", "CF", "FF"]
    assert [row[0].text for row in people.rows] == ["dot", "at"]
    assert people.rows[0][1].text == "1x"
    assert people.rows[0][3].text.startswith("1.25")
    names = [column.name for column in table.columns]
    low, high = (table.rows[0][names.index(f"speedup_over_baseline_CF_{end}")].value for end in ("low", "high"))
    assert low <= 1.25 * 1.01
    assert high >= 1.25 * 0.99
    assert low < high


def test_a_layout_without_a_time_is_a_dash():
    arms = [*MATMUL[:-1], replace(MATMUL[-1], outcome=Outcome.FAILED, reason="no F order")]
    run = make_run(arms)
    assert layouts.section(Analysis(run)).tables[0].for_people().rows[1][-1].text == "-"


def test_each_layout_is_judged_against_the_first_of_the_same_implementation():
    run = make_run(MATMUL)
    texts = layouts.section(Analysis(run)).paragraphs
    at = next(text for text in texts if text.startswith("`at`, against its own CC"))
    assert "CF 1.25" in at
    assert at.count("slower") == 2
    assert at.count("faster") == 1


def test_one_layout_needs_no_section():
    run = make_run()
    assert layouts.section(Analysis(run)) is None


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [
        ((0.9, 30.0), [1, 2, 5, 10, 20]),
        ((0.8, 3000.0), [1, 10, 100, 1000]),
        ((0.97, 1.11), [1.0, 1.05, 1.1]),
        ((0.95, 2.1), [1.0, 1.25, 1.5, 1.75, 2.0]),
    ],
)
def test_a_log_axis_has_a_handful_of_round_ticks(ends, ticks):
    assert log_ticks(*ends) == pytest.approx(ticks)


@pytest.mark.parametrize("high", [1.001, 1.1, 2.0, 7.9, 8.1, 50.0, 1e3, 1e6, 1e12])
def test_a_log_axis_of_any_length_has_ticks_that_stay_few(high):
    ticks = log_ticks(*padded(1.0, high, 1.02))
    assert 2 <= len(ticks) <= 9
    assert ticks == sorted(set(ticks))


def test_text_for_figures_is_one_short_line_of_known_characters():
    assert drawable("a\n\x1b[31mb日$x$") == "a b?$x$"
    assert len(drawable("x" * 100)) == 36


def test_names_are_never_read_as_mathematics():
    run = make_run([Spec(name=r"$\undefined$", baseline=True), Spec(name="$x", ms=0.5)])
    figure = drawn(speedup, run)
    figure.draw_without_rendering()
    assert labels(figure.axes[0]) == ["$x", r"$\undefined$"]


def test_drawing_changes_no_global_setting_and_heeds_none():
    before = dict(mpl.rcParams)
    usual = drawn(speedup, make_run()).axes[0].xaxis.label.get_fontsize()
    assert dict(mpl.rcParams) == before
    with mpl.rc_context({"axes.labelsize": 33.0, "text.usetex": True}):
        assert drawn(speedup, make_run()).axes[0].xaxis.label.get_fontsize() == usual
