"""The index of results/: derived, up to date, made anew when damaged, and never silent about what it leaves out."""

import os
import sqlite3

import pytest

from bench.analyse.history import Question
from bench.errors import ImplbenchError
from bench.store import documents, index, points
from bench.store.worker_records import Outcome
from tests.builders import Spec
from tests.histories import ELSEWHERE, HERE, machine, usual, write


@pytest.fixture
def told():
    return []


@pytest.fixture
def read(monkeypatch):
    """Return the names of the documents that are read."""
    names = []
    original = points.read

    def noting(path):
        names.append(path.name)
        return original(path)

    monkeypatch.setattr(points, "read", noting)
    return names


def series_of(folder, told, name="fast", at=HERE):
    def ask(found):
        (one,) = [one for one in found.series() if one.implementation == name]
        return found.entries(one, at)

    return index.consult(folder, ask, told.append)


def test_a_series_is_what_the_documents_say_oldest_first(tmp_path, told):
    paths = write(tmp_path, 5)
    entries = series_of(tmp_path, told)
    assert [entry.run for entry in entries] == [path.stem for path in paths]
    for path, entry in zip(paths, entries, strict=True):
        _origin, found = points.read(path)
        (point,) = [one for one in found if one.case.implementation == "fast"]
        assert (entry.seconds, entry.log_ratio) == (point.seconds, point.log_ratio)
        assert entry.commit == "a" * 40
    assert told == []


def test_documents_are_read_once(tmp_path, told, read):
    paths = write(tmp_path, 3)
    for _ in range(3):
        series_of(tmp_path, told)
    assert sorted(read) == [path.name for path in paths]


def test_new_changed_and_deleted_documents_are_seen(tmp_path, told, read):
    first, second, third = write(tmp_path, 3)
    before = series_of(tmp_path, told)
    read.clear()
    (fourth,) = write(tmp_path, 1, first=3)
    second.unlink()
    (changed,) = write(tmp_path, 1, first=2, specs=lambda _index: usual(99))
    assert changed == third
    after = series_of(tmp_path, told)
    assert sorted(read) == [third.name, fourth.name]
    assert [entry.run for entry in after] == [first.stem, third.stem, fourth.stem]
    assert after[1].seconds == pytest.approx(1.1 * before[2].seconds, rel=0.03)


def test_what_was_remembered_of_a_series_is_forgotten_when_it_changes(tmp_path, told):
    write(tmp_path, 2)

    def remember(found):
        for one in found.series():
            found.remember(one, HERE, "kept")

    def remembered(found):
        return {one.implementation: found.remembered(one, HERE) for one in found.series()}

    index.consult(tmp_path, remember, told.append)
    assert index.consult(tmp_path, remembered, told.append) == dict.fromkeys(("base", "fast", "calm"), "kept")
    (added,) = write(tmp_path, 1, first=2, specs=lambda index: usual(index)[:2])
    assert index.consult(tmp_path, remembered, told.append) == {"base": None, "fast": None, "calm": "kept"}
    index.consult(tmp_path, remember, told.append)
    added.unlink()
    assert index.consult(tmp_path, remembered, told.append) == {"base": None, "fast": None, "calm": "kept"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"not a database at all, but long enough to look at" * 100,
        lambda data: data[: len(data) // 2],
        lambda data: data[:4096] + b"\xff" * (len(data) - 4096),
        lambda data: data[:100] + b"\0" * 4000 + data[4100:],
    ],
    ids=["text", "cut", "pages", "first page"],
)
def test_a_damaged_index_is_made_anew_with_a_note(tmp_path, told, damage):
    write(tmp_path, 12)
    before = series_of(tmp_path, told)
    file = tmp_path / index.NAME
    file.write_bytes(damage(file.read_bytes()))
    assert series_of(tmp_path, told) == before
    (note,) = told
    assert note.startswith(f"{file}: is damaged")
    assert "made anew" in note
    told.clear()
    assert series_of(tmp_path, told) == before
    assert told == []


@pytest.mark.parametrize(
    "statement",
    [
        "update series set name = cast(x'ff' as text)",
        "update analyses set body = '{'",
        "update analyses set body = '[{}, {}]'",
        "update points set outcome = 'none'",
    ],
)
def test_a_sound_index_with_a_damaged_value_is_made_anew_with_a_note(tmp_path, told, statement):
    write(tmp_path, 2)
    before = index.consult(tmp_path, Question().ask, told.append)
    database = sqlite3.connect(tmp_path / index.NAME)
    with database:
        database.execute(statement)
    database.close()
    assert index.consult(tmp_path, Question().ask, told.append) == before
    (note,) = told
    assert "made anew" in note


def test_an_empty_index_and_one_of_another_version_are_made_anew_without_a_word(tmp_path, told, read):
    write(tmp_path, 2)
    before = series_of(tmp_path, told)
    (tmp_path / index.NAME).write_bytes(b"")
    assert series_of(tmp_path, told) == before
    with sqlite3.connect(tmp_path / index.NAME) as database:
        database.execute("pragma user_version = 1")
    database.close()
    assert series_of(tmp_path, told) == before
    assert len(read) == 6
    assert told == []


