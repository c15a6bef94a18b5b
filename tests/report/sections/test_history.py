"""What a history shows: sentences, tables and the drawn picture."""

from itertools import pairwise

import pytest

from bench.analyse.history import Commit, Question
from bench.report.figures.drawing import draw
from bench.report.parts import Section
from bench.report.sections.history import section
from bench.store import index
from bench.store.worker_records import Outcome
from tests.builders import Spec
from tests.histories import ELSEWHERE, HERE, machine, usual, write


def shown(folder, commits=None, **question):
    found = index.consult(folder, Question(**question).ask, [].append)
    return section(found, commits or {})


def table(found: Section, name):
    (one,) = [one for one in found.tables if one.name == name]
    return [dict(zip([column.name for column in one.columns], [c.text for c in row], strict=True)) for row in one.rows]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    write(folder, 30, environment=lambda at: machine(commit="ab"[at >= 15] * 40))
    return folder


def test_the_first_sentence_says_how_many_changed_where_and_when(results):
    assert shown(results).paragraphs == (
        "1 of 3 cases changed in 30 runs from 2026-01-01 to 2026-01-02 on CPU 01 (0123456789ab).",
    )


def test_levels_stand_in_one_unit_with_their_intervals(results):
    rows = {row["case"]: row for row in table(shown(results), "history")}
    fast = rows["backprop[fast-M-float64-C-1t]"]
    assert (fast["runs"], fast["changes"], fast["last_change"], fast["runs_without_time"]) == (
        "30", "1, 1", "2026-01-01", "-",
    )  # fmt: skip
    assert fast["min_seconds_per_call"].startswith("2.2")
    assert fast["speedup_over_baseline"].startswith("4.5")
    assert rows["backprop[base-M-float64-C-1t]"]["speedup_over_baseline"] == "-"
    assert rows["backprop[base-M-float64-C-1t]"]["changes"] == "0"


def test_a_change_has_both_levels_and_the_commits_between(results):
    ends = ("backprop", "a" * 40, "b" * 40)
    few = (Commit(id="abc1234", subject="Drop the loop"), Commit(id="def5678", subject="\x1b[31mRed"))
    ratio, seconds = table(shown(results, {ends: few}), "changes")
    assert (ratio["of"], seconds["of"]) == ("speed-up", "time")
    assert ratio["first_run"] == "20260101T150000Z-backprop"
    assert ratio["after_over_before"].startswith("0.90")
    assert "ms" in seconds["before"]
    assert ratio["commits"] == "abc1234 Drop the loop; def5678 Red"
    many = few + tuple(Commit(id=f"{number:07}", subject="More") for number in range(5))
    ratio, _seconds = table(shown(results, {ends: many}), "changes")
    assert ratio["commits"].endswith("0000000 More; and 4 more (aaaaaaaa..bbbbbbbb)")
    ratio, _seconds = table(shown(results), "changes")
    assert ratio["commits"] == "aaaaaaaa..bbbbbbbb"


def test_a_change_within_one_commit_says_so(tmp_path):
    write(tmp_path, 30)
    ratio, _seconds = table(shown(tmp_path), "changes")
    assert ratio["commits"] == "none: both at aaaaaaaa"


def test_machines_stand_side_by_side(tmp_path):
    write(tmp_path, 9, environment=lambda at: machine(ELSEWHERE if at % 3 else HERE))
    rows = table(shown(tmp_path, machine=HERE), "machines")
    assert [row["case"] for row in rows] == ["backprop[calm-M-float64-C-1t]", "backprop[fast-M-float64-C-1t]"]
    for row in rows:
        level = "2" if "calm" in row["case"] else "5"
        assert float(row[f"speedup_over_baseline_{HERE}"].split("x")[0]) == pytest.approx(float(level), rel=0.02)
        assert float(row[f"speedup_over_baseline_{ELSEWHERE}"].split("x")[0]) == pytest.approx(float(level), rel=0.02)


def test_one_machine_needs_no_table_of_machines_and_no_change_no_table_of_changes(tmp_path):
    write(tmp_path, 3)
    found = shown(tmp_path)
    assert [one.name for one in found.tables] == ["history"]
    (told,) = found.paragraphs
    assert told.startswith("No case has the 20 runs that it takes to tell whether it changed: 3 runs from 2026-")


def test_cases_with_too_few_runs_are_not_among_those_that_may_have_changed(tmp_path):
    write(tmp_path, 20, specs=lambda at: usual(0) if at < 3 else usual(0)[:2])
    first, second = shown(tmp_path).paragraphs
    assert first.startswith("0 of 2 cases changed in 20 runs from")
    assert second == "With fewer than 20 runs no change can be told: 1 more case."


