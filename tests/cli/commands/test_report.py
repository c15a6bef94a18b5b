"""`implbench report` of one run and of several, from stored documents."""

import json

import pytest
from msgspec.structs import replace

from bench.cli.main import main
from bench.errors import Exit
from bench.store import documents
from tests.builders import USUAL, make_run

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


def test_what_is_to_be_opened_is_named_first_and_the_rest_is_counted(results, capsys):
    assert report(results, "20261123", "--html") == Exit.FINE
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert (first.rpartition("/")[2], second.rpartition("/")[2]) == ("report.html", "report.md")
    (folder,) = (results.parent / "reports").iterdir()
    assert rest == [
        f"beside it: {len(list(folder.iterdir())) - 2} files, its tables as CSV and its charts as SVG and PNG"
    ]


def test_several_runs_for_a_program(results, capsys):
    assert report(results, "20261121", "20261122", "--json", "--margin", "1%") == Exit.FINE
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == ["20261121T120000Z-backprop-00000001", "20261122T120000Z-backprop-00000002"]
    assert "The margin is 1 %." in (results.parent / told["files"][0]).read_text()


def test_runs_of_different_problems_are_a_mistake_in_use(results, capsys):
    assert report(results, "20261121", "20261123") == Exit.USAGE
    assert "different problems (backprop, matmul)" in capsys.readouterr().err
    assert not (results.parent / "reports").exists()


def test_the_report_says_what_changed_since_the_last_run_on_the_same_machine(tmp_path):
    folder, here = tmp_path / "results", {"fingerprint": "0123456789ab"}
    other = [replace(one, ms=1.5) if one.name == "row_major" else one for one in USUAL]
    for day, run in ((21, make_run(environment=here)), (22, make_run(problem="matmul", environment=here))):
        _keep(folder, day, run)
    _keep(folder, 23, make_run(environment={"fingerprint": "another"}))
    _keep(folder, 24, make_run(other, environment=here, seed=2))
    assert report(folder) == Exit.FINE
    (page,) = (tmp_path / "reports").glob("20261124*/report.md")
    assert "Since your last run (2026-11-21 12:00 UTC): `row_major` is faster beside the baseline" in page.read_text()
    assert report(folder, "20261121") == Exit.FINE
    (page,) = (tmp_path / "reports").glob("20261121*/report.md")
    assert "Since your last run" not in page.read_text()


def _keep(folder, day, run):
    run = replace(run, id=f"202611{day}T120000Z-{run.problem.name}-00000000", created=f"2026-11-{day}T12:00:00Z")
    documents.write_atomically(folder / f"{run.id}.json", documents.whole(run))


@pytest.mark.parametrize("there", [True, False])
def test_the_page_is_shown_in_a_browser_where_there_is_one(results, monkeypatch, capsys, there):
    shown = []
    monkeypatch.setattr("webbrowser.open", lambda address: bool(shown.append(address)) or there)
    assert report(results, "--open") == Exit.FINE
    assert [address.rpartition("/")[2] for address in shown] == ["report.html"]
    assert shown[0].startswith("file:///")
    assert ("there is no browser here" in capsys.readouterr().err) == (not there)
