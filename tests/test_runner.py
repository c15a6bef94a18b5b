"""The whole of a run, with real workers: what goes wrong in one implementation stays with it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from bench import environment, problem, runner, store
from bench.environment import Activity
from bench.errors import ImplbenchError, NothingMeasured
from bench.measurement import Outcome, Settings
from bench.runner import Runner, check
from bench.selection import Selection, select
from bench.verdict import findings
from tests.builders import USUAL, Spec, make_run

FAKES = Path(__file__).parent / "fakes" / "product"

#: One round of five passes, whatever a round takes.
SETTINGS = Settings(seed=7, margin=0.03, rounds=1, budget_s=1.0, timeout_s=8.0, command=("implbench", "run"))


def measured(results, *names, settings=SETTINGS, listener=lambda progress: None, **axes):
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=names, sizes=axes.pop("sizes", ("M",)), **axes))
    return Runner(found, settings, listener).run(arms, left, results)


def busy(process):
    """Return whether a worker of that process has computed for a while."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return any(worker.cpu_times().user > 0.5 and "worker" in str(worker.cmdline()) for worker in process.children())
    return False


def children():
    return [child.pid for child in psutil.Process().children(recursive=True)]


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    run, path = measured(tmp_path_factory.mktemp("results"))
    return run, path, {one.arm.case.implementation: one for one in findings(run)[0].findings}


@pytest.mark.parametrize(
    ("name", "outcome", "told"),
    [
        ("dropped_sample", Outcome.WRONG, "times the tolerance"),
        ("float32_inside", Outcome.WRONG, "times the tolerance"),
        ("not_a_number", Outcome.WRONG, "1 values that are not finite"),
        ("mutating", Outcome.WRONG, "changed its input x"),
        ("memoising", Outcome.WRONG, "the result is remembered, not computed"),
        ("aliasing", Outcome.WRONG, "shares memory with an earlier call's product"),
        ("wrong_later", Outcome.WRONG, "times the tolerance"),
        ("raising", Outcome.FAILED, "ArithmeticError: the third sample is odd (raising.py, line 6)"),
        ("segfaulting", Outcome.CRASHED, "SIGSEGV"),
        ("exiting", Outcome.CRASHED, "exit code 7"),
        ("hungry", Outcome.OUT_OF_MEMORY, "MemoryError"),
        ("hanging", Outcome.TIMEOUT, "no answer within 8 s"),
    ],
)
def test_what_goes_wrong_in_one_implementation_is_told_and_has_no_time(everything, name, outcome, told):
    finding = everything[2][name]
    assert finding.outcome == outcome
    assert told in finding.reason
    assert finding.seconds_per_call is None
    assert finding.log_ratio is None


GOOD = ("honest", "honest_too", "copying", "own_clock", "printing", "threaded", "unsupported")


@pytest.mark.parametrize("name", GOOD)
def test_good_implementations_beside_bad_ones_are_measured(everything, name):
    finding = everything[2][name]
    assert (finding.outcome, finding.reason) == (Outcome.OK, None)
    assert finding.seconds_per_call.value > 0
    assert 0 < finding.error_over_tolerance < 1


def test_the_sources_are_kept_as_they_were_of_every_case(everything):
    run, path = everything[:2]
    assert run.sources["honest"] == {"honest.py": (FAKES / "honest.py").read_text(encoding="utf-8")}
    assert run.sources.keys() == {one.case.implementation for one in (*run.arms, *run.left)}
    assert store.read(path).sources == run.sources


def test_what_cannot_run_on_this_machine_says_why_and_is_no_failure(everything):
    finding = everything[2]["no_device"]
    assert (finding.outcome, finding.reason) == (Outcome.UNAVAILABLE, "no such device")


def test_another_program_is_timed_by_its_own_clock_and_its_pools_are_recorded(everything):
    worker = next(one for one in everything[0].rounds[0].workers if "own_clock" in one.arm)
    assert (worker.own_clock, worker.transfer_ns) == (True, 5)
    assert "other blas" in [pool.library for pool in worker.pools]
    honest = next(one for one in everything[0].rounds[0].workers if "[honest-" in one.arm)
    assert (honest.own_clock, honest.transfer_ns) == (False, None)
    assert {ns for burst in worker.bursts for ns in burst.sample_ns} == {50_000_000}


def test_a_false_result_on_stdout_is_kept_as_output_and_never_taken_for_a_time(everything):
    run, _, _ = everything
    worker = next(one for one in run.rounds[0].workers if "printing" in one.arm)
    assert '"sample_ns": [1, 1, 1, 1, 1]' in worker.output_tail
    assert min(ns for burst in worker.bursts for ns in burst.sample_ns) > 1000


def test_an_implementation_that_needs_what_is_not_here_is_listed_with_the_reason(everything):
    (left,) = everything[0].left
    assert (left.case.implementation, left.outcome) == ("unavailable", Outcome.UNAVAILABLE)
    assert "implbench-no-such-distribution" in left.reason


