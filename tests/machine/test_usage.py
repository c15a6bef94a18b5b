"""What a process used."""

import os
import random
import threading
from types import SimpleNamespace

from bench.machine import usage
from bench.machine.usage import Reading, Used


def test_what_was_used_between_two_readings_leaves_the_reading_itself_out():
    earlier, later = Reading(5, 105, 1, 2, 107, 8), Reading(19, 120, 4, 2, 122, 23)
    assert later.since(earlier) == Used(11, 3, 0, 13)


def test_the_wall_time_between_two_readings_holds_all_of_the_cpu_time(monkeypatch):
    """Whatever passes between two looks at a clock, as when the process loses the CPU there."""
    waits = random.Random(1)
    now = 0

    def clock():
        nonlocal now
        now += waits.choice((1, 1000, 1_000_000))
        return now

    monkeypatch.setattr(usage, "time", SimpleNamespace(process_time_ns=clock, perf_counter_ns=clock))
    for _ in range(1000):
        before = usage.read()
        used = usage.read().since(before)
        assert 0 < used.cpu_ns <= used.wall_ns


def test_reading_counts_this_process_cpu_time():
    before = usage.read()
    sum(range(1_000_000))
    assert usage.read().since(before).cpu_ns > 0


def test_how_long_this_process_has_waited_is_told_from_a_file_that_stays_open():
    with usage.waiting() as waited_ns:
        first, last = waited_ns(), waited_ns()
    assert 0 <= first <= last <= usage.waited_ns(os.getpid()) or last == 0


def test_what_other_threads_of_this_process_compute_is_told():
    before = usage.beside_ns()
    thread = threading.Thread(target=lambda: sum(range(300_000)))
    thread.start()
    thread.join()
    assert usage.beside_ns() > before
