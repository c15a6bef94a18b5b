"""Bencher, github-action-benchmark, Otava, tidy CSV and Markdown.

The first two read JSON that nothing but a server takes; it is held against golden text. To write that anew after a
change that was meant: ``PYTHONPATH=. python tests/formats/test_others.py``.
"""

import json
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from msgspec.structs import replace

from bench.analyse.findings import findings
from bench.errors import ImplbenchError
from bench.formats import bencher, csv, github_action, markdown, otava
from bench.store.worker_records import Outcome
from tests.builders import USUAL, make_run, samples

GOLDEN = Path(__file__).parent.parent / "golden"
FILES = {
    "export-bencher.json": bencher.export,
    "export-github-action.json": github_action.export,
}


@pytest.mark.parametrize("name", FILES)
def test_the_export_is_the_golden_text(name):
    assert FILES[name]([make_run()]).decode() == (GOLDEN / name).read_text(encoding="utf-8")


def test_bencher_gets_nanoseconds_with_bounds_and_any_other_measure_beside(run):
    document = json.loads(bencher.export([run]))
    (group,) = findings(run)
    baseline, fast, *_ = group.findings
    seconds = fast.seconds_per_call
    measures = document[fast.arm.case.id]
    assert measures["latency"]["value"] == seconds.value * 1e9
    assert measures["latency"]["lower_value"] == seconds.interval.low * 1e9
    assert measures["latency"]["upper_value"] == seconds.interval.high * 1e9
    assert measures["ratio-to-baseline"]["value"] == pytest.approx(1 / 24, rel=0.01)
    assert measures["minor-faults"] == {"value": 900.0}
    assert "ratio-to-baseline" not in document[baseline.arm.case.id]
    assert len(document) == 3


def test_a_bound_that_is_not_known_is_left_out():
    document = json.loads(bencher.export([make_run(rounds=3)]))
    assert all(set(one["latency"]) == {"value"} for one in document.values())
    assert all("range" not in one for one in json.loads(github_action.export([make_run(rounds=3)])))


def test_the_action_gets_the_median_over_rounds_in_one_unit_for_ever(run):
    entries = json.loads(github_action.export([run]))
    assert {one["unit"] for one in entries} == {"ns"}
    for one in entries:
        assert set(one) == {"name", "value", "unit", "range", "extra"}
        low, _, high = one["range"].partition(" to ")
        assert float(low) <= one["value"] <= float(high)


def test_a_case_with_a_time_in_two_runs_is_told_where_a_format_holds_it_once(run):
    for export in (bencher.export, github_action.export):
        with pytest.raises(ImplbenchError, match="export one run of it at a time"):
            export([run, replace(run, id="another")])


def series(run, commits=9):
    """Return runs of one case after another, a day apart."""
    return [
        replace(
            make_run(USUAL[:2], seed=day, environment=run.environment),
            id=f"run-{day}",
            created=f"2026-11-{day + 1:02}T12:00:00Z",
        )
        for day in range(commits)
    ]


def test_otava_gets_a_row_a_run_oldest_first_and_empty_where_there_is_no_time(run):
    runs = series(run)
    frame = pd.read_csv(BytesIO(otava.export([run, *reversed(runs)])))
    assert list(frame["run"]) == [one.id for one in runs] + [run.id]
    assert list(frame.columns[:4]) == ["time", "commit", "run", "machine"]
    assert frame["backprop[inplace-M-float64-C-1t]"].isna().sum() == len(runs)
    assert frame["backprop[row_major-M-float64-C-1t]"].iloc[0] == pytest.approx(3.03e-3, rel=0.01)


def test_otava_analyses_an_export(run, tmp_path, tool):
    (tmp_path / "o.csv").write_bytes(otava.export(series(run)))
    (tmp_path / "otava.yaml").write_text(
        "tests:\n  backprop:\n    type: csv\n    file: o.csv\n    time_column: time\n"
        "    attributes: [commit, run, machine]\n    metrics:\n"
        '      row_major: {column: "backprop[row_major-M-float64-C-1t]", direction: -1}\n'
    )
    printed = tool("otava.main", "analyze", "backprop", OTAVA_CONFIG="otava.yaml")
    assert "run-8" in printed
    assert "0.0030" in printed


def exported(runs):
    """Return the tidy CSV of runs, its parts together."""
    return b"".join(csv.export(runs))


def test_tidy_csv_has_every_sample_once_with_its_round(run):
    frame = pd.read_csv(BytesIO(exported([run])))
    for arm in run.arms:
        if "dropped" not in arm.name:
            of_arm = frame[(frame["case"] == arm.case.id) & (frame["again"] == arm.again)]
            assert list(of_arm["seconds_per_call"]) == pytest.approx(samples(run, arm))
            assert of_arm["round"].nunique() == 8
    assert set(frame["implementation"]) == {"loop_hoisted", "row_major", "inplace"}


def test_tidy_csv_of_several_runs_leaves_out_one_without_a_time(run):
    frame = pd.read_csv(BytesIO(exported([make_run(USUAL[3:]), replace(run, id="one"), replace(run, id="two")])))
    assert list(dict.fromkeys(frame["run"])) == ["one", "two"]
    assert frame["pid"].dtype == int


def test_tidy_csv_marks_discarded_rounds_instead_of_dropping_them():
    frame = pd.read_csv(BytesIO(exported([make_run(USUAL[:2], discarded=(3,))])))
    assert set(frame.loc[frame["round"] == 3, "discarded"]) == {"the clock jumped by 3 s"}
    assert frame.loc[frame["round"] != 3, "discarded"].isna().all()


def test_text_in_a_table_is_never_a_formula_nor_an_escape_sequence(hostile):
    others = (otava.export, markdown.export, bencher.export, github_action.export)
    for data in (exported([hostile]), *(export([hostile]) for export in others)):
        text = data.decode()
        assert "\x1b" not in text
        assert "\\u001b" not in text
    cells = pd.read_csv(BytesIO(exported([hostile])))["implementation"]
    assert not any(str(cell).startswith(("=", "@", "+", "-")) for cell in cells)


def test_markdown_has_the_answer_and_every_case_with_its_outcome():
    text = markdown.export([make_run()]).decode()
    assert "`row_major` computes backprop 23.99 times [23.97, 24.01]" in text
    assert "| dropped | - | - | wrong | - |" in text
    assert "Files:" not in text


def test_markdown_of_what_has_no_time_says_so():
    assert "No implementation of backprop has a time" in markdown.export([make_run(USUAL[3:])]).decode()
    assert {one.outcome for one in USUAL[3:]} == {Outcome.WRONG, Outcome.UNAVAILABLE}


if __name__ == "__main__":
    for name, export in FILES.items():
        (GOLDEN / name).write_bytes(export([make_run()]))