def test_without_a_baseline_none_is_said_to_have_changed_and_other_machines_are_named(tmp_path):
    write(
        tmp_path,
        60,
        specs=lambda at: (Spec(name="base", ms=10.0 if at < 40 else 12.0),),
        environment=lambda at: machine(HERE) if at % 4 else {"fingerprint": ELSEWHERE, "host": "box"},
    )
    found = shown(tmp_path, machine=HERE)
    assert [one.name for one in found.tables] == ["history", "changes"]
    told = " ".join(found.paragraphs)
    assert "is the baseline" not in told
    assert f"not compared with those on unknown CPU of box ({ELSEWHERE}); `--machine` shows these." in told


def test_an_unstable_series_and_a_baseline_that_changed_are_told(tmp_path):
    def specs(at):
        return (
            Spec(name="base", ms=10.0 if at < 20 else 12.0, baseline=True),
            Spec(name="fast", ms=2.0 if at // 10 % 2 else 3.0),
        )

    write(tmp_path, 40, specs=specs)
    told = " ".join(shown(tmp_path).paragraphs)
    assert "`backprop[base-M-float64-C-1t]` is the baseline and changed itself" in told
    assert "`backprop[fast-M-float64-C-1t]`: unstable series of speed-up, 3 changes in 40 runs mean" in told
    rows = {row["case"]: row for row in table(shown(tmp_path), "history")}
    assert rows["backprop[fast-M-float64-C-1t]"]["changes"] == "unstable, unstable"


def test_one_case_against_two_baselines_is_two_rows_with_different_names(tmp_path):
    specs = usual(0)
    other = (Spec(name="calm", ms=5.0, baseline=True), specs[1])
    write(tmp_path, 2)
    write(tmp_path, 1, first=2, specs=lambda _at: other)
    names = [row["case"] for row in table(shown(tmp_path), "history")]
    assert "backprop[fast-M-float64-C-1t], against backprop[calm-M-float64-C-1t]" in names
    assert "backprop[calm-M-float64-C-1t], as the baseline" in names
    assert len(names) == len(set(names)) == 5


def test_the_figure_of_one_case_has_its_ratio_and_its_time(results):
    (figure,) = shown(results, wanted="fast").figures
    assert figure.name == "history-backprop[fast-M-float64-C-1t]"
    assert [chart.title for chart in figure.charts] == [
        "backprop[fast-M-float64-C-1t]: speed-up",
        "backprop[fast-M-float64-C-1t]: time",
    ]
    assert "30 runs" in figure.caption
    drawn = draw(figure.charts, figure.columns).axes
    speedup, time = ([text.get_text() for text in axes.texts] for axes in drawn)
    assert speedup[0].startswith("-9.")
    assert time[0].startswith(("+9.", "+10."))


def test_the_figure_of_several_cases_has_a_panel_each(results):
    (figure,) = shown(results).figures
    assert [chart.title.partition("[")[2] for chart in figure.charts] == [
        "base-M-float64-C-1t]: time",
        "calm-M-float64-C-1t]: speed-up",
        "fast-M-float64-C-1t]: speed-up",
    ]


def test_a_case_that_never_had_a_time_is_in_the_table_and_not_in_the_picture(tmp_path):
    bad = Spec(name="bad", outcome=Outcome.CRASHED, reason="signal 11")
    write(tmp_path, 2, specs=lambda _at: (usual(0)[0], bad))
    found = shown(tmp_path)
    rows = {row["case"]: row for row in table(found, "history")}
    assert rows["backprop[bad-M-float64-C-1t]"]["runs_without_time"] == "2"
    assert len(found.figures[0].charts) == 1
    assert shown(tmp_path, wanted="bad").figures == ()


@pytest.mark.parametrize(("cases", "runs"), [(1, 30), (3, 1), (9, 30), (9, 2)])
def test_the_days_below_the_axis_do_not_overlap(tmp_path, cases, runs):
    specs = tuple(Spec(name=f"case_{number}", ms=2.0 + number, baseline=number == 0) for number in range(cases))
    write(tmp_path, runs, specs=lambda _at: specs)
    (figure,) = shown(tmp_path).figures
    drawn = draw(figure.charts, figure.columns)
    drawn.draw_without_rendering()
    columns = {round(axes.get_position().x0, 3) for axes in drawn.axes}
    assert len(columns) == (2 if cases == 9 else 1)
    for axes in drawn.axes[-len(columns) :]:
        boxes = [text.get_window_extent() for text in axes.get_xticklabels() if text.get_text()]
        assert boxes
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
