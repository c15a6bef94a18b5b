"""The tables that say why."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.markdown import titled_page
from bench.report.sections import explanation
from bench.report.terminal import text_table
from bench.report.terminal.screen import Screen
from tests.builders import Spec, make_run
from tests.explained import DOES, USUAL, Does, make_explained


def test_a_run_in_which_nothing_was_counted_has_no_such_section():
    run = make_run()
    assert explanation.section(Analysis(run)) is None


def test_the_calls_are_tabled_with_shapes_and_orders():
    run = make_explained()
    (calls,) = (table for table in explanation.section(Analysis(run)).tables if table.name == "calls")
    texts = [[cell.text for cell in row] for row in calls.rows]
    assert ["vectorized", "dot", "(25, 10000) F x (10000, 64) C", "3", "38 %", "64.0", "-"] in [
        row[: len(calls.for_people().columns)] for row in texts
    ]


def spread(run):
    """Return a run whose workers measured unlike costs, so that shares have ranges."""

    def measured(place, worker):
        if worker.costs is None:
            return worker
        factor = 1 + place / 20
        costs = replace(
            worker.costs,
            call_ns={kind: ns * factor for kind, ns in worker.costs.call_ns.items()},
            fault_ns=worker.costs.fault_ns * factor,
            product_flops_per_s=worker.costs.product_flops_per_s / factor,
        )
        return replace(worker, costs=costs)

    first = replace(run.rounds[0], workers=tuple(measured(*one) for one in enumerate(run.rounds[0].workers)))
    return replace(run, rounds=(first, *run.rounds[1:]))


def test_shares_stand_with_their_ranges_and_programs_get_the_ends():
    run = spread(make_explained())
    (table,) = (one for one in explanation.section(Analysis(run)).tables if one.name == "shares")
    place = [column.name for column in table.columns].index("call_overhead")
    shown, low, high = table.rows[0][place : place + 3]
    assert shown.text == f"{100 * low.value:.0f}-{100 * high.value:.0f} %"
    assert low.value < shown.value < high.value


@pytest.mark.parametrize("name", ["ladder", "counts", "shares", "rates"])
def test_the_terminal_gets_tables_that_fit_it(name):
    name_of_20 = "a_name_of_20_letters"
    arms = [replace(USUAL[0], name=name_of_20), *USUAL[1:]]
    run = spread(make_explained(arms, {**DOES, name_of_20: DOES["loop_hoisted"]}, ladder=()))
    parts = explanation.brief(Analysis(run))
    (table,) = (table for part in parts for table in part.tables if table.name == name)
    assert all(column.shown for column in table.columns)
    drawn = text_table.drawn(table, Screen(width=80))
    assert max(map(len, drawn.splitlines())) <= 80
    assert all(cell.text in drawn for row in table.rows for cell in row)


def test_the_answer_says_who_is_the_fastest_and_what_to_change_in_the_baseline():
    run = make_explained()
    answer, advice, *_, why = explanation.brief(Analysis(run))
    assert answer.paragraphs[0].startswith("`c_fused` computes backprop 48.00 times")
    begin = "`loop_hoisted` is overhead-bound: 140,000 NumPy calls"
    assert [text.startswith(begin) for text in advice.paragraphs].count(True) == 1
    assert not any(text.startswith(begin) for text in why.paragraphs)
    assert any(text.startswith("`vectorized` is memory-bound") for text in why.paragraphs)


def test_bytes_stand_in_one_unit():
    run = make_explained()
    (table,) = (one for one in explanation.section(Analysis(run)).tables if one.name == "counts")
    place = [column.name for column in table.columns].index("allocated_bytes")
    assert table.columns[place].header == "allocated [MB]"
    assert [row[place].text for row in table.rows[:3]] == ["276", "16.0", "0.0270"]


def test_the_section_makes_a_page():
    run = make_explained()
    page = titled_page("Why", (explanation.section(Analysis(run)),), files=False)
    assert "| loop_hoisted | 140,000 |" in page


def test_the_terminal_gets_no_table_of_what_is_not_known():
    run = make_explained([Spec(name="loop", ms=90.0, baseline=True)], {"loop": Does(allocated_bytes=0)})
    run = replace(run, problem=replace(run.problem, work={}))
    tables = [table for part in explanation.brief(Analysis(run)) for table in part.tables]
    assert [table.name for table in tables] == ["ladder", "counts"]
    assert [column.name for column in tables[1].columns] == ["implementation", "peak_bytes"]


def test_it_gets_all_tables_where_all_is_known():
    tables = [table for part in explanation.brief(Analysis(make_explained())) for table in part.tables]
    assert [table.name for table in tables] == ["ladder", "counts", "shares", "rates"]
    assert "not_explained" in [column.name for column in tables[2].columns]
