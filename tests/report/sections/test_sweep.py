"""A run over many sizes: sentences, tables and figures."""

import json
import re

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report import json_run, sections
from bench.report.charts import fastest
from bench.report.charts import sweep as charts
from bench.report.figures.drawing import draw
from bench.report.sections import answer, sweep
from bench.report.terminal.screen import Screen
from bench.report.terminal.text_table import drawn
from bench.store.records import Left
from bench.store.worker_records import Outcome
from tests.builders import SWEPT, Spec, make_run, make_sizes

SIZES = make_sizes(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def linear(overhead, each, largest=10**9):
    """Return milliseconds as overhead + each * m, up to a largest m; two threads are half as long."""

    def law(case):
        m = case.size.values["m"]
        return (overhead + each * m) / (case.threads or 1) if m <= largest else None

    return law


#: The second overtakes the first at m = 10 and the third the second at m = 100.
ARMS = [
    Spec(name="loop", baseline=True, law=linear(0.1, 0.1, 200), outcome=Outcome.OK, reason="too slow"),
    Spec(name="rows", law=linear(0.99, 0.011)),
    Spec(name="blocks", law=linear(1.54, 0.0055)),
]


def made(**changes):
    run = make_run(ARMS, sizes=SIZES, rounds=8, **changes)
    return Analysis(run)


@pytest.fixture(scope="module")
def usual():
    return made()


def texts(analysis):
    return answer.section(analysis).paragraphs


def test_of_inputs_that_are_no_arrays_neither_dtype_nor_blas_is_said():
    run = make_run(ARMS, sizes=SIZES, rounds=8)
    held = tuple(replace(one, workers=tuple(replace(each, layout={}) for each in one.workers)) for one in run.rounds)
    analysis = Analysis(replace(run, rounds=held))
    assert "`blocks` (n=64, p=25, 1 thread)." in texts(analysis)[0]
    told = [*texts(analysis), *(chart.caption for chart in charts.charts(analysis))]
    assert not [text for text in told if "float64" in text or "OpenBLAS" in text]
    assert all("float64" not in str(chart.y.categories) for chart in charts.charts(analysis))


def test_the_answer_says_who_is_the_fastest_at_the_sizes_that_were_measured(usual):
    first = texts(usual)[0]
    assert first.startswith("The fastest at the 10 sizes measured, m from 1 to 1000: at ")
    assert "at the 4 sizes from m=1 to 10 `loop`" in first or "at m=1, 2, 5 `loop`" in first
    assert first.endswith("`blocks` (n=64, p=25, float64, 1 thread, OpenBLAS SkylakeX kernel).")


def test_what_is_fastest_at_some_sizes_and_wrong_at_others_is_told_with_the_answer():
    run = make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100))
    rounds = tuple(
        replace(one, workers=tuple(map(_wrong, one.workers))) if "m=100" in one.group else one for one in run.rounds
    )
    found = texts(Analysis(replace(run, rounds=rounds)))
    assert found[1].startswith("`rows` is wrong at m=100: do not use it, though")


def _wrong(worker):
    return replace(worker, outcome=Outcome.WRONG, reason="off", bursts=()) if "rows" in worker.arm else worker


def test_the_answer_names_the_measured_sizes_between_which_one_overtakes_another(usual):
    assert texts(usual)[1] == (
        "`rows` overtakes `loop` between m=5 and 20; `blocks` overtakes `rows` between m=50 and 200."
    )


def test_a_size_without_a_time_is_not_among_those_of_which_the_answer_speaks():
    arms = [Spec(name="loop", baseline=True, law=linear(0.1, 0.1, 5)), Spec(name="rows", law=linear(0.01, 0.01, 5))]
    first = texts(Analysis(make_run(arms, sizes=make_sizes(1, 2, 5, 10))))[0]
    assert first.startswith("The fastest at each size measured, m from 1 to 5: `rows` (")


def test_a_crossing_is_near_its_truth_and_in_its_interval(usual):
    (one,) = usual.sweeps
    found = {(each.loser, each.winner): each for each in one.overtakings}
    crossing = found["loop", "rows"].crossing
    assert crossing.low < crossing.at < crossing.high
    assert crossing.at == pytest.approx(10, rel=0.03)
    assert found["rows", "blocks"].crossing.at == pytest.approx(100, rel=0.05)
    assert found["rows", "blocks"].fastest
    assert not found["loop", "blocks"].fastest


def test_what_was_left_out_is_told_with_sizes_and_reason(usual):
    section = sweep.section(usual)
    assert any(text.startswith("`loop` has no time at m=500, 1000: ok: too slow") for text in section.paragraphs)


