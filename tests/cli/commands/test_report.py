"""`implbench report` of one run and of several, from stored documents."""

import json
from dataclasses import replace

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.store import documents
from tests.builders import make_run

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    for number in (1, 2, 3):
        run = make_run(seed=number, problem="matmul" if number == 3 else "backprop")
        run = replace(run, id=f"2026112{number}T120000Z-{run.problem.name}-0000000{number}")
        documents.write_atomically(folder / f"{run.id}.json", documents.whole(run))
    return folder


def report(results, *arguments):
    return main(["report", *arguments, "--results", str(results), "--output", str(results.parent / "reports")])


def test_without_a_name_the_latest_run_is_reported(results, capsys):
    assert report(results, "--json") == Exit.FINE
    told = json.loads(capsys.readouterr().out)
    assert told["run"] == "20261123T120000Z-matmul-00000003"
    assert told["files"][0].endswith("20261123T120000Z-matmul-00000003/report.md")


def test_several_runs_are_shown_and_written_to_a_folder_of_their_own(results, capsys):
    assert report(results, "20261121", "20261122") == Exit.FINE
    out = capsys.readouterr().out
    assert out.startswith("Of 2 cases that all runs timed beside `loop_hoisted`, the fastest is `row_major`")
    assert "Speed-up over the baseline by run" in out
    (folder,) = (results.parent / "reports").iterdir()
    assert folder.name.startswith("20261121T120000Z-backprop-00000001-and-1-more-")
    assert f"written: {folder / 'report.md'}" in out


def test_several_runs_for_a_program(results, capsys):
    assert report(results, "20261121", "20261122", "--json", "--margin", "1%") == Exit.FINE
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == ["20261121T120000Z-backprop-00000001", "20261122T120000Z-backprop-00000002"]
    assert "The margin is 1 %." in (results.parent / told["files"][0]).read_text()


def test_runs_of_different_problems_are_a_mistake_in_use(results, capsys):
    assert report(results, "20261121", "20261123") == Exit.USAGE
    assert "different problems (backprop, matmul)" in capsys.readouterr().err
    assert not (results.parent / "reports").exists()
