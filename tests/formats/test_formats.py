"""`implbench export` and `implbench import`: the table of formats, stdout and files, and each mistake one sentence."""

import json
import re
from pathlib import Path

import pytest

from bench import formats
from bench.cli import parser
from bench.cli.main import main
from bench.errors import Exit, ImplbenchError, NothingMeasured
from bench.formats import timed_cases
from bench.formats.imported import Origin
from bench.store import documents
from bench.store.journal import Journal
from bench.store.worker_records import Outcome
from tests.builders import USUAL, Spec, make_run

DOCS = Path(__file__).parent.parent.parent / "docs" / "formats.md"
FOLDERS = {"asv", "pyperf"}
ORIGIN = Origin(file="o.json", sha256="ab" * 32, modified="2026-11-23T10:00:00Z")


@pytest.fixture
def results(run, tmp_path):
    """Return a results folder that holds the run."""
    with Journal(tmp_path / "results", run) as journal:
        journal.close()
    return str(tmp_path / "results")


@pytest.fixture
def file(results, tmp_path):
    """Return a file of pytest-benchmark's."""
    path = tmp_path / "o.json"
    assert main(["export", "--format", "pytest-benchmark", "--results", results, "--output", str(path)]) == Exit.FINE
    return path


@pytest.mark.parametrize("name", formats.names())
def test_every_format_is_in_the_help_and_in_the_docs(name, capsys):
    with pytest.raises(SystemExit):
        parser.parser().parse_args(["export", "--help"])
    assert name in capsys.readouterr().out.replace("-\n", "-")
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", formats.names())
def test_every_format_is_a_file_on_stdout_or_a_folder(name, results, tmp_path, capsys):
    folder = tmp_path / "folder"
    output = ["--output", str(folder)] if name in FOLDERS else []
    assert main(["export", "--format", name, "--results", results, *output]) == Exit.FINE
    printed = capsys.readouterr()
    assert bool(printed.out) != folder.exists() == (name in FOLDERS)
    lost = "left out: backprop[dropped-M-float64-C-1t], wrong (grad_w1 is 3.2 tolerances off)"
    assert (f"implbench: {lost}\n" in printed.err) == (name != "markdown")


@pytest.mark.parametrize("name", formats.names())
def test_the_same_run_gives_the_same_bytes(name, run):
    first, second = (formats.format_of(name).export([run]) for _time in range(2))
    assert first == second if isinstance(first, bytes | dict) else [*first] == [*second]


@pytest.mark.parametrize("name", formats.names())
def test_no_path_leaves_the_folder_whatever_the_names(name, hostile):
    made = formats.format_of(name).export([hostile])
    for path in made if isinstance(made, dict) else ():
        assert not path.startswith(("/", "."))
        assert ".." not in Path(path).parts


@pytest.mark.parametrize("name", sorted(set(formats.names()) - {"markdown"}))
def test_a_run_without_a_time_has_nothing_to_export(name, run):
    with pytest.raises(NothingMeasured, match="has a time: there is nothing to export"):
        formats.format_of(name).export([make_run(USUAL[3:], environment=run.environment)])


def test_each_case_without_a_time_is_named_with_its_reason():
    sentences = timed_cases.left_out(
        [make_run([*USUAL, Spec(name="x\x1b[0m", outcome=Outcome.CRASHED, reason="\x07signal")])]
    )
    assert sentences == (
        "left out: backprop[dropped-M-float64-C-1t], wrong (grad_w1 is 3.2 tolerances off)",
        "left out: backprop[x-M-float64-C-1t], crashed (signal)",
        "left out: backprop[jit-M-float64-C-1t], unavailable (needs numba)",
    )


@pytest.mark.parametrize("environment", [{}, {"cpu": 3, "commit": [], "fingerprint": {"a": 1}}])
@pytest.mark.parametrize("name", sorted(set(formats.names()) - {"asv"}))
def test_a_record_that_knows_nothing_of_the_machine_is_exported_all_the_same(name, environment):
    assert formats.format_of(name).export([make_run(environment=environment)])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["export", "--format", "xml"], "unknown format 'xml': choose from asv, bencher, csv"),
        (["export"], "required: --format"),
        (["export", "--format", "asv"], "asv is a folder of files: say where to write it, by --output FOLDER"),
        (["export", "--format", "csv", "nope"], "holds no run 'nope'"),
        (["import"], "required: file"),
        (["import", "no/such.json"], "no/such.json: cannot be read"),
    ],
)
def test_each_mistake_is_one_sentence_and_exit_2(words, told, results, capsys):
    assert main([*words, "--results", results]) == Exit.USAGE
    printed = capsys.readouterr().err
    assert told in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"{",
        b"\xff\xfe",
        b"\x1f\x8b\x08",
        b'{"benchmarks":["\xff"]}',
        b'"' + b"[" * 10**6,
        b"[" * 10**6,
        b'{"benchmarks":NaN}',
    ],
)
def test_what_is_no_result_of_another_tool_is_one_sentence(data):
    with pytest.raises(ImplbenchError, match=r"is no result|is no whole result|cannot be unpacked") as caught:
        formats.read(data, ORIGIN)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("undrawn")
