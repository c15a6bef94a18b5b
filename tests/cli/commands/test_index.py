"""`implbench index`: one line for people, JSON for a program, and what cannot be read on stderr."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit
from tests.histories import write


@pytest.fixture
def results(tmp_path):
    write(tmp_path / "results", 2)
    (tmp_path / "results" / "20260101T230000Z-broken.json").write_text("{")
    return tmp_path / "results"


def index(results, *arguments):
    return main(["index", "--results", str(results), "--output", str(results.parent / "site"), *arguments])


def test_it_says_what_was_made_and_what_was_kept(results, capsys):
    assert index(results) == Exit.FINE
    captured = capsys.readouterr()
    assert (
        captured.out.strip() == f"written: {results.parent / 'site' / 'index.html'}, 2 runs (2 made, 0 kept), 1 history"
    )
    assert captured.err.count("20260101T230000Z-broken.json") == 1
    assert index(results) == Exit.FINE
    assert "2 runs (0 made, 2 kept)" in capsys.readouterr().out


def test_a_program_gets_numbers(results, capsys):
    assert index(results, "--json") == Exit.FINE
    told = json.loads(capsys.readouterr().out)
    assert (told["runs"], told["made"], told["histories"], len(told["left_out"])) == (2, 2, 1, 1)
    assert told["index"] == str(results.parent / "site" / "index.html")


def test_a_folder_that_is_not_there_is_a_mistake_in_use(tmp_path, capsys):
    assert index(tmp_path / "nowhere") == Exit.USAGE
    assert "no such folder" in capsys.readouterr().err
