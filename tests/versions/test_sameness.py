"""Which benchmarks are the same code on both sides."""

import pytest

from bench.measure.selection import Selection
from bench.store.records import Settings
from bench.store.worker_records import Outcome
from bench.versions import benchmarks, reads, sameness
from bench.versions.sides import Asked, sides
from tests.repositories import commit, edit, repository
from tests.simulated import Simulation
from tests.truth import Truth

#: Which files below its version's folder an implementation reads, in these tests.
READS = {"honest": ("src/kernel.py", "data.bin"), "honest_too": ("src/other.py",)}


@pytest.fixture
def versions(tmp_path, monkeypatch):
    """A repository with two implementations and the files that they read."""
    folder = repository(tmp_path / "repository", *READS)
    (folder / "src").mkdir()
    for name in ("src/kernel.py", "src/other.py", "data.bin", "README.md"):
        (folder / name).write_text("x = 1\n")
    commit(folder, "files")
    monkeypatch.chdir(folder)
    return folder


def reading(arm, source, index):
    """Read what the implementation reads, as a worker would."""
    for name in READS[arm.case.implementation]:
        if (source.own.tree / name).exists():
            (source.own.tree / name).read_bytes()
    return 0.001


@pytest.fixture
def parted(tmp_path):
    """Return a function that tells which implementations are to be measured, and which are the same."""

    def part(truth=reading):
        place = tmp_path / f"place-{len(list(tmp_path.iterdir()))}"
        pair = sides(Asked(base="HEAD"), place)
        found, _ = benchmarks.chosen(*pair, Selection())
        simulation = Simulation(truth=truth)
        settings = Settings(seed=1, margin=0.03, rounds=None, budget_s=None, timeout_s=60.0, command=())
        parts = sameness.parted(found, settings, lambda doing: None, backend=simulation.backend())
        part.rounds = len(simulation.held)
        same = [one.name.split("[")[1].split("-")[0] for one in parts.same]
        return [one.case.implementation for one in parts.changed], same

    return part


def test_where_the_versions_do_not_differ_nothing_is_started(versions, parted):
    assert parted() == ([], ["honest", "honest_too"])
    assert parted.rounds == 0


def test_a_change_in_a_problems_own_folder_needs_no_probe(versions, parted):
    edit(versions, "honest", "np.dot(x.T, y)", "np.dot(x.T, y) + 0")
    edit(versions, "honest_too", "x.T @ y", "x.T @ y + 0")
    assert parted() == (["honest", "honest_too"], [])
    assert parted.rounds == 0


@pytest.mark.parametrize("name", ["src/kernel.py", "data.bin"])
def test_who_reads_a_changed_file_is_measured_and_nobody_else(versions, parted, name):
    (versions / name).write_text("x = 2\n")
    assert parted() == (["honest"], ["honest_too"])


@pytest.mark.parametrize(("name", "text"), [("README.md", "other words\n"), ("src/kernel.py", "x = 1  # one\n")])
def test_a_change_that_nobody_reads_or_only_a_reader_sees_is_none(versions, parted, name, text):
    (versions / name).write_text(text)
    assert parted() == ([], ["honest", "honest_too"])


def test_a_file_that_is_there_on_one_side_alone_is_a_change_for_who_reads_it(versions, parted):
    (versions / "data.bin").unlink()
    assert parted() == (["honest"], ["honest_too"])


FUNCTIONS = "def inputs(n=3, *, seed): ...\ndef loop(n): return 1\ndef fast(n): return 2\n"


@pytest.mark.parametrize(
    ("other", "measured"),
    [("x = 1\n", ["fast"]), ("import rows\n", ["fast", "loop"])],
    ids=["alone", "a file that may know it was read"],
)
def test_a_function_beside_the_one_that_was_edited_is_the_same(tmp_path, monkeypatch, parted, other, measured):
    folder = repository(
        tmp_path / "other",
    )
    (folder / "benchmarks").mkdir()
    file = folder / "benchmarks" / "rows.py"
    file.write_text(FUNCTIONS)
    (folder / "kernel.py").write_text(other)
    commit(folder, "rows")
    file.write_text(FUNCTIONS.replace("return 2", "return 3"))
    monkeypatch.chdir(folder)

    def read(arm, source, index):
        source.problem.file.read_bytes()
        (source.own.tree / "kernel.py").read_bytes()
        return 0.001

    found, same = parted(read)
    assert (sorted(found), same) == (measured, [name for name in ("loop",) if name not in measured])


def test_where_the_file_system_does_not_tell_what_was_read_all_is_measured(versions, parted, monkeypatch):
    monkeypatch.setattr(reads, "are_recorded", lambda folder: False)
    (versions / "README.md").write_text("other words\n")
    assert parted() == (["honest", "honest_too"], [])


def test_a_link_that_has_changed_makes_it_unsure_and_all_is_measured(versions, parted):
    (versions / "README.md").unlink()
    (versions / "README.md").symlink_to("data.bin")
    assert parted() == (["honest", "honest_too"], [])


def test_what_does_not_end_well_is_left_to_the_gate(versions, parted):
    (versions / "README.md").write_text("other words\n")
    assert parted(lambda *_: Truth(outcome=Outcome.FAILED, reason="x")) == (["honest", "honest_too"], [])


def test_what_one_case_makes_of_a_changed_file_does_not_hide_the_change_from_the_next(versions, parted):
    (versions / "src" / "kernel.c").write_text("int one;\n")
    commit(versions, "kernel")
    (versions / "src" / "kernel.c").write_text("int two;\n")

    def building(arm, source, index):
        built = source.own.tree / "src" / "kernel.so"
        if not built.exists():
            built.write_bytes((source.own.tree / "src" / "kernel.c").read_bytes())
        return 0.001

    assert parted(building) == (["honest", "honest_too"], [])


def test_bytecode_that_a_case_leaves_behind_hides_nothing(versions, parted):
    (versions / "README.md").write_text("other words\n")

    def importing(arm, source, index):
        kept = source.own.tree / "src" / "__pycache__" / "kernel.cpython-311.pyc"
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(b"")
        return 0.001

    assert parted(importing) == ([], ["honest", "honest_too"])
