"""Workers that serve several groups of one round: each group in a fork of its own."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bench import problem, store
from bench.crew import Crew
from bench.errors import Exit
from bench.measurement import Outcome, Settings
from bench.process import Conditions
from bench.runner import Runner
from bench.selection import Selection, select
from bench.summary import exit_code
from bench.verdict import findings

FAKES = Path(__file__).parent / "fakes" / "product"
SETTINGS = Settings(
    seed=1, margin=0.03, rounds=2, budget_s=15.0, timeout_s=20.0, command=("implbench", "run"), sweep="m"
)


def swept(tmp_path, *names, values=(100, 200, 500), settings=SETTINGS, folder=FAKES, **axes):
    found = problem.find(str(folder))
    arms, left = select(found, Selection(implementations=names, sweep=("m", values), **axes))
    run, path = Runner(found, settings, lambda progress: None).run(arms, left, tmp_path / "results")
    return run, path


def children():
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def test_one_interpreter_serves_all_sizes_of_a_round_and_none_of_the_next(tmp_path):
    run, _ = swept(tmp_path, "honest", "honest_too")
    assert [one.outcome for group in findings(run) for one in group.findings] == [Outcome.OK] * 6
    pids = {
        index: {worker.pid for one in run.rounds if one.index == index for worker in one.workers} for index in (0, 1)
    }
    assert [len(found) for found in pids.values()] == [3, 3]  # two implementations, and the baseline again
    assert not pids[0] & pids[1]
    assert len({(one.index, one.hash_seed, one.padding) for one in run.rounds}) == 2
    assert children() == []


def test_an_implementation_that_dies_in_its_fork_ends_as_it_would_alone_and_the_others_go_on(tmp_path):
    settings = replace(SETTINGS, rounds=1, budget_s=60.0)
    names = ("honest_too", "segfaulting", "exiting", "dropped_sample")
    run, _ = swept(tmp_path, *names, values=(100, 200), settings=settings)
    for group in findings(run):
        fates = {one.arm.case.implementation: one for one in group.findings}
        assert fates["honest_too"].outcome == Outcome.OK
        assert fates["segfaulting"].outcome == Outcome.CRASHED
        assert "SIGSEGV" in fates["segfaulting"].reason
        assert fates["exiting"].outcome != Outcome.OK
        assert fates["dropped_sample"].outcome == Outcome.WRONG
    assert exit_code(run, findings(run)) == Exit.WRONG
    assert children() == []


def test_a_fork_that_hangs_is_killed_with_its_parent(tmp_path):
    run, _ = swept(
        tmp_path, "hanging", values=(100, 200), settings=replace(SETTINGS, rounds=1, budget_s=60.0, timeout_s=1.0)
    )
    fates = [
        one.outcome for group in findings(run) for one in group.findings if one.arm.case.implementation != "honest"
    ]
    assert fates == [Outcome.TIMEOUT] * 2
    assert children() == []


def test_threads_are_heeded_in_a_fork(tmp_path):
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one CPU")
    settings = replace(SETTINGS, rounds=1, budget_s=60.0)
    run, _ = swept(tmp_path, "honest", threads=(1, 2), values=(100, 200), settings=settings)
    for one in run.rounds:
        threads = 2 if "2t" in one.group else 1
        assert {pool.threads for worker in one.workers for pool in worker.pools} == {threads}
        assert {len(worker.affinity) for worker in one.workers} == {threads}


def test_what_would_take_too_long_at_a_larger_size_is_left_out_of_it_on_the_record(tmp_path):
    folder = tmp_path / "sums"
    folder.mkdir()
    for name in ("problem", "honest"):
        (folder / f"{name}.py").write_text((FAKES / f"{name}.py").read_text())
    loop = "sum(inputs['x'][i : i + 1].T @ inputs['y'][i : i + 1] for i in range(len(inputs['x'])))"
    (folder / "loop.py").write_text(f"def prepare(inputs):\n    return lambda: {loop}\n")
    settings = replace(SETTINGS, rounds=1, budget_s=10.0)
    run, path = swept(tmp_path, "loop", values=(100, 20_000), settings=settings, folder=folder)
    (left,) = run.left
    assert (left.case.implementation, left.case.size.values, left.outcome) == ("loop", {"m": 20_000}, "not measured")
    assert "a sweep of 10 s leaves out calls over 5.00 ms that are so far behind" in left.reason
    assert store.read(path) == run
    assert [one.arm.case.implementation for one in findings(run)[1].findings] == ["honest"]


def test_a_worker_that_was_killed_is_started_anew(tmp_path):
    conditions = Conditions(environment={"PATH": "/usr/bin"}, cpus=(), folder=tmp_path)
    with Crew() as crew:
        first = crew.worker("a", conditions)
        assert crew.worker("a", conditions) is first
        assert crew.worker("b", conditions) is not first
        first.kill()
        assert crew.worker("a", conditions).pid != first.pid
    assert children() == []


def test_an_interrupt_keeps_the_rounds_that_are_whole_and_leaves_no_process(tmp_path):
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=("honest",), sweep=("m", (100, 200, 500))))

    def interrupting(progress):
        if progress.rounds_done == 1:
            signal.raise_signal(signal.SIGINT)

    run, _ = Runner(found, SETTINGS, interrupting).run(arms, left, tmp_path / "results")
    assert run.interrupted
    assert {one.index for one in run.rounds} == {0}
    assert children() == []
