"""The share of what a machine allows: sentence, tables and figure."""

import re
from dataclasses import replace
from itertools import combinations

import pytest

from bench.analyse.analysis import Analysis
from bench.analyse.roofline import Doubt, rooflines
from bench.analyse.verdict import findings
from bench.report import sections
from bench.report.figures.style import spread
from bench.report.sections import answer, roofline
from bench.store.records import Outcome
from tests.builders import USUAL, Spec, make_run
from tests.limited import limited, working


def section(run):
    return roofline.section(Analysis(run))


def texts(table, name):
    index = [column.name for column in table.columns].index(name)
    return [row[index].text for row in table.rows]


def test_the_answer_says_which_share_the_fastest_reaches_and_what_the_limit_is():
    run = limited()
    text = answer.section(Analysis(run)).paragraphs[-1]
    assert re.fullmatch(
        r"`row_major` reaches 46\.\d % \[46\.\d %, 46\.\d %\] of what this machine allows: "
        r"46\.\d GFLOP/s of (99\.\d|100) GFLOP/s, where computing is the limit\.",
        text,
    )


def test_each_implementation_has_rates_and_its_share_with_an_interval():
    table = section(limited()).tables[0]
    assert texts(table, "implementation") == ["row_major", "inplace", "loop_hoisted"]
    assert texts(table, "limit") == ["computing"] * 3
    assert texts(table, "flops_per_byte") == ["6.36"] * 3
    value, low, high = (
        table.rows[0][[column.name for column in table.columns].index(f"share_of_attainable{end}")].value
        for end in ("", "_low", "_high")
    )
    assert low < value < high
    assert value == pytest.approx(1.4 / 3.0, rel=0.01)
    assert texts(table, "share_of_attainable")[0].startswith(f"{100 * value:.1f} [")


def test_the_limits_have_a_table_that_says_what_each_is_for():
    table = section(limited()).tables[1]
    assert texts(table, "limit") == [
        "np.dot of 1024 x 1024",
        "reading 22.0 MB (np.dot)",
        "adding within 22.0 MB (np.add)",
        "reading 268 MB (np.dot)",
    ]
    assert texts(table, "flops_per_second")[1:] == ["-"] * 3
    assert texts(table, "bytes_per_second")[0] == "-"
    assert re.fullmatch(r"(99\.\d|100) \[99\.\d, 10[01]\]", texts(table, "flops_per_second")[0])
    assert texts(table, "use") == ["the limit", "roof", "for comparison", "for comparison"]


def test_what_should_be_known_is_said():
    caches = {"cpu": {"caches": {"l2_bytes": 2**21, "l3_bytes": 480 * 2**20}}}
    told = " ".join(section(limited(make_run(environment=caches), failed=("add",))).paragraphs)
    assert "computing and moving bytes take equally long at 3.3" in told
    assert "not 4 times as large as the last-level cache of 503 MB" in told
    assert "Not measured: adding within 22.0 MB (np.add) (it computes in one thread)." in told
    assert "Warning" not in told
    told = " ".join(section(limited(make_run([USUAL[0], Spec(name="magic", ms=1.0)]))).paragraphs)
    assert "Warning: above 100 %, which a true limit does not allow: `magic` at 14" in told


def test_a_run_without_limits_has_no_such_section():
    run = make_run()
    assert section(run) is None
    assert roofline.brief(Analysis(run)) is None
    assert len(answer.section(Analysis(run)).paragraphs) == 2


def test_a_terminal_sees_both_tables_after_the_cases():
    run = limited()
    titles = [one.title for one in sections.brief(Analysis(run))]
    assert titles.index("Share of what this machine allows") > titles.index("Cases")


def drawn(run):
    return section(run).figures[0].draw()


def test_points_stand_at_the_intensity_and_the_roofs_bend_at_the_ridge():
    axes = drawn(limited(noise=0.0)).axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert {round(line.get_xdata()[0], 2) for line in points} == {6.36}
    assert [line.get_ydata()[0] for line in points] == pytest.approx([46.1, 43.2, 1.92], rel=0.02)
    roofs = [line for line in axes.lines if line.get_color() == "black"]
    slope, flat = roofs
    assert slope.get_xdata()[-1] == pytest.approx(100 / 30, rel=0.01)
    assert slope.get_ydata()[-1] == pytest.approx(100, rel=0.01)
    assert list(flat.get_ydata()) == pytest.approx([100, 100], rel=0.01)


@pytest.mark.parametrize("count", [1, 4, 14])
def test_names_do_not_overlap_and_stay_in_the_picture(count):
    arms = [USUAL[0], *(Spec(name=f"name_of_usual_length_{n}", ms=3.0 + n / 1000) for n in range(count))]
    figure = drawn(limited(make_run(arms)))
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if "name_of" in text.get_text()]
    assert len(boxes) == count
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(box.x1 <= figure.bbox.x1 and box.y0 >= 0 and box.y1 <= figure.bbox.y1 for box in boxes)


def test_what_has_no_intensity_has_no_figure():
    assert section(working(limited(), 0.0, 1e7)).figures == ()


def test_a_figure_without_the_roof_of_computing_is_drawn_too():
    assert drawn(limited(failed=("gemm",))).axes
    run = limited(make_run([USUAL[0], Spec(name="bad", outcome=Outcome.WRONG, reason="off")]), failed=("read", "add"))
    assert drawn(run).axes


def test_spread_keeps_order_and_gap_and_moves_as_little_as_it_must():
    assert spread([0.1, 0.5], 0.1, (0.0, 1.0)) == [0.1, 0.5]
    assert spread([0.5, 0.5], 0.1, (0.0, 1.0)) == pytest.approx([0.45, 0.55])
    assert spread([0.99, 1.0, 0.2], 0.1, (0.0, 1.0)) == pytest.approx([0.9, 1.0, 0.2])
    crowded = spread([0.5] * 30, 0.1, (0.0, 1.0))
    assert crowded[0] == pytest.approx(0.0)
    assert crowded[-1] == pytest.approx(1.0)
    assert spread([], 0.1, (0.0, 1.0)) == []


def test_a_share_above_the_limit_is_a_warning_in_the_answer_and_no_fact_in_the_tables():
    run = limited(make_run([USUAL[0], Spec(name="magic", ms=1.0)]))
    (found,) = rooflines(run, findings(run))
    text = roofline.sentence(found)
    assert text.startswith("Warning: above 100 %")
    assert "`work` in problem.py counts more than has to be done" in text
    implementations = section(run).tables[0]
    assert texts(implementations, "share_of_attainable")[0] == "above 100?"
    assert "140 %" not in section(run).figures[0].caption


def test_where_the_limit_waited_for_a_cpu_the_answer_names_it_and_gives_no_share():
    run = limited()
    (found,) = rooflines(run, findings(run))
    waited = replace(found, binding=replace(found.binding, waited=1.93))
    doubted = replace(waited, placed=tuple(replace(one, share=None, doubt=Doubt.WAITED) for one in found.placed))
    assert roofline.sentence(doubted) == (
        "Warning: no share of what this machine allows is given for `row_major`. The limit, np.dot of 1024 x 1024, is "
        "uncertain: it waited for a CPU, so that even its fastest calls took 1.93 times the CPU time that they used. "
        "Measure again while no other program computes (`implbench doctor`)."
    )
