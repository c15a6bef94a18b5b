"""Workers that serve several groups of one round: real ones, each group in a fork of its own."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.decided import decided
from bench.analyse.findings import findings
from bench.cli.exit_codes import exit_code
from bench.errors import Exit
from bench.machine.hardware import allowed_cpus
from bench.measure.runner import Runner
from bench.measure.selection import Selection, select
from bench.measure.worker_pool import WorkerPool
from bench.measure.worker_start import Conditions
from bench.problems import problem
from bench.store.records import Settings
from bench.store.worker_records import Outcome
from tests.started import children

pytestmark = pytest.mark.slow

FAKES = Path(__file__).parent.parent / "fakes" / "product"

#: A sweep that nobody has to hurry in.
SETTINGS = Settings(
    seed=1, margin=0.03, rounds=1, budget_s=3000.0, timeout_s=300.0, command=("implbench", "run"), sweep="m"
)


@pytest.fixture(autouse=True)
def _one_pass(monkeypatch):
    """What the rounds of a sweep are like does not depend on how many passes they have."""
    monkeypatch.setattr("bench.measure.round_plan.MOST_PASSES", 1)


def swept(tmp_path, *names, values=(100, 200), settings=SETTINGS, **axes):
    found = problem.find(str(FAKES))
    arms, left = select(found, Selection(implementations=names, sweep=("m", values), **axes))
    return Runner(found, settings, lambda progress: None, decided=decided).run(arms, left, tmp_path / "results")[0]


def test_one_interpreter_serves_all_sizes_of_a_round_and_none_of_the_next(tmp_path):
    run = swept(tmp_path, "honest", values=(100, 200, 300), settings=replace(SETTINGS, rounds=2))
    assert [one.outcome for group in findings(run) for one in group.findings] == [Outcome.OK] * 3
    beyond = [one for one in run.rounds if "m=100-" not in one.group]  # the smallest size had its rounds before
    pids = {index: {worker.pid for one in beyond if one.index == index for worker in one.workers} for index in (0, 1)}
    assert [len(found) for found in pids.values()] == [2, 2]  # the baseline, and the baseline again
    assert not pids[0] & pids[1]
    assert len({(one.index, one.hash_seed, one.padding) for one in beyond}) == 2
    assert children() == []


@pytest.mark.faults
def test_an_implementation_that_dies_in_its_fork_ends_as_it_would_alone_and_the_others_go_on(tmp_path):
    run = swept(tmp_path, "honest_too", "segfaulting", "exiting", "dropped_sample")
    for group in findings(run):
        fates = {one.arm.case.implementation: one for one in group.findings}
        assert fates["honest_too"].outcome == Outcome.OK
        assert fates["segfaulting"].outcome == Outcome.CRASHED
        assert "SIGSEGV" in fates["segfaulting"].reason
        assert fates["exiting"].outcome != Outcome.OK
        assert fates["dropped_sample"].outcome == Outcome.WRONG
    assert exit_code(Analysis(run)) == Exit.WRONG
    assert children() == []


@pytest.mark.faults
def test_a_fork_that_hangs_is_killed_with_its_parent(tmp_path):
    run = swept(tmp_path, "hanging", values=(100,), settings=replace(SETTINGS, timeout_s=1.0))
    fates = {one.outcome for one in findings(run)[0].findings if one.arm.case.implementation == "hanging"}
    assert fates == {Outcome.TIMEOUT}
    assert children() == []


@pytest.mark.machine
@pytest.mark.skipif(len(allowed_cpus()) < 2, reason="needs two CPUs")
def test_threads_are_heeded_in_a_fork(tmp_path):
    run = swept(tmp_path, "honest", values=(100,), threads=(1, 2))
    assert {one.outcome for group in findings(run) for one in group.findings} == {Outcome.OK}
    for one in run.rounds:
        threads = 2 if "2t" in one.group else 1
        assert {pool.threads for worker in one.workers for pool in worker.pools} <= {threads}
        assert {len(worker.affinity) for worker in one.workers} == {1 if threads == 1 else len(allowed_cpus())}


def test_a_worker_that_was_killed_is_started_anew(tmp_path):
    conditions = Conditions(environment={"PATH": "/usr/bin"}, cpus=(), folder=tmp_path)
    with WorkerPool() as pool:
        first = pool.worker("a", conditions)
        assert pool.worker("a", conditions) is first
        assert pool.worker("b", conditions) is not first
        first.kill()
        assert pool.worker("a", conditions).pid != first.pid
    assert children() == []
