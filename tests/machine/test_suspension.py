"""Whether the machine was asleep."""

import time

import pytest

from bench.machine.suspension import Watch


class Clocks:
    """Three clocks that are set by hand; the third goes on while the machine sleeps, where there is one."""

    def __init__(self, monkeypatch, *, boot):
        self.monotonic, self.wall, self.boot = 100.0, 5000.0, 100.0
        monkeypatch.setattr(time, "monotonic", lambda: self.monotonic)
        monkeypatch.setattr(time, "time", lambda: self.wall)
        monkeypatch.setattr(time, "CLOCK_MONOTONIC", "monotonic", raising=False)
        if boot:
            monkeypatch.setattr(time, "CLOCK_BOOTTIME", "boot", raising=False)
        else:
            monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
        monkeypatch.setattr(time, "clock_gettime", lambda which: getattr(self, which), raising=False)

    def pass_(self, seconds, *, asleep=0.0, wall_gains=0.0):
        self.monotonic += seconds
        self.boot += seconds + asleep
        self.wall += seconds + asleep + wall_gains


@pytest.mark.parametrize("boot", [True, False])
def test_sleep_in_a_round_is_told_with_its_length(monkeypatch, boot):
    clocks = Clocks(monkeypatch, boot=boot)
    watch = Watch()
    clocks.pass_(10, asleep=7.0)
    assert watch.told() == "the machine slept for 7.0 s"


@pytest.mark.parametrize("boot", [True, False])
@pytest.mark.parametrize("share", [5e-4, -5e-4])
def test_a_clock_that_is_being_set_right_slowly_is_no_sleep_however_long_the_round(monkeypatch, boot, share):
    clocks = Clocks(monkeypatch, boot=boot)
    watch = Watch()
    clocks.pass_(5000, wall_gains=5000 * share)
    assert watch.told() is None


def test_a_wall_clock_that_is_set_is_no_sleep_where_another_clock_tells(monkeypatch):
    clocks = Clocks(monkeypatch, boot=True)
    watch = Watch()
    clocks.pass_(10, wall_gains=3600)
    assert watch.told() is None


def test_this_machine_has_not_slept_since_just_now():
    assert Watch().told() is None
