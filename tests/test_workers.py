"""Real workers: what goes wrong in one implementation stays with it, and nothing outlives a run.

What holds whatever a call takes is asserted here; what follows from times is in test_runner, on a simulated machine.
"""

import os
import signal
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.errors import Exit, NothingMeasured
from bench.machine.hardware import allowed_cpus
from bench.measure import round_plan
from bench.measure.runner import Runner
from bench.measure.scratch import SCRATCH
from bench.measure.selection import Selection, select
from bench.problems import implementation, problem
from bench.store import documents
from bench.store.records import Settings
from bench.store.worker_records import Outcome
from tests.started import children, gone, started, until, workers

pytestmark = pytest.mark.slow

FAKES = Path(__file__).parent / "fakes" / "product"
CHECKOUT = Path(__file__).parent.parent

#: One round, whatever it takes; nobody but who hangs reaches the deadline.
SETTINGS = Settings(seed=7, margin=0.03, rounds=1, budget_s=1.0, timeout_s=300.0, command=("implbench", "run"))


def measured(results, *names, settings=SETTINGS, folder=FAKES, passes=1, **axes):
    found = problem.find(str(folder))
    arms, left = select(found, Selection(implementations=names, **axes))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(round_plan, "MOST_PASSES", passes)
        return Runner(found, settings, lambda progress: None, decided=decided).run(arms, left, results)


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    names = [name for name in implementation.found(problem.find(str(FAKES))) if name != "hanging"]
    run, path = measured(tmp_path_factory.mktemp("results"), *names, passes=2)
    return run, path, {one.arm.case.implementation: one for one in findings(run)[0].findings}


@pytest.mark.parametrize(
    ("name", "outcome", "told"),
    [
        ("dropped_sample", Outcome.WRONG, "times the tolerance"),
        ("float32_inside", Outcome.WRONG, "times the tolerance"),
        ("not_a_number", Outcome.WRONG, "is nan, expected "),
        ("mutating", Outcome.WRONG, "changed its input x"),
        ("memoising", Outcome.WRONG, "the result is remembered, not computed"),
        ("aliasing", Outcome.WRONG, "shares memory with an earlier call's product"),
        ("wrong_later", Outcome.WRONG, "times the tolerance"),
        ("raising", Outcome.FAILED, "ArithmeticError: the third sample is odd (raising.py, line 6)"),
        ("segfaulting", Outcome.CRASHED, "SIGSEGV"),
        ("exiting", Outcome.CRASHED, "exit code 7"),
        ("hungry", Outcome.OUT_OF_MEMORY, "MemoryError"),
    ],
)
def test_what_goes_wrong_in_one_implementation_is_told_and_has_no_time(everything, name, outcome, told):
    finding = everything[2][name]
    assert finding.outcome == outcome
    assert told in finding.reason
    assert finding.seconds_per_call is None
    assert finding.log_ratio is None


@pytest.mark.parametrize(
    "name", ["honest", "honest_too", "copying", "own_clock", "printing", "threaded", "unsupported"]
)
def test_good_implementations_beside_bad_ones_are_measured(everything, name):
    finding = everything[2][name]
    assert (finding.outcome, finding.reason) == (Outcome.OK, None)
    assert finding.seconds_per_call.value > 0
    assert 0 < finding.error_over_tolerance < 1


def test_the_sources_are_kept_as_they_were_of_every_case(everything):
    run, path = everything[:2]
    assert run.sources["honest"] == {"honest.py": (FAKES / "honest.py").read_text(encoding="utf-8")}
    assert run.sources.keys() == {one.case.implementation for one in (*run.arms, *run.left)}
    assert documents.read(path).sources == run.sources


def test_what_cannot_run_on_this_machine_says_why_and_is_no_failure(everything):
    finding = everything[2]["no_device"]
    assert (finding.outcome, finding.reason) == (Outcome.UNAVAILABLE, "no such device")


