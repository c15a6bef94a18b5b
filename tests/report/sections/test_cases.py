"""The main table and the one that fits a terminal."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.problems.case import Size
from bench.report.sections import cases
from bench.report.terminal import text_table
from bench.report.terminal.screen import Screen
from bench.store.worker_records import Outcome
from tests.builders import USUAL, Spec, disturbed, make_run

OUTCOMES = [outcome for outcome in Outcome if outcome != Outcome.OK]


def table(run, index=0):
    return cases.section(Analysis(run)).tables[index]


def column(found, name):
    index = [one.name for one in found.columns].index(name)
    return [row[index] for row in found.rows]


def texts(found, name):
    return [cell.text for cell in column(found, name)]


def test_the_fastest_comes_first_and_what_has_no_time_last():
    assert texts(table(make_run()), "implementation") == ["row_major", "inplace", "loop_hoisted", "dropped", "jit"]


@pytest.mark.parametrize(
    ("name", "header", "shown", "seconds"),
    [
        ("min_seconds_per_call", "min time [ms]", ["3.00", "3.20", "72.0", "-", "-"], 0.003),
        ("seconds_per_call", "median time [ms]", ["3.04", "3.24", "72.8", "-", "-"], 0.00304),
    ],
)
def test_times_share_one_unit_and_programs_get_seconds_with_their_interval(name, header, shown, seconds):
    found = table(make_run())
    assert next(one.header for one in found.columns if one.name == name) == header
    assert texts(found, name) == shown
    value, low, high = (column(found, f"{name}{end}")[0].value for end in ("", "_low", "_high"))
    assert low <= value <= high
    assert value == pytest.approx(seconds, rel=0.01)


def test_beside_other_programs_the_times_of_a_row_still_make_its_ratio():
    found = table(disturbed(make_run(), "row_major"))
    (fast, base) = (texts(found, "implementation").index(name) for name in ("row_major", "loop_hoisted"))

    def seconds(name, row):
        return column(found, name)[row].value

    for time, speedup in (
        ("min_seconds_per_call", "speedup_over_baseline"),
        ("seconds_per_call", "speedup_of_medians"),
    ):
        assert seconds(time, base) / seconds(time, fast) == pytest.approx(column(found, speedup)[fast].value, rel=0.01)
    assert seconds("speedup_over_baseline", fast) == pytest.approx(24, rel=0.01)
    assert seconds("speedup_of_medians", fast) < 10


def test_the_baseline_is_once_itself_and_has_no_verdict():
    found = table(make_run())
    assert texts(found, "speedup_over_baseline")[2] == "1x"
    assert column(found, "speedup_over_baseline")[2].value == 1.0
    assert texts(found, "verdict") == [
        *("faster", "faster", "baseline"),
        "wrong: grad_w1 is 3.2 tolerances off",
        "unavailable: needs numba",
    ]
    assert [cell.value for cell in column(found, "verdict")] == ["faster", "faster", "baseline", None, None]


def test_what_has_no_time_shows_dashes_its_outcome_and_the_reason():
    found = table(make_run())
    for name in ("seconds_per_call", "speedup_over_baseline", "speedup_of_medians", "minor_faults_per_call"):
        assert texts(found, name)[3:] == ["-", "-"]
        assert [cell.value for cell in column(found, name)[3:]] == [None, None]
    assert [cell.value for cell in column(found, "outcome")] == ["ok", "ok", "ok", "wrong", "unavailable"]


def test_a_case_on_the_reference_blas_is_marked_in_the_table():
    found = table(make_run([USUAL[0], Spec(name="octave", ms=1.0, blas="reference blas")]))
    assert texts(found, "verdict") == ["faster (on the reference BLAS)", "baseline"]
    assert [cell.value for cell in column(found, "outcome")] == ["ok", "ok"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_stays_in_the_table(outcome):
    fallen = Spec(name="fallen", outcome=outcome, reason="because")
    found = table(make_run([*USUAL[:2], fallen]))
    assert texts(found, "verdict")[-1] == f"{outcome.value}: because"


def test_a_wrong_case_shows_by_how_much():
    assert texts(table(make_run()), "error_over_tolerance") == ["0.020", "0.020", "0.020", "3.2", "-"]


@pytest.mark.parametrize(("error", "text"), [(0.0, "<0.001"), (1e-9, "<0.001"), (3e9, "3.0e+09"), (1.5, "1.5")])
def test_errors_of_any_size_stay_short(error, text):
    arms = [USUAL[0], replace(USUAL[3], error=error)]
    assert texts(table(make_run(arms)), "error_over_tolerance")[-1] == text


def test_page_faults_of_a_call_are_shown():
    assert texts(table(make_run()), "minor_faults_per_call")[:3] == ["900", "0", "0"]


def test_a_slowdown_of_the_tail_shows_in_the_ratio_of_medians_alone():
    run = make_run([Spec(name="base", ms=10.0, baseline=True, noise=0.0), Spec(name="tail", ms=10.0, noise=0.0)])
    rounds = []
    for one in run.rounds:
        workers = list(one.workers)
        slow = [
            replace(burst, sample_ns=(burst.sample_ns[1], *(2 * ns for ns in burst.sample_ns[1:])))
            for burst in workers[-1].bursts
        ]
        workers[-1] = replace(workers[-1], bursts=tuple(slow))
        rounds.append(replace(one, workers=tuple(workers)))
    found = table(replace(run, rounds=tuple(rounds)))
    row = texts(found, "implementation").index("tail")
    assert column(found, "speedup_over_baseline")[row].value == pytest.approx(1.0)
    assert column(found, "speedup_of_medians")[row].value == pytest.approx(0.5, rel=0.02)


def test_the_layout_is_shown_only_where_there_are_several():
    one = table(make_run())
    several = table(make_run([USUAL[0], replace(USUAL[0], layout="F", baseline=False)]))
    assert [column.shown for column in one.columns if column.name == "layout"] == [False]
    assert [column.shown for column in several.columns if column.name == "layout"] == [True]


def test_several_groups_have_a_table_each_under_names_of_their_own():
    sizes = (Size(name="S", values={"m": 1}), Size(name="M", values={"m": 2}))
    run = make_run(sizes=sizes)
    found = cases.section(Analysis(run))
    assert [one.name for one in found.tables] == ["cases-backprop-S-float64-1t", "cases-backprop-M-float64-1t"]


def test_a_run_without_groups_has_no_table():
    assert cases.section(Analysis(make_run([], rounds=0))) is None


def test_the_summary_fits_a_terminal_of_80_characters():
    arms = [
        Spec(name="a_name_of_20_letters", ms=72.0, baseline=True),
        Spec(name="b_name_of_20_letters", ms=3.0, faults=123456),
        Spec(name="c_name_of_20_letters", ms=73.5, noise=0.001),
        Spec(name="d_name_of_20_letters", outcome=Outcome.OUT_OF_MEMORY, reason="killed"),
    ]
    run = make_run(arms)
    found = cases.summary_table(findings(run)[0])
    drawn = text_table.drawn(found, Screen(width=80))
    assert max(map(len, drawn.splitlines())) <= 80
    assert all(arm.name in drawn for arm in arms)
    assert all(text in drawn for text in texts(found, "speedup_over_baseline"))
    assert texts(found, "verdict") == ["faster", "baseline", "within margin", "out-of-memory"]
    assert all(one.shown for one in found.columns)


@pytest.mark.parametrize(
    ("title", "said"), [("row_major", None), ("Row major.", None), ("Samples as rows", ["Samples as rows", ""])]
)
def test_the_summary_says_what_a_case_is_where_that_is_more_than_its_name(title, said):
    run = make_run([Spec(name="base", ms=2.0, title="base", baseline=True), Spec(name="row_major", title=title)])
    found = cases.summary_table(findings(run)[0])
    assert any(one.name == "title" for one in found.columns) == (said is not None)
    assert said is None or texts(found, "title") == said


@pytest.mark.parametrize(
    ("others", "strong"),
    [
        ([Spec(name="fast", ms=1.0), Spec(name="faster", ms=0.5)], "faster"),
        ([Spec(name="slow", ms=20.0)], "base"),
        ([Spec(name="same", ms=10.0)], None),
        ([Spec(name="foreign", ms=0.5, blas="reference blas"), Spec(name="fast", ms=1.0)], "fast"),
    ],
)
def test_the_name_of_what_was_shown_to_be_the_fastest_stands_out(others, strong):
    found = table(make_run([Spec(name="base", ms=10.0, baseline=True), *others]))
    names = [cell.text for cell in column(found, "implementation") if cell.strong]
    assert names == ([] if strong is None else [strong])


REMEMBERED = [
    Spec(name="loop", ms=72.0, baseline=True, peak=50_000_000),
    Spec(name="fast", ms=3.0, peak=60_000_000),
    Spec(name="frugal", ms=4.0, peak=12_000),
    Spec(name="octave", ms=5.0, peak="another program computes it"),
]


def test_memory_stands_beside_the_time_for_who_wants_all_columns():
    run = make_run(REMEMBERED)
    found = table(run)
    assert texts(found, "peak_bytes") == ["60.0 MB", "<4.00 MB", "-", "50.0 MB"]
    assert next(one.further for one in found.columns if one.name == "peak_bytes")
    ratios = [cell.value for cell in column(found, "peak_ratio_to_baseline")]
    assert ratios == [pytest.approx(1.2, abs=0.001), None, None, None]
    (paragraph,) = cases.section(Analysis(run)).paragraphs
    assert "A dash there: another program computes it." in paragraph


def test_of_runs_in_which_nobody_looked_at_memory_nothing_is_said_of_it():
    run = make_run()
    assert "peak_bytes" not in [one.name for one in table(run).columns]
    assert "emory" not in cases.section(Analysis(run)).paragraphs[0]
