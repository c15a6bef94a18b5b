"""What the parent sees of a worker, held against what it says: on times that were made up."""

import os

import pytest

from bench.measure import seen
from bench.measure.seen import Contradiction, Seen, contradiction, moved
from bench.store.worker_records import Outcome

MS = 1_000_000


def said(passed_ms, used_ms, told_ms, *, waited_ms=0, threads=1):
    before = Seen(at_ns=5, cpu_ns=7, waited_ns=11)
    after = Seen(at_ns=5 + passed_ms * MS, cpu_ns=7 + used_ms * MS, waited_ns=11 + waited_ms * MS)
    found = contradiction(before, after, told_ns=int(told_ms * MS), threads=threads)
    assert found is None or found.outcome == Outcome.NOT_MEASURED  # it may be the machine, and no fault of the code
    return found and found.reason


@pytest.mark.parametrize(
    ("passed_ms", "used_ms", "told_ms", "more"),
    [
        (21, 20, 20, {}),
        (21, 3, 20, {}),  # it waits for another program
        (400, 20, 20, {"waited_ms": 379}),  # a busy machine
        (400, 20, 398, {}),
        (21, 40, 20, {"threads": 2}),
        (1, 2, 1, {}),  # too short to tell
    ],
)
def test_who_tells_what_it_took_contradicts_nothing(passed_ms, used_ms, told_ms, more):
    assert said(passed_ms, used_ms, told_ms, **more) is None


@pytest.mark.parametrize("told_ms", [20 * 0.85, 4, 0])
def test_a_clock_that_goes_too_slowly_is_found_by_the_cpu_time(told_ms):
    assert "by its own clock a burst took" in said(21, 20, told_ms)


def test_so_is_one_that_leaves_out_what_another_program_computes():
    assert "by that of its parent 21.00 ms" in said(21, 1, 4)


def test_more_cpus_than_threads_are_found():
    assert said(20, 38, 20) == "it and what it has started used 1.90 CPUs, 1 asked for"
    assert said(20, 38, 20, threads=2) is None


def test_where_the_system_tells_nothing_nothing_is_found():
    nothing = Seen(at_ns=0, cpu_ns=None, waited_ns=0)
    assert contradiction(nothing, nothing, told_ns=0, threads=1) is None
    assert moved(nothing, (0,), None) is None


def test_who_leaves_its_place_is_told_where_it_went():
    there = Seen(at_ns=0, cpu_ns=0, waited_ns=0, cpus=frozenset({0, 1}), scheduling=frozenset({(0, 0)}))
    assert moved(there, (0,), None) == Contradiction(
        reason="changed the CPUs that it may use to [0, 1], it was given [0]", outcome=Outcome.FAILED
    )
    assert moved(there, (0, 1), frozenset({(0, 0)})) is None
    assert moved(there, (), frozenset({(0, 5)})).reason == "changed how the system schedules it"


def test_this_very_process_is_seen():
    found = seen.look(os.getpid())
    assert found.at_ns > 0
    assert found.cpu_ns is None or found.cpu_ns > 0
