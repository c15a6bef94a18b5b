"""What thousands of cases, rounds and samples make of a report: counted, not timed; .ci/scale.py takes the times."""

import pytest
from msgspec.structs import replace

from bench import html
from bench.analyse.analysis import Analysis
from bench.formats import csv
from bench.html.case_table import of_groups
from bench.html.outline import measured
from bench.report import markdown
from bench.report.charts import accuracy, samples, speedup
from bench.report.charts import sweep as sweep_charts
from bench.report.charts.drawn import MOST_CASES, MOST_LINES, drawn
from bench.report.parts import MOST_ROWS
from bench.report.sections import cases, sections
from bench.stats import intervals
from bench.store import selectors
from tests.builders import Spec, make_run, make_sizes


def many(count, rounds=1):
    """Return what is said of a run of so many cases, of which the baseline is the slowest."""
    specs = [Spec(name=f"impl_{place:03}", ms=1 + place / 10, baseline=place == count - 1) for place in range(count)]
    return Analysis(make_run(specs, rounds=rounds, passes=1, again=False))


@pytest.fixture
def counted(monkeypatch):
    """Return a function that has the calls of a module's function counted: ``counted(module, name)``, a list."""

    def count(module, name):
        calls, function = [], getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, **more: (calls.append(given), function(*given, **more))[1])
        return calls

    return count


def test_each_burst_is_read_once_however_many_ratios_are_made(counted):
    read = counted(selectors, "_burst_values")
    analysis = many(12, rounds=6)
    (group,) = analysis.groups
    assert len(analysis.ratios(group)) == 12 * 11
    sections(analysis)
    assert len(read) == 12 * 6 * 2  # a worker's minima, and its medians


def test_the_estimates_of_a_page_grow_with_the_cases_and_not_with_their_pairs(counted):
    made = counted(intervals, "hodges_lehmann")
    counts = []
    for count in (MOST_CASES + 10, 2 * (MOST_CASES + 10)):
        made.clear()
        html.report_page(many(count))
        counts.append(len(made))
    assert counts[1] <= 2.2 * counts[0]


def test_a_chart_shows_the_fastest_and_the_baseline_and_says_what_it_leaves_out():
    analysis = many(MOST_CASES + 10)
    (group,) = analysis.groups
    shown = drawn(group)
    assert len(shown) == MOST_CASES
    assert shown[:-1] == group.ok[: MOST_CASES - 1]
    assert shown[-1] is group.baseline
    count = f"{MOST_CASES} of {MOST_CASES + 10}"
    for (chart,) in (speedup.charts(analysis), accuracy.charts(analysis)[:1]):
        assert len(chart.y.categories) == MOST_CASES
        assert f"Shown are {count} cases with a time: the fastest, and the baseline." in chart.caption
    assert len(samples.charts(analysis)) == samples.MOST_CHARTS


def test_all_is_shown_where_there_is_room():
    analysis = many(MOST_CASES)
    assert drawn(analysis.groups[0]) == analysis.groups[0].ok
    assert "Shown are" not in speedup.charts(analysis)[0].caption


def test_a_table_of_a_page_says_how_many_rows_are_in_its_file_alone():
    analysis = many(MOST_ROWS + 7)
    said = (cases.section(analysis),)
    assert len(said[0].tables[0].rows) == MOST_ROWS + 7
    page, alone = markdown.titled_page("", said), markdown.titled_page("", said, files=False)
    sentence = "Further rows, not shown here: 7; all are in `cases.csv`."
    assert (sentence in page, sentence in alone) == (True, False)
    assert [text.count("| impl_") for text in (page, alone)] == [MOST_ROWS, MOST_ROWS + 7]
    assert sentence.replace("`cases.csv`", "<code>cases.csv</code>") in html.report_page(analysis)


@pytest.mark.parametrize(("count", "choice"), [(MOST_CASES, True), (MOST_CASES + 1, False)])
def test_where_there_are_too_many_pairs_no_other_baseline_is_offered_and_that_is_said(count, choice):
    analysis = many(count)
    (group,) = of_groups(analysis, next(part for part in measured(analysis) if part.id == "speedup"))
    assert (bool(group.options), group.many) == (choice, not choice)
    assert ("too many cases to choose another baseline" in html.report_page(analysis)) == (not choice)


def test_samples_are_exported_a_worker_at_a_time():
    run = make_run(rounds=3, passes=2)
    longer = replace(run, rounds=(*run.rounds, *(replace(one, index=one.index + 3) for one in run.rounds)))
    short, long = (list(csv.export([one])) for one in (run, longer))
    assert len(long) - 1 == 2 * (len(short) - 1)
    assert max(map(len, long)) == max(map(len, short))


def test_a_sweep_compares_only_the_pairs_that_may_cross_and_draws_those_near_the_fastest(counted):
    made = counted(intervals, "hodges_lehmann")
    specs = [Spec(name=f"impl_{place:03}", ms=1 + place, baseline=place == 39) for place in range(40)]
    turning = Spec(name="turning", law=lambda case: {1: 0.5, 2: 20.5, 3: 60.0}[case.size.values["m"]])
    analysis = Analysis(make_run([*specs, turning], rounds=6, passes=1, again=False, sizes=make_sizes(1, 2, 3)))
    (sweep,) = analysis.sweeps
    overtaken = {one.winner for one in sweep.overtakings}
    assert overtaken == {spec.name for spec in specs}
    assert len(made) < 3 * 41 * 6  # of each case some; of all pairs it would be 3 * 41 * 40 / 2 more
    times = sweep_charts.time_chart(analysis, 0)
    assert {one.name for one in times.series} >= {"impl_000", "turning", "impl_039"}
    assert len(times.series) == MOST_LINES
    assert "Shown are 30 of 41 implementations" in times.caption
