"""Binding to CPUs."""

from bench.machine import affinity


def test_a_system_that_binds_no_cpus_stops_nothing(monkeypatch):
    def refused(*arguments):
        raise PermissionError

    monkeypatch.setattr(affinity.os, "sched_setaffinity", refused, raising=False)
    affinity.pin(0, (0,))
