"""`implbench report --html`: the page beside the report, with the history of its cases."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.html import PAGE
from bench.store import documents
from tests.builders import make_run
from tests.histories import write

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture
def results(tmp_path):
    write(tmp_path / "results", 12)
    return tmp_path / "results"


def report(results, *arguments):
    """Return the files that were written."""
    output = results.parent / "reports"
    assert main(["report", *arguments, "--results", str(results), "--output", str(output), "--json"]) == Exit.FINE
    return [file for file in output.rglob("*") if file.is_file()]


def data(files):
    (page,) = [file for file in files if file.name == PAGE]
    text = page.read_text(encoding="utf-8")
    return text, json.loads(text.partition('id="data">')[2].partition("</script>")[0])


def test_without_the_option_there_is_no_page(results):
    assert not [file for file in report(results) if file.name == PAGE]


def test_the_page_is_written_beside_the_report_and_named_among_its_files(results, capsys):
    files = report(results, "--html")
    place = results.parent / "reports" / "20260101T110000Z-backprop"
    assert [file for file in files if file.name == PAGE] == [place / PAGE]
    assert json.loads(capsys.readouterr().out)["files"][-1].endswith(PAGE)


def test_earlier_runs_of_the_same_cases_on_the_same_machine_are_its_history(results):
    text, found = data(report(results, "--html"))
    charts = [chart for name, chart in found["charts"].items() if name.startswith("history-")]
    assert len(charts) == 3
    assert {len(chart["series"][0]["points"]) for chart in charts} == {12}
    assert '<section id="history"' in text
    assert "history.csv" in found["files"]


def test_a_run_alone_has_no_history(tmp_path):
    write(tmp_path / "results", 1)
    text, found = data(report(tmp_path / "results", "--html"))
    assert '<section id="history"' not in text
    assert not [name for name in found["charts"] if name.startswith("history-")]


def test_a_run_from_elsewhere_has_no_history_of_this_folder(results):
    run = make_run(environment={"fingerprint": "ffffffffffff"})
    path = results.parent / "elsewhere.json"
    documents.write_atomically(path, documents.whole(run))
    text, _found = data(report(results, str(path), "--html"))
    assert '<section id="history"' not in text


def test_the_page_decides_by_the_margin_that_is_asked_for(results):
    _text, found = data(report(results, "--html", "--margin", "20%"))
    assert found["margin"] == 0.2
