"""Runs of many cases or rounds: they go on after a kill, and what they take grows with what is kept alone."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.killed import SETTINGS, killed, killing, later, measured, plan_of, resumed
from tests.long_runs import Growth, Received, many
from tests.simulated import Simulation

SCRIPT = Path(__file__).parent.parent / ".ci" / "long_run.py"
SIZES = tuple(range(1000, 11_000, 1000))


def law(arm, source, index):
    return 0.002


def test_a_run_of_many_cases_goes_on_after_a_kill_as_if_there_had_been_none(tmp_path):
    axes = {"folder": many(tmp_path / "sums", 12), "sweep": ("n", SIZES)}
    whole, _ = measured(tmp_path / "whole", Simulation(truth=law), replace(SETTINGS, rounds=2), **axes)
    assert (len(whole.arms), len(whole.rounds)) == (13 * len(SIZES), 2 * len(SIZES))
    results, simulation = tmp_path / "results", Simulation(truth=law)
    killed(results, simulation, replace(SETTINGS, rounds=2), listener=killing(simulation, 13), **axes)
    run, path = resumed(results, later(simulation, 13), folder=axes["folder"])
    assert plan_of(run) == plan_of(whole)
    assert list(results.iterdir()) == [path]


def test_the_memory_of_a_run_grows_with_its_journal_alone(tmp_path):
    growth = Growth(results=tmp_path, at=(10, 20, 30), memory=lambda: tracemalloc.get_traced_memory()[0])
    axes = {"folder": many(tmp_path / "sums", 2), "sizes": ("M",)}
    tracemalloc.start()
    try:
        measured(tmp_path, Received(truth=law), replace(SETTINGS, rounds=31), listener=growth, **axes)
    finally:
        tracemalloc.stop()
    early, late = growth.between(10, 20), growth.between(20, 30)
    assert late[0] < 1.25 * early[0]
    assert late[0] < 6 * late[1]


@pytest.mark.slow
@pytest.mark.faults
def test_a_run_holds_the_same_descriptors_processes_and_threads_in_each_round(tmp_path):
    command = [sys.executable, str(SCRIPT), "--only", "descriptors", "--rounds", "8"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("0 wrong\n")
