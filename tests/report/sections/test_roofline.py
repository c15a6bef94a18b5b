"""The share of what a machine allows: sentence, tables and figure."""

import re

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.roofline import Doubt, rooflines
from bench.report import sections
from bench.report.sections import answer, roofline
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


def test_the_figure_is_of_shares_and_its_caption_has_them():
    (figure,) = section(limited()).figures
    (chart,) = figure.charts
    assert (figure.name, chart.id) == ("share", "share-0")
    assert re.search(r"with 95 % intervals\. `row_major` 46\.\d %", figure.caption)


def test_a_roofline_stands_beside_the_shares_where_intensities_differ():
    run = make_run(USUAL[:2], dtypes=("float64", "float32"))
    work = {group: {"flops": 1e8, "bytes": 1e7 * (place + 1)} for place, group in enumerate(run.problem.work)}
    run = limited(replace(run, problem=replace(run.problem, work=work)))
    assert [one.charts[0].id for one in section(run).figures] == ["share-0", "share-1", "roofline-0", "roofline-1"]
    (moving,) = section(working(limited(), 0.0, 1e7)).figures
    assert moving.charts[0].id == "share-0"


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
