"""Where what is only needed while measuring lies, that it is gone afterwards, and what killed runs have left too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.measure import scratch as place_of_scratch
from bench.measure.descendants import MARK
from bench.measure.scratch import PREFIX, SCRATCH, TEMPORARY, scratch
from tests.repositories import git


def test_scratch_may_lie_in_a_working_tree_and_is_asked_for_by_a_path_from_here(tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet")
    (tmp_path / "tmp").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(SCRATCH, "tmp")
    with scratch() as place:
        (place / "problem.py").write_text("")
        assert place.parent == tmp_path / "tmp"
        assert git(tmp_path, "status", "--porcelain") == ""


def test_scratch_lies_where_it_is_asked_for_and_is_removed_whatever_happens(tmp_path, monkeypatch):
    monkeypatch.setenv(SCRATCH, str(tmp_path))

    def interrupted():
        with scratch() as place:
            (place / "file").write_text("x")
            assert [entry.name for entry in tmp_path.iterdir()] == [place.name]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("memory", ["memory", None])
def test_without_a_wish_it_lies_in_memory_or_with_other_temporary_files(tmp_path, monkeypatch, memory):
    (tmp_path / "memory").mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.delenv(SCRATCH)
    monkeypatch.setattr(place_of_scratch, "_memory", lambda: tmp_path / memory if memory else None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with scratch() as place:
        assert place.parent == tmp_path / (memory or "temporary")


def test_a_place_that_is_not_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(SCRATCH, str(tmp_path / "nowhere"))
    with pytest.raises(ImplbenchError, match=r"nowhere: no folder can be made there: No such file"), scratch():
        pass


def test_memory_is_a_folder_that_can_be_written_or_none():
    place = place_of_scratch._memory()
    assert place is None or Path(place).is_dir()


def test_memory_with_little_room_as_in_a_container_is_not_used(monkeypatch):
    monkeypatch.setattr("os.access", lambda place, mode: True)
    room = shutil.disk_usage(Path.cwd())._replace(free=64 * 2**20)
    monkeypatch.setattr("shutil.disk_usage", lambda place: room)
    assert place_of_scratch._memory() is None
    monkeypatch.setattr("shutil.disk_usage", lambda place: room._replace(free=place_of_scratch.LEAST_ROOM_BYTES))
    assert place_of_scratch._memory() == Path("/dev/shm")


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """The place that is asked for, with the folder of a run that was killed."""
    monkeypatch.setenv(SCRATCH, str(tmp_path))
    (tmp_path / f"{PREFIX}killed1" / "inputs-0").mkdir(parents=True)
    return tmp_path


def test_what_a_killed_run_has_left_is_cleared_by_the_next_and_what_lives_stays(asked):
    with scratch() as first:
        assert list(asked.iterdir()) == [first]
        with scratch() as second:
            assert sorted(asked.iterdir()) == sorted([first, second])
        assert list(asked.iterdir()) == [first]


def test_what_the_workers_of_a_killed_run_have_left_running_is_ended_by_the_next(asked):
    code = "import time; time.sleep(1000)"
    marked = os.environ | {MARK: f"{PREFIX}killed1-00000007"}
    with subprocess.Popen([sys.executable, "-c", code], env=marked, start_new_session=True) as left:
        try:
            with scratch():
                assert left.wait(60) == -9
        finally:
            left.kill()


def test_what_is_somebody_elses_or_no_folder_is_left_alone(asked, monkeypatch):
    (asked / f"{PREFIX}link").symlink_to(asked / f"{PREFIX}killed1")
    (asked / f"{PREFIX}file").write_text("")
    before = set(asked.iterdir())
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with scratch() as place:
        assert set(asked.iterdir()) - {place} == before


def test_temporary_files_of_workers_lie_in_memory_only_if_that_was_asked_for(tmp_path, monkeypatch):
    for name in ("memory", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(place_of_scratch, "_memory", lambda: tmp_path / "memory")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv(SCRATCH, str(tmp_path / "memory"))
    with scratch() as place:
        assert (place / TEMPORARY).resolve().parent == place
    monkeypatch.delenv(SCRATCH)
    with scratch() as place:
        assert place.parent == tmp_path / "memory"
        assert (place / TEMPORARY).resolve().parent == tmp_path / "temporary"
    assert list(tmp_path.glob("*/*")) == []