def test_an_import_becomes_a_run_of_the_history_that_can_be_reported_and_exported_again(file, tmp_path, capsys):
    imported = str(tmp_path / "imported")
    assert main(["import", str(file), "--results", imported, "--json"]) == Exit.FINE
    (written,) = json.loads(capsys.readouterr().out)
    assert documents.read(Path(written["document"])).id == written["run"]
    assert list(Path(imported).iterdir()) == [Path(written["document"])]
    assert main(["report", "--results", imported, "--output", str(tmp_path / "reports")]) == Exit.FINE
    (page,) = tmp_path.glob("reports/*/report.md")
    text = page.read_text(encoding="utf-8")
    assert "Warning: imported from pytest-benchmark 5.3.1: nothing was verified" in text
    assert "Noise floor: unknown, there is no baseline." in text
    again = tmp_path / "again.json"
    assert main(["export", "--format", "pytest-benchmark", "--results", imported, "--output", str(again)]) == Exit.FINE
    first, second = (json.loads(path.read_text())["benchmarks"] for path in (file, again))
    assert [one["stats"] for one in first] == [one["stats"] for one in second]


def stored(tmp_path, *benchmarks):
    """Write a file as pytest-benchmark stores it, of benchmarks by name and median."""
    path = tmp_path / "0001_stored.json"
    found = [{"fullname": name, "stats": {"median": seconds, "iterations": 1}} for name, seconds in benchmarks]
    path.write_text(json.dumps({"machine_info": {"node": "box"}, "benchmarks": found, "version": "5.1.0"}))
    return str(path)


def test_what_is_skipped_is_named_with_its_reason(tmp_path, capsys):
    words = ["import", stored(tmp_path, ("a", 1e-3), ("b", -1.0)), "--results", str(tmp_path / "r")]
    assert main(words) == Exit.FINE
    assert "implbench: skipped: b has a sample of -1.0 s" in capsys.readouterr().err
    assert main([*words, "--json"]) == Exit.FINE
    (told,) = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in told["skipped"]] == ["b"]


def test_a_foreign_run_is_reported_exported_listed_and_has_a_history(tmp_path, capsys):
    results = ["--results", str(tmp_path / "r")]
    assert main(["import", stored(tmp_path, ("a", 1e-3), ("b", 2e-3), ("c", None)), *results]) == Exit.FINE
    for words in (
        ["report", "--html", "--output", str(tmp_path / "o")],
        ["index", "--output", str(tmp_path / "s")],
        ["history"],
        *(["export", "--format", name, "--output", str(tmp_path / name)] for name in formats.names() if name != "asv"),
    ):
        assert main([*words, *results]) == Exit.FINE, words
    (page,) = tmp_path.glob("o/*/report.md")
    text = page.read_text(encoding="utf-8")
    assert "2 of 2 times are the median that pytest-benchmark 5.1.0 stored" in text
    assert "unsupported: has neither samples nor their median" in text
    assert "2 cases of pytest-benchmark have a time, and none is called faster than another" in text


def test_the_same_file_twice_is_the_same_run(file, tmp_path):
    imported = tmp_path / "imported"
    for _ in range(2):
        assert main(["import", str(file), "--results", str(imported)]) == Exit.FINE
    assert len(list(imported.iterdir())) == 1


def test_a_record_of_an_import_holds_no_path_of_the_machine(file, tmp_path):
    main(["import", str(file), "--results", str(tmp_path / "imported")])
    (document,) = (tmp_path / "imported").iterdir()
    assert str(tmp_path) not in document.read_text(encoding="utf-8")
    assert documents.read(document).settings.command == ("implbench", "import", "o.json")


def test_nothing_is_written_where_one_of_several_files_is_wrong(file, tmp_path, capsys):
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    assert main(["import", str(file), str(wrong), "--results", str(tmp_path / "imported")]) == Exit.USAGE
    assert capsys.readouterr().err == (
        f"implbench: {wrong}: is no result of pytest-benchmark or pyperf: it holds no benchmarks\n"
    )
    assert not (tmp_path / "imported").exists()


def test_every_command_of_the_docs_is_one_that_the_parser_knows():
    lines = re.findall(r"^implbench (.*)$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) >= 8
    for line in lines:
        words = line.partition(" > ")[0].split()
        assert parser.parser().parse_args(words).command in ("export", "import")