def test_where_the_index_cannot_be_written_it_is_made_in_memory(tmp_path, told):
    write(tmp_path, 2)
    (tmp_path / index.NAME).mkdir()
    assert len(series_of(tmp_path, told)) == 2
    assert "cannot be used" in told[0]
    assert "in memory" in told[0]


def test_a_corrupt_run_is_named_each_time_and_skipped(tmp_path, told, read):
    good, bad = write(tmp_path, 2)
    bad.write_bytes(bad.read_bytes()[:-500])
    (tmp_path / "20260102T000000Z-newer.json").write_text('{"schema": 99}')
    for _ in range(2):
        told.clear()
        assert [entry.run for entry in series_of(tmp_path, told)] == [good.stem]
        assert [note.partition(": ")[0] for note in told] == ["left out", "left out"]
        assert f"{bad}: is no whole result of implbench" in told[0]
        assert "is of schema 99" in told[1]
    assert read.count(bad.name) == 1
    write(tmp_path, 1, first=1)
    told.clear()
    assert len(series_of(tmp_path, told)) == 2
    assert len(told) == 1


def test_journals_are_left_out_and_told(tmp_path, told):
    write(tmp_path, 1)
    (tmp_path / "20260109T000000Z-backprop-7.journal.jsonl").write_text("{}")
    assert len(series_of(tmp_path, told)) == 1
    assert told == ["left out: 1 journal of runs that go on or were killed: 20260109T000000Z-backprop-7.journal.jsonl"]


def test_one_file_that_cannot_be_read_stops_none_of_the_others(tmp_path, told, monkeypatch):
    (sound,) = write(tmp_path, 1)
    data = sound.read_bytes()
    bad = {
        "deep": data.replace(b'"environment":{', b'"environment":{"a":' + b"[" * 10**5),
        "no-text": data.replace(b'"created":"', b'"created":"\xff'),
        "surrogate": data.replace(b'"created":"', b'"created":"\\ud800'),
        "empty": b"",
    }
    monkeypatch.setattr(documents, "LARGEST_BYTES", max(len(data), len(bad["deep"])))
    bad["large"] = b" " * (documents.LARGEST_BYTES + 1)
    for name, content in bad.items():
        (tmp_path / f"{name}.json").write_bytes(content)
    os.mkfifo(tmp_path / "fifo.json")
    os.mkfifo(tmp_path / f"fifo{documents.JOURNAL}")
    (tmp_path / "link.json").symlink_to(sound)
    (tmp_path / os.fsdecode(b"name\xff.json")).write_bytes(data)
    assert [entry.run for entry in series_of(tmp_path, told)] == [sound.stem]
    assert len(told) == 9
    assert all(sentence.startswith(f"left out: {tmp_path}/") for sentence in told)


def test_a_case_is_a_series_for_each_size_and_each_baseline(tmp_path, told):
    specs = usual(0)
    other = (Spec(name="calm", ms=5.0, baseline=True), specs[1], Spec(name="base", ms=10.0))
    write(tmp_path, 2)
    write(tmp_path, 1, first=2, specs=lambda _index: other)
    found = index.consult(tmp_path, lambda one: one.series(), told.append)
    fast = [one for one in found if one.implementation == "fast"]
    assert [one.baseline for one in fast] == ["backprop[base-M-float64-C-1t]", "backprop[calm-M-float64-C-1t]"]
    base = [one for one in found if one.implementation == "base"]
    assert [one.baseline for one in base] == ["backprop[base-M-float64-C-1t]", "backprop[calm-M-float64-C-1t]"]
    assert [one.is_baseline for one in base] == [True, False]


def test_machines_are_told_apart_that_with_most_runs_first(tmp_path, told):
    write(tmp_path, 3, environment=lambda index: machine(ELSEWHERE if index else HERE))
    found = index.consult(tmp_path, lambda one: one.machines(), told.append)
    assert [(one.fingerprint, one.cpu, one.runs) for one in found] == [(ELSEWHERE, "CPU ba", 2), (HERE, "CPU 01", 1)]
    assert len(series_of(tmp_path, told, at=ELSEWHERE)) == 2


def test_a_run_in_which_the_case_failed_stays_in_its_series(tmp_path, told):
    bad = (usual(0)[0], Spec(name="fast", outcome=Outcome.CRASHED, reason="signal 11"))
    write(tmp_path, 2, specs=lambda index: bad if index else usual(0))
    good, failed = series_of(tmp_path, told)
    assert good.outcome == Outcome.OK
    assert (failed.outcome, failed.seconds, failed.log_ratio) == (Outcome.CRASHED, None, None)


def test_a_folder_that_is_not_there_is_told(tmp_path, told):
    with pytest.raises(ImplbenchError, match="no such folder"):
        index.consult(tmp_path / "nowhere", lambda one: one.series(), told.append)


def test_a_first_index_of_many_runs_says_what_takes_so_long(tmp_path, told, monkeypatch):
    monkeypatch.setattr(index, "_ANNOUNCED_FROM", 2)
    write(tmp_path, 3)
    series_of(tmp_path, told)
    assert told == [f"{tmp_path}: reading 3 runs into the index, which takes some milliseconds each"]
    series_of(tmp_path, told)
    assert len(told) == 1
