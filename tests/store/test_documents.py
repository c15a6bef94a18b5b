"""The only reader and writer of results/."""

from dataclasses import replace

import msgspec
import pytest

from bench.errors import ImplbenchError
from bench.store import documents
from bench.store.journal import Journal
from bench.store.records import Left
from bench.store.worker_records import Outcome
from tests.builders import make_run


@pytest.fixture
def run():
    return make_run(rounds=3)


def journal_of(run, folder):
    journal = Journal(folder, replace(run, rounds=(), id=""))
    for one in run.rounds:
        journal.append(one)
    return journal


def test_a_document_comes_back_as_it_was_written_and_the_journal_is_gone(tmp_path, run):
    written, path = journal_of(run, tmp_path).close()
    assert documents.read(path) == written
    assert written.rounds == run.rounds
    assert list(tmp_path.iterdir()) == [path]
    assert path.stem == written.id


def test_a_document_from_before_sources_were_kept_is_read_and_has_none(tmp_path, run):
    written, path = journal_of(replace(run, sources={"a": {"a.py": "1\n"}}), tmp_path).close()
    assert documents.read(path) == written
    lines = path.read_bytes().splitlines()
    assert lines[-2].startswith(b'"sources":')
    path.write_bytes(b"\n".join([*lines[:-3], lines[-3].rstrip(b","), lines[-1]]))
    assert documents.read(path) == replace(written, sources={})


def test_a_run_that_was_killed_is_read_from_its_journal_without_the_line_that_was_cut_off(tmp_path, run):
    with journal_of(run, tmp_path) as journal:
        pass  # as a killed process leaves it
    data = journal.path.read_bytes()
    journal.path.write_bytes(data[:-20])
    found = documents.read(journal.path)
    assert found.interrupted
    assert found.rounds == run.rounds[:2]


def test_a_line_in_the_middle_of_a_journal_that_is_damaged_is_told_and_not_skipped(tmp_path, run):
    with journal_of(run, tmp_path) as journal:
        pass
    lines = journal.path.read_bytes().split(b"\n")
    lines[1] = lines[1][:50]
    journal.path.write_bytes(b"\n".join(lines))
    with pytest.raises(ImplbenchError, match="is no whole result"):
        documents.read(journal.path)


def test_cases_that_are_left_after_all_are_no_arms_any_more(tmp_path, run):
    journal = journal_of(run, tmp_path)
    gone = run.arms[0].case
    journal.leave([Left(case=gone, title="", outcome=Outcome.UNSUPPORTED, reason="would take too long")])
    written, path = journal.close()
    assert documents.read(path) == written
    assert gone not in [arm.case for arm in written.arms]
    assert [one.reason for one in written.left if one.case == gone] == ["would take too long"]
    assert len(written.arms) == len(run.arms) - 2  # it was the baseline, which is there twice


def test_a_run_without_a_round_leaves_no_file(tmp_path, run):
    written, path = Journal(tmp_path, replace(run, rounds=())).close(interrupted=True)
    assert path is None
    assert written.interrupted
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data[:-100], "truncated"),
        (lambda data: data.replace(b'"index":1', b'"index":"1"'), r"Expected `int`, got `str` - at `\$\.rounds"),
        (lambda data: data.replace(b'"margin":0.03', b'"margin":NaN'), "malformed"),
        (lambda data: data.replace(b'"schema":2', b'"schema":7'), "schema 7"),
        (lambda data: b"\xff\xfe", "malformed|invalid"),
    ],
)
def test_a_damaged_document_is_named_with_what_is_wrong(tmp_path, run, change, told):
    _, path = journal_of(run, tmp_path).close()
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ImplbenchError, match=told) as caught:
        documents.read(path)
    assert str(path) in str(caught.value)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "a.json"
    target.write_text("before")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(documents.os, "fsync", full)
    with pytest.raises(ImplbenchError, match="No space left on device"):
        documents.write_atomically(target, b"after")
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]
    assert target.read_text() == "before"


def test_a_folder_that_is_a_file_is_no_results_folder(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(ImplbenchError, match="cannot be written"):
        documents.require_writable(tmp_path / "results")


def test_a_run_is_found_by_path_by_the_beginning_of_its_id_and_as_the_latest(tmp_path):
    for name in ("20260101T000000Z-a-1", "20260102T000000Z-a-2", "20260102T000001Z-a-3"):
        (tmp_path / f"{name}.json").write_text("{}")
    assert documents.find(tmp_path, None).name == "20260102T000001Z-a-3.json"
    assert documents.find(tmp_path, "20260101").name == "20260101T000000Z-a-1.json"
    assert documents.find(tmp_path, str(tmp_path / "20260101T000000Z-a-1.json")).is_file()
    with pytest.raises(ImplbenchError, match="begins 2 runs"):
        documents.find(tmp_path, "20260102")
    with pytest.raises(ImplbenchError, match="no run 'x'"):
        documents.find(tmp_path, "x")


def test_a_document_is_plain_json_with_a_line_for_each_round(tmp_path, run):
    _, path = journal_of(run, tmp_path).close()
    assert len(msgspec.json.decode(path.read_bytes())["rounds"]) == 3
    assert sum(line.startswith(b'{"index"') for line in path.read_bytes().splitlines()) == 3