def test_growth_is_that_of_the_largest_decade(usual):
    (one,) = usual.sweeps
    loop = next(each for each in one.growth if each.name == "loop")
    assert (loop.first, loop.last) == (20, 200)
    assert loop.slope.value == pytest.approx(0.98, abs=0.02)
    assert loop.slope.interval.low <= loop.slope.value <= loop.slope.interval.high


def test_growth_that_is_steeper_at_the_end_is_told_with_the_sizes(usual):
    (text,) = (text for text in sweep.section(usual).paragraphs if text.startswith("Time grows as: "))
    loop, rows, blocks = text.split(", `")
    assert loop.endswith("(m from 20 to 200)")
    assert re.search(r"\(m from 100 to 1000; from 500 to 1000 m\^0\.8\d\)$", rows)
    assert re.search(r"\(m from 100 to 1000; from 500 to 1000 m\^0\.7\d\)\.$", blocks)


def test_tables_hold_every_size_and_the_ends_of_the_intervals(usual):
    tables = {table.name: table for table in sweep.section(usual).tables}
    assert set(tables) == {"fastest", "times", "overtaking", "growth", "growth-steps"}
    assert [row[0].value for row in tables["times"].rows] == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    assert [column.header for column in tables["times"].for_people().columns] == ["m", "loop", "rows", "blocks"]
    assert tables["times"].for_people().rows[-1][1].text == "-"
    names = [column.name for column in tables["overtaking"].columns]
    for row in tables["overtaking"].rows:
        assert row[names.index("at_low")].value < row[names.index("at")].value < row[names.index("at_high")].value


def test_two_that_are_not_told_apart_share_a_cell():
    arms = [ARMS[0], Spec(name="one", law=linear(1, 0.01)), Spec(name="two", law=linear(1.001, 0.01))]
    run = make_run(arms, sizes=SIZES, rounds=8)
    last = sweep.fastest_table(Analysis(run).sweeps).rows[-1][1].text
    assert last in ("one ~ two", "two ~ one")


def test_too_few_rounds_cross_nowhere_and_are_said_to_be_too_few():
    run = make_run(ARMS, sizes=SIZES, rounds=4)
    (one,) = Analysis(run).sweeps
    assert one.overtakings == ()
    assert any("Fewer than 6 rounds" in text for text in texts(Analysis(run)))
    assert sweep.overtaking_table(one, [one]) is None


def test_two_sizes_are_no_sweep():
    run = make_run(ARMS, sizes=SIZES[:2])
    assert sweep.section(Analysis(run)) is None
    assert json_run.of(Analysis(run), None)["sweeps"] == []


def test_a_size_that_has_no_logarithm_is_told_by_itself():
    analysis = Analysis(make_run(ARMS, sizes=make_sizes(0, 1, 2, 5)))
    (one,) = analysis.sweeps
    assert one.values == (1, 2, 5)
    assert any("m=0" in text for text in answer.section(analysis).paragraphs)


def test_each_condition_is_a_sweep_of_its_own_and_a_column():
    analysis = made(threads=(1, 2), dtypes=("float64", "float32"))
    assert len(analysis.sweeps) == 4
    headers = [column.header for column in sweep.fastest_table(analysis.sweeps).for_people().columns]
    assert headers == ["m", "float64, 1 thread", "float64, 2 threads", "float32, 1 thread", "float32, 2 threads"]
    figures = sweep.section(analysis).figures
    assert [figure.name for figure in figures][-2:] == ["fastest", "speedup-by-size"]
    assert [chart.title for chart in figures[-1].charts] == headers[1:]


def test_the_json_has_crossings_and_slopes_with_intervals(usual):
    (one,) = json.loads(json.dumps(json_run.of(usual, None), allow_nan=False))["sweeps"]
    assert one["parameter"] == "m"
    assert one["fixed"] == {"n": 64, "p": 25}
    assert one["fastest"][0] == ["loop"]
    turns = [each for each in one["crossings"] if each["changes_the_fastest"]]
    assert [each["faster_above"] for each in turns] == ["rows", "blocks"]
    assert all(each["interval"][0] < each["at"] < each["interval"][1] for each in turns)
    assert {each["implementation"] for each in one["slopes"]} == {"loop", "rows", "blocks"}
    assert len(one["slopes_between_neighbours"]) == 7 + 9 + 9


def test_a_terminal_gets_one_table_for_all_sizes(usual):
    found = sections.brief(usual)
    assert [section.title for section in found] == [
        *("Answer", "What to do", "Over sizes", "What threatens these numbers"),
    ]
    assert all(column.shown for section in found for table in section.tables for column in table.columns)
    assert not any("backprop-m=" in text for text in found[-1].paragraphs)


