"""Where what is only needed while measuring lies, and that it is gone afterwards."""

import threading
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from bench.errors import OWN_ERROR, Exit, NothingMeasured
from bench.measure import workspace
from bench.measure.ended import Ended
from bench.problems.case import Size
from bench.store.worker_records import Outcome
from bench.worker.protocol import InputsWritten
from tests.builders import USUAL, make_run


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


@pytest.mark.parametrize(("cpus", "again"), [((0, 1), ["L"]), ((0,), [])])
@pytest.mark.parametrize("ended", [Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT])
def test_inputs_that_were_not_made_for_want_of_room_are_made_again_alone_and_once(
    tmp_path, monkeypatch, ended, cpus, again
):
    monkeypatch.setattr(workspace.hardware, "allowed_cpus", lambda: cpus)
    usual, source = make_run(USUAL).arms[0].case, SimpleNamespace(problem=SimpleNamespace(file=tmp_path / "problem.py"))
    cases = [replace(usual, size=Size(name=name, values={"m": m})) for name, m in (("L", 9), ("M", 4), ("S", 1))]
    writers = Writers({"L": ended, "S": Outcome.FAILED})
    inputs = workspace._Inputs(writers, tmp_path, 1, tell=lambda doing: None)
    inputs.write_all([(case, source) for case in cases])
    assert writers.asked[3:] == again
    for case, reason in ((cases[0], "" if again else f"it was {ended}"), (cases[2], "it was failed")):
        with pytest.raises(NothingMeasured, match=reason) if reason else nullcontext():
            assert inputs.of(case, source)[1].work == {"others": 0}


@pytest.mark.parametrize("entry", ["numpy.py", "msgspec/__init__.py", "threadpoolctl.py"])
@pytest.mark.parametrize(
    ("outcome", "reason"),
    [(Outcome.CRASHED, "ended by itself with exit code 1"), (Outcome.NOT_MEASURED, f"{OWN_ERROR}: AttributeError: x")],
)
def test_what_comes_before_a_package_that_is_needed_is_named_with_the_remedy(tmp_path, entry, outcome, reason):
    (tmp_path / entry).parent.mkdir(exist_ok=True)
    (tmp_path / entry).touch()
    (tmp_path / "helper.py").touch()
    told = nothing(Ended(outcome, reason), tmp_path)
    place, name = tmp_path / entry.partition("/")[0], entry.partition("/")[0].removesuffix(".py")
    before = f"{place} comes before the installed {name}, which implbench needs itself: rename it"
    assert str(told) == f"rows: cannot be verified: {reason}; {before}"
    assert told.exit_code == Exit.NOTHING_MEASURED


def test_it_is_not_named_where_it_is_not_why_nothing_can_be_verified(tmp_path):
    assert str(nothing(Ended(Outcome.CRASHED, "it died"), tmp_path)).endswith(": it died")
    (tmp_path / "numpy.py").touch()
    assert str(nothing(Ended(Outcome.FAILED, "KeyError: 3"), tmp_path)).endswith(": KeyError: 3")


def nothing(ended, *beside):
    return workspace._nothing("rows", SimpleNamespace(problem=SimpleNamespace(beside=beside)), ended)