def test_another_program_is_timed_by_its_own_clock_and_its_pools_are_recorded(everything):
    worker = next(one for one in everything[0].rounds[0].workers if "own_clock" in one.arm)
    assert (worker.own_clock, worker.transfer_ns) == (True, 5)
    assert "other blas" in [pool.library for pool in worker.pools]
    honest = next(one for one in everything[0].rounds[0].workers if "[honest-" in one.arm)
    assert (honest.own_clock, honest.transfer_ns) == (False, None)
    assert (worker.peak.resident_bytes, worker.peak.reason) == (None, "another program computes it")
    assert (honest.peak.resident_bytes is None) == (honest.peak.reason is not None)
    assert {ns for burst in worker.bursts for ns in burst.sample_ns} == {50_000_000}


def test_a_false_result_on_stdout_is_never_taken_for_a_time_and_output_is_kept_of_those_that_fail_alone(everything):
    run, _, _ = everything
    worker = next(one for one in run.rounds[0].workers if "printing" in one.arm)
    failing = next(one for one in run.rounds[0].workers if "raising" in one.arm)
    assert (worker.output_tail, "ArithmeticError" in failing.output_tail) == ("", True)
    assert min(ns for burst in worker.bursts for ns in burst.sample_ns) > 1000


def test_an_implementation_that_needs_what_is_not_here_is_listed_with_the_reason(everything):
    (left,) = everything[0].left
    assert (left.case.implementation, left.outcome) == ("unavailable", Outcome.UNAVAILABLE)
    assert "implbench-no-such-distribution" in left.reason


def test_a_round_records_what_the_design_asks_for(everything):
    run, _, _ = everything
    (one,) = run.rounds
    assert one.passes == 1  # its time is spent
    positions = sorted(worker.position for worker in one.workers)
    assert positions == sorted(worker.spawn_position for worker in one.workers) == list(range(len(run.arms)))
    cpus = {worker.affinity for worker in one.workers}
    assert len(cpus) == 1
    assert len(cpus.pop()) == 1
    honest = next(worker for worker in one.workers if "[honest-" in worker.arm)
    assert {pool.threads for pool in honest.pools} <= {1}
    assert honest.layout == {"x": "C", "y": "C"}
    assert honest.first_call_ns > 0
    assert honest.warmup_calls >= 1
    for burst in honest.bursts:
        assert 1 <= len(burst.sample_ns) <= 20
        assert burst.number >= 1
        assert min(burst.sample_ns) > 0


def test_bursts_of_a_pass_follow_each_other_and_never_overlap(everything):
    workers = [worker for worker in everything[0].rounds[0].workers if not worker.own_clock]
    bursts = [burst for worker in workers for burst in worker.bursts]
    ordered = sorted(bursts, key=lambda burst: burst.start_ns)
    assert [(b.pass_index, b.position) for b in ordered] == sorted((b.pass_index, b.position) for b in ordered)
    for earlier, later in pairwise(ordered):
        assert earlier.start_ns + sum(earlier.sample_ns) <= later.start_ns


def test_the_baseline_is_measured_twice_in_each_round(everything):
    run, _, _ = everything
    assert [arm.name for arm in run.arms if arm.baseline] == [
        "product[honest-M-float64-C-1t]",
        "product[honest-M-float64-C-1t] (again)",
    ]
    assert findings(run)[0].noise is not None


def test_no_process_and_no_journal_is_left_behind(everything):
    assert children() == []
    assert [file.name for file in everything[1].parent.iterdir()] == [everything[1].name]
    assert documents.read(everything[1]) == everything[0]


