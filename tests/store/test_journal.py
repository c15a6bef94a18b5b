"""A run while it is made: nothing of it is lost, whatever ends it."""

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from itertools import zip_longest

import pytest
from msgspec.structs import replace

from bench.errors import ImplbenchError
from bench.store import documents, journal
from bench.store.journal import Journal
from bench.store.records import Left
from bench.store.worker_records import Outcome
from tests.builders import journal_of, make_run


@pytest.fixture
def run():
    return make_run(rounds=3)


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
    gone = run.arms[0].case
    names = {arm.name for arm in run.arms if arm.case == gone}
    rounds = [replace(one, workers=tuple(w for w in one.workers if w.arm not in names)) for one in run.rounds]
    journal = journal_of(replace(run, rounds=tuple(rounds)), tmp_path)
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


@contextmanager
def room(limit):
    """Let no file of this process grow beyond so many bytes, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_error_of_any_kind_leaves_a_document_of_the_rounds_before_and_says_where_it_is(tmp_path, run):
    with pytest.raises(ZeroDivisionError) as caught, journal_of(run, tmp_path):
        1 / 0  # noqa: B018
    (path,) = tmp_path.iterdir()
    found = documents.read(path)
    assert (found.rounds, found.interrupted) == (run.rounds, True)
    assert caught.value.__notes__ == [f"what was measured is kept: implbench report {path}"]


def test_an_error_before_the_first_round_leaves_no_file_and_says_nothing_of_one(tmp_path, run):
    with pytest.raises(ZeroDivisionError) as caught, journal_of(replace(run, rounds=()), tmp_path):
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []
    assert not hasattr(caught.value, "__notes__")


def test_a_disk_that_is_full_at_the_first_line_leaves_no_file(tmp_path, run):
    with pytest.raises(ImplbenchError, match="cannot be written"), room(100):
        Journal(tmp_path, replace(run, rounds=()))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_in_the_middle_of_a_round_leaves_the_rounds_before_in_the_journal(tmp_path, run):
    def fill(begun):
        begun.append(run.rounds[0])
        begun.append(run.rounds[1])
        with room(begun.path.stat().st_size + 1):
            try:
                begun.append(run.rounds[2])
            except ImplbenchError as error:
                begun.__exit__(type(error), error, None)
                raise

    with pytest.raises(ImplbenchError, match="cannot be written") as caught:
        fill(Journal(tmp_path, replace(run, rounds=(), id="")))
    (path,) = tmp_path.iterdir()
    assert path.name.endswith(documents.JOURNAL)
    assert documents.read(path).rounds == run.rounds[:2]
    assert caught.value.__notes__ == [f"what was measured is kept: implbench report {path}"]


def test_a_disk_that_is_full_in_the_first_round_leaves_the_document_in_the_temporary_folder(tmp_path, run, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))

    def full(path, data):
        if path.parent == tmp_path / "results":
            raise ImplbenchError("no room")
        documents.write_atomically(path, data)

    begun = Journal(tmp_path / "results", replace(run, rounds=(), id=""))
    monkeypatch.setattr(journal, "write_atomically", full)
    monkeypatch.setattr(begun, "_write", lambda line: full(begun.path, line))
    with pytest.raises(ImplbenchError, match="no room") as caught, begun:
        begun.append(run.rounds[0])
    assert list((tmp_path / "results").iterdir()) == []
    (path,) = (tmp_path / "temporary").iterdir()
    assert documents.read(path).rounds == run.rounds[:1]
    assert caught.value.__notes__ == [f"what was measured is kept: implbench report {path}"]


def test_a_results_folder_that_vanishes_is_made_again(tmp_path, run):
    folder = tmp_path / "results"
    begun = journal_of(run, folder)
    shutil.rmtree(folder)
    written, path = begun.close()
    assert list(folder.iterdir()) == [path]
    assert documents.read(path) == written


def test_where_the_results_folder_can_no_longer_be_there_the_document_is_in_the_temporary_folder(
    tmp_path, run, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    folder = tmp_path / "results"
    begun = journal_of(run, folder)
    shutil.rmtree(folder)
    folder.write_text("no folder any more")
    with pytest.raises(ImplbenchError, match="cannot be written") as caught, begun:
        begun.close()
    (path,) = (tmp_path / "temporary").iterdir()
    assert documents.read(path).rounds == run.rounds
    assert caught.value.__notes__ == [f"what was measured is kept: implbench report {path}"]


def test_a_run_ends_before_its_document_is_too_large_to_be_read_again(tmp_path, run, monkeypatch):
    begun = Journal(tmp_path, replace(run, rounds=(), id=""))
    begun.append(run.rounds[0])
    monkeypatch.setattr(journal, "MOST_BYTES", begun.path.stat().st_size + 10)
    with pytest.raises(ImplbenchError, match="no document holds more"), begun:
        begun.append(run.rounds[1])
    (path,) = tmp_path.iterdir()
    assert documents.read(path).rounds == run.rounds[:1]


def test_two_runs_that_are_made_at_once_in_one_folder_lose_nothing(tmp_path, run):
    other = make_run(rounds=2, seed=8)
    first, second = (Journal(tmp_path, replace(one, rounds=())) for one in (run, other))
    for one, another in zip_longest(run.rounds, other.rounds):
        first.append(one)
        if another:
            second.append(another)
    paths = [begun.close()[1] for begun in (second, first)]
    assert [documents.read(path).rounds for path in paths] == [other.rounds, run.rounds]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_round_is_on_the_disk_before_the_next_one_starts(tmp_path, run, monkeypatch):
    synced = []
    monkeypatch.setattr(journal.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    begun = Journal(tmp_path, replace(run, rounds=()))
    begun.append(run.rounds[0])
    assert synced[-1] == begun.path.stat().st_size
    begun._file.close()


def test_an_interruption_while_a_round_is_written_loses_nothing(tmp_path, run, monkeypatch):
    begun = Journal(tmp_path, replace(run, rounds=(), id=""))

    def interrupted(descriptor):
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(journal.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        begun.append(run.rounds[0])
    assert documents.read(begun.close(interrupted=True)[1]).rounds == run.rounds[:1]


def test_an_error_of_the_disk_is_one_sentence(tmp_path, run, monkeypatch):
    begun = journal_of(run, tmp_path)

    def broken(descriptor):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(journal.os, "fsync", broken)
    with pytest.raises(ImplbenchError, match=r"cannot be written \(Input/output error\)"), begun:
        begun.append(run.rounds[0])


WRITER = """
import sys
from msgspec.structs import replace
from pathlib import Path
from bench.store.journal import Journal
from tests.builders import make_run
run = make_run(rounds=40)
journal = Journal(Path(sys.argv[1]), replace(run, rounds=(), id=""))
for one in run.rounds:
    journal.append(one)
    print(one.index, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("last", ["0", "7", "23"])
def test_after_a_kill_every_round_that_was_finished_is_read(tmp_path, last):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        told = next(line for line in writer.stdout if line.strip() == last)
        writer.send_signal(signal.SIGKILL)
    (path,) = tmp_path.iterdir()
    found = documents.read(path)
    assert [one.index for one in found.rounds][: int(told) + 1] == list(range(int(told) + 1))
    assert found.rounds == make_run(rounds=40).rounds[: len(found.rounds)]
