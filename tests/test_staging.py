"""Where what is only needed while measuring lies, and that it is gone afterwards."""

import shutil
from pathlib import Path

import pytest

from bench import staging
from bench.errors import ImplbenchError
from bench.staging import SCRATCH, scratch


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
    monkeypatch.setattr(staging, "_memory", lambda: tmp_path / memory if memory else None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with scratch() as place:
        assert place.parent == tmp_path / (memory or "temporary")


def test_a_place_that_is_not_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(SCRATCH, str(tmp_path / "nowhere"))
    with pytest.raises(ImplbenchError, match=r"nowhere: no folder can be made there: No such file"), scratch():
        pass


def test_memory_is_a_folder_that_can_be_written_or_none():
    place = staging._memory()
    assert place is None or Path(place).is_dir()


def test_memory_with_little_room_as_in_a_container_is_not_used(monkeypatch):
    monkeypatch.setattr("os.access", lambda place, mode: True)
    room = shutil.disk_usage(Path.cwd())._replace(free=64 * 2**20)
    monkeypatch.setattr("shutil.disk_usage", lambda place: room)
    assert staging._memory() is None
    monkeypatch.setattr("shutil.disk_usage", lambda place: room._replace(free=staging.LEAST_ROOM_BYTES))
    assert staging._memory() == Path("/dev/shm")
