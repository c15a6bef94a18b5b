"""Which limits are measured beside a group."""

from types import SimpleNamespace

from msgspec.structs import replace

from bench import pytest_plugin
from bench.measure import probes
from tests.builders import Spec, make_case

MIB = 2**20


def chosen(monkeypatch, work, *, l3=8 * MIB, memory=2**34, threads=1, cache="warm"):
    monkeypatch.setattr(probes.hardware, "caches", lambda: {"l2_bytes": MIB, "l3_bytes": l3})
    monkeypatch.setattr(probes.hardware, "memory_bytes", lambda: memory)
    case = replace(make_case(Spec(name="any"), threads=threads), cache=cache)
    return [limit for limit, _ in probes.beside("group", case, work)]


def test_the_bandwidth_that_applies_is_the_one_over_arrays_of_the_problems_size(monkeypatch):
    found = chosen(monkeypatch, {"flops": 1e8, "bytes": 1.2e7})
    assert [(limit.arm.case.problem, limit.arm.case.size.values, limit.applies) for limit in found] == [
        ("gemm", {"n": 1024}, True),
        ("read", {"bytes": 12_000_000}, True),
        ("add", {"bytes": 12_000_000}, True),
        ("read", {"bytes": 32 * MIB}, False),
    ]
    assert [limit.resource for limit in found] == ["flops", "bytes", "bytes", "bytes"]


def test_arrays_are_never_larger_than_the_large_set_nor_too_small_to_measure(monkeypatch):
    sizes = [limit.arm.case.size.values.get("bytes") for limit in chosen(monkeypatch, {"flops": 1.0, "bytes": 1e12})]
    assert sizes == [None, 32 * MIB, 32 * MIB]
    assert chosen(monkeypatch, {"flops": 1.0, "bytes": 8.0})[1].arm.case.size.values == {"bytes": probes.LEAST_BYTES}


def test_with_cold_caches_only_what_comes_from_memory_applies(monkeypatch):
    found = chosen(monkeypatch, {"flops": 1.0, "bytes": 1e6}, cache="cold")
    assert [limit.arm.case.size.values.get("bytes") for limit in found] == [None, 32 * MIB, 32 * MIB]
    assert all(limit.applies for limit in found)


def test_a_limit_is_measured_under_the_condition_of_its_group_and_is_its_own_arm(monkeypatch):
    found = chosen(monkeypatch, {"flops": 1.0, "bytes": 1e6}, threads=2)
    assert {limit.arm.case.threads for limit in found} == {2}
    assert len({limit.arm.name for limit in found}) == len(found)
    assert all(limit.arm.name.endswith(" beside group") and not limit.arm.baseline for limit in found)


def test_pytest_takes_no_limit_for_a_problem_of_the_user():
    parent = SimpleNamespace(config=SimpleNamespace(getoption=lambda *_, **__: True))
    files = list(probes.FOLDER.glob("*/problem.py"))
    assert len(files) == 3
    assert [pytest_plugin.pytest_collect_file(file, parent) for file in files] == [None] * 3
