"""What things cost here: numbers that a machine can have."""

import resource

import pytest

from bench.store.worker_records import CallKind
from bench.worker import unit_costs


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_cost_is_measured(monkeypatch, dtype):
    monkeypatch.setattr(unit_costs, "TRIES", 2)
    found = unit_costs.measured(dtype, 10_000)
    assert set(found.call_ns) == set(CallKind)
    assert all(ns >= 0 for ns in found.call_ns.values())
    assert found.call_ns[CallKind.ELEMENTWISE] > 0
    assert found.product_flops_per_s > 0
    assert found.pass_bytes_per_s > 0
    assert found.fault_ns is None or found.fault_ns > 0


def test_where_no_fault_is_counted_its_cost_is_unknown(monkeypatch):
    usage = resource.getrusage(resource.RUSAGE_SELF)
    monkeypatch.setattr(resource, "getrusage", lambda who: usage)
    monkeypatch.setattr(unit_costs, "TRIES", 2)
    assert unit_costs.measured("float64", 10).fault_ns is None