def test_a_round_records_what_the_design_asks_for(everything):
    run, _, _ = everything
    (one,) = run.rounds
    assert one.passes == 5
    positions = sorted(worker.position for worker in one.workers)
    assert positions == sorted(worker.spawn_position for worker in one.workers) == list(range(len(run.arms)))
    cpus = {worker.affinity for worker in one.workers}
    assert len(cpus) == 1
    assert len(cpus.pop()) == 1
    honest = next(worker for worker in one.workers if "honest-" in worker.arm)
    assert {pool.threads for pool in honest.pools} == {1}
    assert any(pool.library == "openblas" and pool.kernel for pool in honest.pools)
    assert honest.layout == {"x": "C", "y": "C"}
    assert honest.first_call_ns > 0
    assert honest.warmup_calls >= 5
    for burst in honest.bursts:
        assert 5 <= len(burst.sample_ns) <= 20
        assert min(burst.sample_ns) > 100_000 / 2
        assert burst.cpu_ns > 0


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
    assert store.read(everything[1]) == everything[0]


@pytest.mark.parametrize("layout", ["F", "CF", "y=F"])
def test_the_layout_asked_for_arrives_in_the_worker(tmp_path, layout):
    run, _ = measured(tmp_path, "honest_too", layouts=(layout,))
    expected = {"F": {"x": "F", "y": "F"}}.get(layout, {"x": "C", "y": "F"})
    assert [worker.layout for worker in run.rounds[0].workers] == [expected] * 3


def test_single_precision_is_verified_as_such_and_refused_by_whom_it_is_not_supported(tmp_path):
    run, _ = measured(tmp_path, "unsupported", "honest_too", dtypes=("float32",))
    found = {one.arm.case.implementation: one for one in findings(run)[0].findings}
    assert [(one.outcome, one.reason) for one in (found["honest_too"], found["honest"])] == 2 * [(Outcome.OK, None)]
    assert (found["unsupported"].outcome, found["unsupported"].reason) == (
        Outcome.UNSUPPORTED,
        "computes in float64 only",
    )


def test_two_threads_are_pinned_to_all_cpus_and_found_in_the_pools(tmp_path):
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one CPU")
    run, _ = measured(tmp_path, "honest", threads=(2,))
    worker = run.rounds[0].workers[0]
    assert {pool.threads for pool in worker.pools} == {2}
    assert len(worker.affinity) >= 2


def test_the_retaining_allocator_is_set_in_the_worker_and_recorded(tmp_path):
    run, _ = measured(tmp_path, "honest", allocators=("retain",))
    assert "MALLOC_TRIM_THRESHOLD_" in run.rounds[0].workers[0].malloc
    assert run.arms[0].case.id == "product[honest-M-float64-C-1t-retain]"


def test_rounds_are_as_many_as_asked_for_and_differ_in_seed_and_order(tmp_path):
    run, _ = measured(tmp_path, "honest_too", settings=replace(SETTINGS, rounds=3, budget_s=None), sizes=("S",))
    assert [one.index for one in run.rounds] == [0, 1, 2]
    assert len({one.hash_seed for one in run.rounds}) == 3
    assert len({one.padding for one in run.rounds}) == 3


def test_sizes_are_groups_of_their_own_and_all_are_in_every_round(tmp_path):
    run, _ = measured(tmp_path, "honest", sizes=("S", "M"), settings=replace(SETTINGS, rounds=2, budget_s=60))
    assert [group.name for group in findings(run)] == ["product-S-float64-1t", "product-M-float64-1t"]
    assert sorted((one.index, one.group[8]) for one in run.rounds) == [(0, "M"), (0, "S"), (1, "M"), (1, "S")]


