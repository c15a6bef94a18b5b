"""Where what is only needed while measuring lies, and that it is gone afterwards."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.errors import ImplbenchError, NothingMeasured
from bench.measure import workspace
from bench.measure.worker_process import Ended
from bench.measure.workspace import SCRATCH, scratch
from bench.problems.case import Size
from bench.store.worker_records import Outcome
from bench.worker.protocol import InputsWritten
from tests.builders import USUAL, make_run
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
    monkeypatch.setattr(workspace, "_memory", lambda: tmp_path / memory if memory else None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with scratch() as place:
        assert place.parent == tmp_path / (memory or "temporary")


def test_a_place_that_is_not_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(SCRATCH, str(tmp_path / "nowhere"))
    with pytest.raises(ImplbenchError, match=r"nowhere: no folder can be made there: No such file"), scratch():
        pass


def test_memory_is_a_folder_that_can_be_written_or_none():
    place = workspace._memory()
    assert place is None or Path(place).is_dir()


def test_memory_with_little_room_as_in_a_container_is_not_used(monkeypatch):
    monkeypatch.setattr("os.access", lambda place, mode: True)
    room = shutil.disk_usage(Path.cwd())._replace(free=64 * 2**20)
    monkeypatch.setattr("shutil.disk_usage", lambda place: room)
    assert workspace._memory() is None
    monkeypatch.setattr("shutil.disk_usage", lambda place: room._replace(free=workspace.LEAST_ROOM_BYTES))
    assert workspace._memory() == Path("/dev/shm")


class Writers:
    """An executor whose first writer of some inputs ends early; it counts those that are at work."""

    def __init__(self, ends):
        self._ends = ends
        self._lock = threading.Lock()
        self._working = 0
        self.asked = []

    def write_inputs(self, case, source, folder, *, seed):
        with self._lock:
            self._working += 1
            beside = self._working - 1
            ends = self._ends.get(case.size.name, Outcome.OK) if case.size.name not in self.asked else Outcome.OK
            self.asked.append(case.size.name)
        folder.mkdir()
        with self._lock:
            self._working -= 1
        if ends != Outcome.OK:
            return Ended(ends, f"it was {ends}")
        return InputsWritten(matrices=(), work={"others": beside}, numeric_stack={})


@pytest.mark.parametrize("ended", [Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT])
def test_inputs_that_were_not_made_for_want_of_room_are_made_again_alone_and_once(tmp_path, ended):
    usual, source = make_run(USUAL).arms[0].case, SimpleNamespace(problem=SimpleNamespace(file=tmp_path / "problem.py"))
    cases = [replace(usual, size=Size(name=name, values={"m": m})) for name, m in (("L", 9), ("M", 4), ("S", 1))]
    writers = Writers({"L": ended, "S": Outcome.FAILED})
    inputs = workspace._Inputs(writers, tmp_path, 1, tell=lambda doing: None)
    inputs.write_all([(case, source) for case in cases])
    assert writers.asked[3:] == ["L"]
    assert inputs.of(cases[0], source)[1].work == {"others": 0}
    with pytest.raises(NothingMeasured, match="it was failed"):
        inputs.of(cases[2], source)
