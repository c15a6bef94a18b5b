"""Runs that were ended from outside: which of them goes on, and that only one process takes it."""

import os

import pytest
from msgspec.structs import replace

from bench.errors import ImplbenchError
from bench.store import documents, interrupted
from bench.store.journal import Journal
from bench.store.records import Basis
from tests.builders import make_run

BASIS = Basis(clock_s=(1.0,), end_s=2.0, start_ns=3, bursts={})


def journal_of(folder, *, rounds=2, created="2026-11-23T12:00:00Z"):
    """Return the journal of a run that goes on, with some rounds."""
    run = make_run(rounds=rounds, created=created)
    journal = Journal(folder, replace(run, rounds=(), id=""), basis=lambda: BASIS)
    for one in run.rounds:
        journal.append(one)
    return journal


def left(folder, **how):
    """Return the path of a journal whose process was killed."""
    journal = journal_of(folder, **how)
    journal._file.close()
    return journal.path


def test_the_latest_that_nobody_has_is_taken_with_all_it_needs(tmp_path):
    left(tmp_path, created="2026-01-01T00:00:00Z")
    latest = left(tmp_path, created="2026-01-02T00:00:00Z", rounds=3)
    journal_of(tmp_path, created="2026-01-03T00:00:00Z").close()
    live = journal_of(tmp_path, created="2026-01-04T00:00:00Z")
    with interrupted.taken(tmp_path, None) as after:
        assert after.path == latest
        assert after.kept == tuple((one, BASIS) for one in make_run(rounds=3).rounds)
        assert (after.begun.arms, after.begun.left) == (after.run.arms, after.run.left)
    live.close()


def test_a_run_is_taken_once(tmp_path):
    path = left(tmp_path)
    again = interrupted.taken(tmp_path, path.name[:12])
    with (
        interrupted.taken(tmp_path, None),
        pytest.raises(ImplbenchError, match="goes on in another process"),
        again,
    ):
        pass


def test_a_run_that_lives_is_not_taken(tmp_path):
    live = journal_of(tmp_path)
    for name in (None, str(live.path)):
        with pytest.raises(ImplbenchError, match="goes on in another process"), interrupted.taken(tmp_path, name):
            pass
    live.close()


def test_a_finished_run_is_told_and_so_is_that_there_is_none(tmp_path):
    with pytest.raises(ImplbenchError, match="holds no run that was interrupted"), interrupted.taken(tmp_path, None):
        pass
    _, path = journal_of(tmp_path).close()
    with pytest.raises(ImplbenchError, match="is a finished run"), interrupted.taken(tmp_path, str(path)):
        pass


def test_a_run_from_before_runs_could_go_on_is_told(tmp_path):
    run = make_run(rounds=1)
    journal = Journal(tmp_path, replace(run, rounds=(), id=""))
    journal.append(run.rounds[0])
    journal._file.close()
    told = "does not say how it would have gone on"
    with pytest.raises(ImplbenchError, match=told), interrupted.taken(tmp_path, None):
        pass


def test_the_document_that_ctrl_c_leaves_is_taken_and_its_unfinished_round_is_not(tmp_path):
    journal = journal_of(tmp_path)
    unfinished = replace(make_run(rounds=3).rounds[2], discarded="the run was interrupted in it")
    journal.append(unfinished)
    run, path = journal.close(interrupted=True)
    assert run.rounds[-1].unfinished
    with interrupted.taken(tmp_path, None) as after:
        assert after.path == path
        assert [one.index for one, _ in after.kept] == [0, 1]


def test_the_journal_of_a_run_that_goes_on_takes_the_place_of_what_was_left(tmp_path):
    _, document = journal_of(tmp_path).close(interrupted=True)
    with interrupted.taken(tmp_path, None) as after:
        begun = Journal(tmp_path, replace(after.run, rounds=(), begun=None), basis=lambda: BASIS, after=after)
        assert list(tmp_path.iterdir()) == [begun.path]
        assert documents.read(begun.path).rounds == after.run.rounds
        for one, _ in after.kept:
            begun.append(one)
        begun._file.close()
    assert not document.exists()
    with interrupted.taken(tmp_path, None) as again:
        assert again.path == begun.path
        assert again.kept == after.kept


def test_an_end_before_the_rounds_are_gone_through_once_more_loses_none(tmp_path):
    path = left(tmp_path)
    with interrupted.taken(tmp_path, None) as after:
        begun = Journal(tmp_path, replace(after.run, rounds=(), begun=None), basis=lambda: BASIS, after=after)
        begun.append(after.kept[0][0])
        run, document = begun.close(interrupted=True)
    assert not path.exists()
    assert documents.read(document) == run
    assert run.rounds == after.run.rounds
    assert run.begun.basis == (BASIS, BASIS)


def test_a_journal_that_is_its_document_already_gets_its_name(tmp_path):
    run, document = journal_of(tmp_path).close()
    document.rename(tmp_path / f"20261123T120000Z-backprop-0{documents.JOURNAL}")
    (path,) = tmp_path.iterdir()
    assert documents.read(path) == run
    documents.clear(tmp_path)
    assert list(tmp_path.iterdir()) == [document]


def test_what_was_half_written_is_cleared_unless_its_process_lives(tmp_path):
    target = tmp_path / f"20261123T120000Z-backprop-0{documents.DOCUMENT}"
    abandoned, _ = documents.nameless(target)
    abandoned.close()
    living, name = documents.nameless(target)
    (tmp_path / f".{target.name}-12345678").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / f".{target.name}-abcdefgh")
    documents.clear(tmp_path)
    assert name.exists()
    assert len(list(tmp_path.iterdir())) == 3
    living.close()


def test_a_name_in_a_file_leads_nowhere_else(tmp_path):
    folder = tmp_path / "results"
    run, document = journal_of(folder).close()
    data = document.read_bytes().replace(run.id.encode(), b"../../" + run.id.encode())
    document.unlink()
    (folder / f"20261123T120000Z-backprop-0{documents.JOURNAL}").write_bytes(data)
    documents.clear(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
