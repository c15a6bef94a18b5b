"""How busy the machine is: shares between two made-up snapshots, and one real snapshot."""

import pytest

from bench.machine import load
from bench.machine.load import Snapshot, cpu_seconds


def snapshot(*cpus, load=0.0, frequency_hz=None):
    return Snapshot(load=load, cpus=tuple(map(cpu_seconds, cpus)), frequency_hz=frequency_hz)


def test_activity_is_the_share_of_the_time_between_two_snapshots():
    before = snapshot({"user": 10.0, "idle": 50.0, "iowait": 1.0, "steal": 2.0, "guest": 10.0}, load=0.5)
    after = snapshot(
        {"user": 13.0, "idle": 55.0, "iowait": 2.0, "steal": 3.0, "guest": 13.0}, load=1.5, frequency_hz=2e9
    )
    activity = load.load_between(before, after)
    assert (activity.busy, activity.steal) == (pytest.approx([0.3]), pytest.approx([0.1]))
    assert (activity.load_before, activity.load_after, activity.frequency_hz) == (0.5, 1.5, 2e9)


def test_a_system_without_steal_does_not_claim_that_nothing_was_stolen():
    activity = load.load_between(snapshot({"user": 1.0, "idle": 1.0}), snapshot({"user": 2.0, "idle": 4.0}))
    assert activity.busy == (0.25,)
    assert activity.steal == ()


def test_between_two_snapshots_too_close_to_count_the_shares_are_unknown():
    one = snapshot({"user": 1.0, "idle": 1.0, "steal": 0.0})
    assert load.load_between(one, one).busy == ()
    assert load.load_between(snapshot(), snapshot()).steal == ()


def test_a_share_stays_within_0_and_1_when_the_count_of_iowait_goes_back():
    before = snapshot({"user": 1.0, "idle": 5.0, "iowait": 3.0, "steal": 0.0})
    after = snapshot({"user": 2.0, "idle": 5.0, "iowait": 2.5, "steal": 0.0})
    assert load.load_between(before, after).busy == (1.0,)


def test_this_machine_counts_the_time_of_its_cpus():
    taken = load.snapshot()
    assert taken.cpus
    assert all(0 <= cpu["idle"] <= cpu["total"] for cpu in taken.cpus)


def test_watching_tells_how_busy_each_cpu_is_over_the_time_that_it_sleeps(monkeypatch):
    slept, taken = [], [snapshot({"user": 1.0, "idle": 1.0}), snapshot({"user": 1.1, "idle": 1.3}, load=0.5)]
    monkeypatch.setattr(load.time, "sleep", slept.append)
    monkeypatch.setattr(load, "snapshot", lambda: taken.pop(0))
    activity = load.watch()
    assert activity.busy == (pytest.approx(0.25),)
    assert (activity.load_after, slept, taken) == (0.5, [load.WATCH_S], [])
