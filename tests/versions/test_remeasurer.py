"""New versions of a problem, on a simulated machine."""

import shutil
from pathlib import Path

import pytest

from bench.measure.selection import Selection
from bench.store.records import Role, Settings
from bench.store.worker_records import Outcome
from bench.versions import snapshots
from bench.versions.remeasurer import Remeasurer
from bench.versions.snapshots import Folder
from tests import noise
from tests.simulated import Simulation
from tests.truth import Truth

TEMPLATES = Path(snapshots.__file__).parent.parent / "templates" / "folder"
SETTINGS = Settings(seed=1, margin=0.03, rounds=None, budget_s=None, timeout_s=60.0, command=("test",))


@pytest.fixture
def keep(tmp_path):
    """Keep the problem as it is after an edit: (name, before, after)."""
    folder = Folder(path=tmp_path / "rows")
    shutil.copytree(TEMPLATES, folder.path, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "versions").mkdir()

    def keep(name=None, before="", after=""):
        if name:
            text = (folder.path / name).read_text()
            assert before in text
            (folder.path / name).write_text(text.replace(before, after))
        return folder.kept(folder.look(), tmp_path / "versions")

    return keep


@pytest.fixture
def simulation():
    return Simulation(noise=noise.QUIET)


@pytest.fixture
def remeasurer(tmp_path, simulation):
    with Remeasurer(Selection(changes={"m": 10}), SETTINGS, tmp_path, backend=simulation.backend()) as found:
        yield found


def test_a_new_version_is_measured_beside_its_own_code_of_before_and_the_baseline(keep, remeasurer):
    before = keep()
    now = keep("vectorised.py", "def prepare", "SECONDS = 0.002\n\n\ndef prepare")
    (found,) = remeasurer.verify(["vectorised"], now, lambda now: None)
    assert (found.outcome, found.arm.case.implementation) == (Outcome.OK, "vectorised")
    (one,) = remeasurer.measure([found.arm], now, {"loop": before, "vectorised": before}, lambda now: None)
    assert one.speedup_over_before.value == pytest.approx(0.5, rel=0.01)
    assert one.speedup_over_baseline.value == pytest.approx(0.5, rel=0.01)
    assert one.rounds == 8


def test_a_changed_baseline_is_measured_beside_itself_alone(keep, remeasurer):
    before, now = keep(), keep("loop.py", "def prepare", "SECONDS = 0.0005\n\n\ndef prepare")
    (found,) = remeasurer.verify(["loop"], now, lambda now: None)
    (one,) = remeasurer.measure([found.arm], now, {"loop": before, "vectorised": before}, lambda now: None)
    assert one.entry.baseline is None
    assert one.speedup_over_before.value == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("seconds", [1e-6, 1e-3, 0.1, 10.0])
def test_it_answers_within_seconds_where_a_call_takes_no_longer(keep, remeasurer, simulation, seconds):
    simulation.truth = lambda arm, source, index: seconds
    before = keep()
    now = keep("vectorised.py", "def prepare", "X = 1\n\n\ndef prepare")
    (found,) = remeasurer.verify(["vectorised"], now, lambda now: None)
    started_s = simulation.clock()
    (one,) = remeasurer.measure([found.arm], now, {"loop": before, "vectorised": before}, lambda now: None)
    assert one.rounds == 8
    calls = one.rounds * 3 * 35  # of three arms: warming up, and the fewest bursts
    assert simulation.clock() - started_s < 20 + calls * seconds


def test_a_version_that_turns_out_wrong_ends_the_rounds(keep, remeasurer, simulation):
    wrong = Truth(outcome=Outcome.WRONG, reason="product is off", after_bursts=1)

    def law(arm, source, index):
        return wrong if arm.role == Role.CASE and index == 3 else 0.001

    simulation.truth = law
    before = keep()
    now = keep("vectorised.py", "def prepare", "X = 1\n\n\ndef prepare")
    (found,) = remeasurer.verify(["vectorised"], now, lambda now: None)
    (one,) = remeasurer.measure([found.arm], now, {"loop": before, "vectorised": before}, lambda now: None)
    assert (one.outcome, one.reason) == (Outcome.WRONG, "product is off")
    assert one.speedup_over_before is None


def test_inputs_are_made_again_only_where_the_problem_has_changed(keep, remeasurer):
    remeasurer.stage(keep())
    first = remeasurer._groups
    remeasurer.stage(keep("loop.py", "for i in", "for i in  "))
    assert remeasurer._groups is first
    remeasurer.stage(keep("problem.py", "(-1, 1,", "(0, 1,"))
    assert remeasurer._groups is not first


def test_an_implementation_that_cannot_be_loaded_is_told_without_a_worker(keep, remeasurer):
    (found,) = remeasurer.verify(["loop"], keep("loop.py", "def prepare", "def"), lambda now: None)
    assert (found.arm, found.outcome) == (None, Outcome.FAILED)
    assert "syntax error" in found.reason
    assert found.error_over_tolerance is None