def test_a_report_has_the_figures_of_the_sweep_and_none_for_each_size(usual):
    figures = [figure.name for section in sections.sections(usual) for figure in section.figures]
    assert figures[:2] == ["times", "fastest"]
    assert not any(name.startswith(("speedup-backprop", "samples")) for name in figures)


def test_the_figure_of_times_has_that_of_times_as_long_as_the_fastest_below_it(usual):
    figure = sweep.section(usual).figures[0]
    assert [chart.id for chart in figure.charts] == ["times-0", "behind-0"]
    assert "`blocks` overtakes `rows` between m=" in figure.caption
    upper, lower = draw(figure.charts, figure.columns).axes
    assert upper.get_xlim() == lower.get_xlim()
    told = [[text.get_text() for text in axes.texts if "overtakes" in text.get_text()] for axes in (upper, lower)]
    assert [len(one) for one in told] == [2, 0]


def test_lines_that_leave_the_chart_are_marked_where_they_do(usual):
    chart = charts.behind_chart(usual, 0)
    hollow = {series.name: [point.x for point in series.points] for series in chart.series if series.hollow}
    assert hollow["loop"] == [50]
    assert all(point.y == charts.FARTHEST for series in chart.series if series.hollow for point in series.points)
    assert chart.x.ticks == tuple(size.values["m"] for size in SIZES)


def test_sizes_that_the_time_did_not_pay_for_are_apart_from_those_that_cannot_be():
    reasons = {5: (Outcome.NOT_MEASURED, "budget: about 80 s"), 20: (Outcome.UNSUPPORTED, "takes no 20")}
    run = make_run([*ARMS[1:], replace(ARMS[0], outcome=Outcome.OK)], sizes=make_sizes(1, 2, 5, 20), rounds=6)
    gone = [arm for arm in run.arms if arm.case.size.values["m"] in reasons]
    left = tuple(
        Left(case=arm.case, title="", outcome=outcome, reason=why)
        for arm in gone
        if not arm.again
        for outcome, why in [reasons[arm.case.size.values["m"]]]
    )
    kept = tuple(arm for arm in run.arms if arm not in gone)
    rounds = tuple(one for one in run.rounds if one.group in {arm.case.group for arm in kept})
    analysis = Analysis(replace(run, arms=kept, left=left, rounds=rounds))
    empty = {series.name: series for series in fastest.chart(analysis).series if series.name.startswith("nothing")}
    assert set(empty) == {"nothing: not measured", "nothing: unsupported"}
    assert len({series.colour for series in empty.values()}) == 2
    times = next(table for table in sweep.section(analysis).tables if table.name == "times").for_people()
    assert [row[1].text for row in times.rows][2:] == ["not measured", "unsupported"]


def test_a_terminal_shows_what_each_implementation_takes_at_each_size(usual):
    tables = {table.name: table for table in sweep.brief(usual).tables}
    assert [column.header for column in tables["times"].columns] == ["m", "loop", "rows", "blocks"]
    assert [len(tables[name].rows) for name in ("fastest", "times")] == [len(SIZES)] * 2
    texts = [cell.text for cell in tables["times"].rows[0]]
    assert texts == ["1", "200 us", "1.00 ms", "1.54 ms"]


def test_a_narrow_terminal_leaves_out_the_slowest_and_neither_the_baseline_nor_the_fastest():
    others = [Spec(name=f"number_{place}", law=linear(2 + place, 0.02)) for place in range(9)]
    section = sweep.brief(Analysis(make_run([ARMS[0], *others, ARMS[2]], sizes=SIZES, rounds=6)))
    (times,) = (table for table in section.tables if table.name == "times")
    assert "where not all fit" in times.title
    narrow, wide = (drawn(times, Screen(width=width)) for width in (80, 400))
    header, *rows = narrow.splitlines()
    assert max(map(len, (header, *rows))) <= 80
    assert {"loop", "blocks", "number_0"} <= set(header.split())
    assert "number_8" not in header
    assert len(rows) == len(SIZES) + 1
    assert "number_8" in wide


def test_an_exponent_is_told_with_its_interval_and_left_out_where_there_is_none(usual):
    (told,) = (text for text in sweep.brief(usual).paragraphs if text.startswith("Time grows as"))
    assert len(re.findall(r"m\^\d\.\d\d \[\d\.\d\d, \d\.\d\d\]", told)) == len(ARMS)
    few = Analysis(make_run(ARMS, sizes=SIZES, rounds=4))
    assert not any("Time grows as" in text for text in sweep.brief(few).paragraphs)
    assert "Time grows as" not in charts.time_chart(few, 0).caption
    assert {table.name for table in sweep.section(few).tables} == {"fastest", "times"}