def test_a_problem_that_gives_no_inputs_is_told_with_its_error(tmp_path):
    (tmp_path / "problem.py").write_text((FAKES / "problem.py").read_text().replace("random_sample(", "no_such("))
    (tmp_path / "honest.py").write_text((FAKES / "honest.py").read_text())
    found = problem.find(str(tmp_path))
    arms, left = select(found, Selection())
    with pytest.raises(NothingMeasured, match=r"its inputs\(\): AttributeError: .*problem\.py, line"):
        Runner(found, SETTINGS, lambda progress: None, decided=decided).run(arms, left, tmp_path / "results")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A problem outside the repository, measured in other conditions than the usual ones."""
    folder = tmp_path_factory.mktemp("elsewhere") / "sums"
    folder.mkdir()
    for name in ("problem", "honest", "unsupported"):
        (folder / f"{name}.py").write_text((FAKES / f"{name}.py").read_text())
    axes = {"dtypes": ("float32",), "layouts": ("F", "CF", "y=F"), "allocators": ("retain",), "sizes": ("S",)}
    return *measured(folder.parent / "results", folder=folder, **axes), folder


def test_a_problem_outside_the_repository_is_run_from_its_folder(elsewhere):
    run, path, folder = elsewhere
    assert [arm.case.id for arm in run.arms if arm.case.implementation == "honest" and not arm.again] == [
        f"sums[honest-S-float32-{layout}-1t-retain]" for layout in ("F", "CF", "y=F")
    ]
    assert str(folder.parent) not in path.read_text()


@pytest.mark.parametrize("layout", ["F", "CF", "y=F"])
def test_the_layout_asked_for_arrives_in_the_worker(elsewhere, layout):
    expected = {"F": {"x": "F", "y": "F"}}.get(layout, {"x": "C", "y": "F"})
    (one,) = elsewhere[0].rounds
    assert {tuple(worker.layout.items()) for worker in one.workers if f"[honest-S-float32-{layout}-" in worker.arm} == {
        tuple(expected.items())
    }


def test_single_precision_is_verified_as_such_and_refused_by_whom_it_is_not_supported(elsewhere):
    found = {(one.arm.case.implementation, one.outcome, one.reason) for one in findings(elsewhere[0])[0].findings}
    assert found == {("honest", Outcome.OK, None), ("unsupported", Outcome.UNSUPPORTED, "computes in float64 only")}


def test_the_retaining_allocator_is_set_in_the_worker_and_recorded(elsewhere):
    assert all("MALLOC_TRIM_THRESHOLD_" in worker.malloc for worker in elsewhere[0].rounds[0].workers)


@pytest.mark.skipif(len(allowed_cpus()) < 2, reason="needs two CPUs")
@pytest.mark.machine
def test_two_threads_are_pinned_to_all_cpus_and_found_in_the_pools(tmp_path):
    run, _ = measured(tmp_path, "honest", threads=(2,))
    assert {one.outcome for one in findings(run)[0].findings} == {Outcome.OK}
    worker = run.rounds[0].workers[0]
    assert {pool.threads for pool in worker.pools} <= {2}
    assert len(worker.affinity) >= 2


def test_who_never_comes_back_is_ended_at_the_deadline(tmp_path):
    run, _ = measured(tmp_path, "hanging", sizes=("S",), settings=replace(SETTINGS, timeout_s=1.0))
    finding = next(one for one in findings(run)[0].findings if one.arm.case.implementation == "hanging")
    assert (finding.outcome, finding.reason) == (Outcome.TIMEOUT, "no answer within 1 s (--timeout)")
    assert finding.seconds_per_call is None
    assert children() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_the_command_and_every_worker_with_it(tmp_path, number):
    """Ctrl-C and SIGTERM in good order; and when the parent is killed outright, its workers see that."""
    command = [sys.executable, "-m", "bench", "run", str(FAKES), "--impl", "hanging", "--timeout", "600"]
    where = ["--results", str(tmp_path / "results")]
    environment = os.environ | {SCRATCH: str(tmp_path)}
    with (
        (tmp_path / "error").open("w") as error,
        started([*command, *where], CHECKOUT, stderr=error, env=environment) as process,
    ):
        computing = until(process, lambda: [one for one in workers(process) if one.cpu_times().user > 0.5])
        process.send_signal(number)
    assert gone(computing)
    if number == signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
        return
    assert process.returncode == Exit.INTERRUPTED
    assert "interrupted" in (tmp_path / "error").read_text()
    assert list((tmp_path / "results").iterdir()) == []
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["error", "results"]


def test_what_an_evaluation_does_is_counted_once_for_each_arm_that_is_ok(everything):
    run, _path, _found = everything
    workers = {worker.arm: worker for worker in run.rounds[0].workers}
    honest = workers["product[honest-M-float64-C-1t]"]
    assert (honest.counts.allocations, honest.counts.allocated_bytes) == (1, 6 * 5 * 8)
    assert honest.calls is None  # that is for `explain`
    counted = {name: worker for name, worker in workers.items() if worker.counts is not None}
    assert all(worker.outcome == Outcome.OK and not name.endswith("(again)") for name, worker in counted.items())
    assert all(worker.counts is None for one in run.rounds[1:] for worker in one.workers)