def test_an_interrupt_keeps_the_whole_rounds_and_leaves_nothing_else(tmp_path):
    def interrupting(progress):
        if progress.rounds_done == 1 and progress.doing.startswith("pass 2"):
            raise KeyboardInterrupt

    run, path = measured(tmp_path, "honest", settings=replace(SETTINGS, rounds=5, budget_s=None), listener=interrupting)
    assert run.interrupted
    assert len(run.rounds) == 1
    assert store.read(path) == run
    assert children() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_with_130_and_every_worker_with_it(tmp_path, number):
    command = [sys.executable, "-m", "bench", "run", str(FAKES), "--impl", "hanging", "--timeout", "60"]
    process = subprocess.Popen(
        [*command, "--results", str(tmp_path / "results")], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    timer = threading.Timer(60, process.kill)
    timer.start()
    found = psutil.Process(process.pid)
    while not busy(found):
        assert process.poll() is None
    workers = found.children(recursive=True)
    process.send_signal(number)
    _, error = process.communicate()
    timer.cancel()
    assert process.returncode == 130
    assert "interrupted" in error
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    assert list((tmp_path / "results").iterdir()) == []


def test_killing_the_parent_outright_ends_its_workers_too(tmp_path):
    command = [sys.executable, "-m", "bench", "run", str(FAKES), "--impl", "hanging", "--timeout", "60"]
    process = subprocess.Popen([*command, "--results", str(tmp_path)], stderr=subprocess.DEVNULL)
    found = psutil.Process(process.pid)
    while not busy(found):
        assert process.poll() is None
    workers = found.children(recursive=True)
    process.kill()
    process.wait()
    assert psutil.wait_procs(workers, timeout=10)[1] == []


def test_a_layout_that_does_not_fit_the_problem_is_told(tmp_path):
    with pytest.raises(ImplbenchError, match="x, y"):
        measured(tmp_path, "honest", layouts=("CCC",))


def test_a_problem_that_gives_no_inputs_is_told_with_its_error(tmp_path):
    (tmp_path / "problem.py").write_text((FAKES / "problem.py").read_text().replace("random_sample(", "no_such("))
    (tmp_path / "honest.py").write_text((FAKES / "honest.py").read_text())
    found = problem.find(str(tmp_path))
    arms, left = select(found, Selection())
    with pytest.raises(NothingMeasured, match=r"gave no inputs: AttributeError: .*problem\.py, line"):
        Runner(found, SETTINGS, lambda progress: None).run(arms, left, tmp_path / "results")


def test_a_problem_outside_the_repository_is_run_from_its_folder(tmp_path):
    folder = tmp_path / "elsewhere" / "sums"
    folder.mkdir(parents=True)
    for name in ("problem", "honest", "copying"):
        (folder / f"{name}.py").write_text((FAKES / f"{name}.py").read_text())
    found = problem.find(str(folder))
    arms, left = select(found, Selection(sizes=("S",)))
    run, path = Runner(found, SETTINGS, lambda progress: None).run(arms, left, tmp_path / "results")
    assert {one.arm.case.id: one.outcome for one in findings(run)[0].findings} == {
        "sums[copying-S-float64-C-1t]": "ok",
        "sums[honest-S-float64-C-1t]": "ok",
    }
    assert str(tmp_path) not in path.read_text()


def test_checking_verifies_every_case_and_times_none():
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=("honest_too", "dropped_sample")))
    arms = [arm for arm in arms if not arm.again]
    (one,) = check(found, arms, left, settings=SETTINGS, listener=lambda progress: None)
    assert {worker.arm.split("[")[1].split("-")[0]: worker.outcome for worker in one.workers} == {
        "honest": "ok",
        "honest_too": "ok",
        "dropped_sample": "wrong",
    }
    assert not any(worker.bursts for worker in one.workers)


def test_a_neighbour_that_is_busy_before_the_run_is_recorded_and_warned_of(tmp_path, monkeypatch):
    activity = Activity(load_before=1.0, load_after=1.0, busy=(0.03, 0.72), steal=(0.0, 0.0), frequency_hz=None)
    monkeypatch.setattr(environment, "watch", lambda: activity)
    run, path = measured(tmp_path, "honest", sizes=("S",))
    assert any("CPU 1 was 72 % busy with other programs" in warning for warning in run.warnings)
    assert not any("CPU 0" in warning for warning in run.warnings)
    assert store.read(path).environment["before"]["busy"] == [0.03, 0.72]


def test_a_variable_that_bends_results_is_recorded_and_warned_of(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    run, _ = measured(tmp_path, "honest", sizes=("S",))
    assert run.environment["variables"]["OPENBLAS_CORETYPE"] == "Haswell"
    assert any(warning.startswith("OPENBLAS_CORETYPE=Haswell") for warning in run.warnings)


LOOKING = replace(SETTINGS, rounds=None, budget_s=60.0, looks=(1, 2))


def test_what_a_look_decided_is_measured_no_longer(tmp_path, monkeypatch):
    decided = "product[copying-S-float64-C-1t]"
    monkeypatch.setattr(runner, "decided", lambda run: {decided})
    run, _ = measured(tmp_path, "honest_too", "copying", settings=LOOKING, sizes=("S",))
    first, second = ({worker.arm for worker in one.workers} for one in run.rounds)
    assert first - second == {decided}
    assert len(second) == 3


def test_a_run_ends_with_the_last_look_or_when_nothing_is_left_to_decide(tmp_path):
    run, _ = measured(tmp_path, "honest_too", settings=LOOKING, sizes=("S",))
    assert len(run.rounds) == 2
    alone, _ = measured(tmp_path, "honest", settings=LOOKING, sizes=("S",))
    assert len(alone.rounds) == 1


def test_decided_is_what_has_a_verdict_and_what_never_will():
    arms = (*USUAL[:3], Spec(name="like_the_baseline", ms=72.0 * 1.03))
    told = runner.decided(make_run(arms))
    assert {name.split("[")[1].partition("-")[0] for name in told} == {"loop_hoisted", "row_major", "inplace"}


def test_what_an_evaluation_does_is_counted_once_for_each_arm_that_is_ok(everything):
    run, _path, _found = everything
    workers = {worker.arm: worker for worker in run.rounds[0].workers}
    honest = workers["product[honest-M-float64-C-1t]"]
    assert (honest.counts.allocations, honest.counts.allocated_bytes) == (1, 6 * 5 * 8)
    assert honest.calls is None  # that is for `explain`
    assert all((worker.counts is None) == (worker.outcome != Outcome.OK) for worker in workers.values())
    assert all(worker.counts is None for one in run.rounds[1:] for worker in one.workers)
