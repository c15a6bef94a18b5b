"""Where the time goes, on made-up counts and costs of which it is known."""

import pytest
from msgspec.structs import replace

from bench.analyse.diagnosis import LEAST_SHARE, Cause, CostRange, diagnose
from bench.stats.intervals import Estimate, Interval
from bench.store.worker_records import Call, CallKind, Costs

#: A call takes 1 us, a fault 1 us; 10 GFLOP/s, 10 GB/s.
COSTS = Costs(call_ns=dict.fromkeys(CallKind, 1000.0), fault_ns=1000.0, product_flops_per_s=10e9, pass_bytes_per_s=10e9)


def call(kind=CallKind.ELEMENTWISE, *, times=1, flops=0.0, moved=0, ns=0):
    return Call(name="add", kind=kind, operands=("(10,) C",), mixed=False, times=times, flops=flops, bytes=moved, ns=ns)


def shares(seconds, *calls, faults=0.0, costs=(COSTS,), ends=None, **work):
    interval = Interval(low=ends[0], high=ends[1]) if ends else None
    time = Estimate(value=seconds, interval=interval, rounds=8, reason=None)
    return diagnose(time, calls, CostRange.of(costs), faults=faults, work=work)


def test_many_calls_on_small_arrays_are_overhead():
    found = shares(10e-3, call(times=6000, moved=6000 * 100, ns=30_000_000))
    assert found.cause == Cause.OVERHEAD
    assert found.shares[Cause.OVERHEAD].value == pytest.approx(0.6)
    assert found.shares[Cause.MEMORY].value == 0  # the calls are too small for their own time to tell anything
    assert found.unexplained == pytest.approx(0.4)


def test_slices_and_indices_are_overhead_too():
    found = shares(10e-3, call(CallKind.INDEX, times=5000, ns=20_000_000))
    assert found.shares[Cause.OVERHEAD].value == pytest.approx(0.5)


def test_page_faults_cost_their_number_times_their_price():
    found = shares(2e-3, call(moved=10_000_000, ns=501_000), faults=935.0)
    assert found.cause == Cause.FAULTS
    assert found.shares[Cause.FAULTS].value == pytest.approx(0.4675)
    assert found.shares[Cause.MEMORY].value == pytest.approx(0.25)


def test_faults_that_are_not_the_largest_part_are_worth_a_word():
    found = shares(5e-3, call(moved=30_000_000, ns=3_000_000), faults=1000.0)
    assert (found.cause, found.notable()) == (Cause.MEMORY, (Cause.FAULTS,))


def test_without_faults_none_are_claimed():
    found = shares(5e-3, call(moved=30_000_000, ns=3_000_000), faults=0.0)
    assert found.shares[Cause.FAULTS].value == 0
    assert Cause.FAULTS not in found.notable()


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (CallKind.PRODUCT, Cause.ARITHMETIC),
        (CallKind.FUNCTION, Cause.ARITHMETIC),
        (CallKind.ELEMENTWISE, Cause.MEMORY),
        (CallKind.REDUCTION, Cause.MEMORY),
        (CallKind.OTHER, Cause.MEMORY),
    ],
)
def test_time_inside_large_calls_is_arithmetic_or_traffic(kind, cause):
    found = shares(10e-3, call(kind, flops=1e8, moved=100_000_000, ns=8_001_000))
    assert found.cause == cause
    assert found.shares[cause].value == pytest.approx(0.8)


def test_compiled_code_counts_with_the_least_it_can_take():
    found = shares(2e-3, flops=1e7, bytes=1e6)
    assert found.cause == Cause.ARITHMETIC
    assert found.shares[Cause.ARITHMETIC].value == pytest.approx(0.5)
    assert found.shares[Cause.MEMORY].value == 0  # both can be under way at once


def test_the_work_that_was_seen_is_not_counted_twice():
    seen = call(CallKind.PRODUCT, flops=1e7, moved=1_000_000, ns=1_001_000)
    found = shares(2e-3, seen, flops=1e7, bytes=1e6)
    assert found.shares[Cause.ARITHMETIC].value == pytest.approx(0.5)
    assert found.shares[Cause.MEMORY].value == 0


def test_parts_never_add_up_to_more_than_the_time():
    found = shares(
        1e-3, call(times=300, ns=0), call(moved=10_000_000, ns=1_000_000), faults=500.0, flops=1e6, bytes=1e6
    )
    assert sum(share.value for share in found.shares.values()) == pytest.approx(1)
    assert found.unexplained == pytest.approx(0, abs=1e-12)
    assert shares(1e-6, call(times=10), faults=10.0).shares[Cause.FAULTS].value == 0


def test_a_part_below_the_least_share_explains_nothing():
    found = shares(10e-3, call(times=int(LEAST_SHARE * 10_000) - 10))
    assert found.cause is None
    assert found.share.value == pytest.approx(LEAST_SHARE, abs=0.01)
    assert shares(10e-3, call(times=int(LEAST_SHARE * 10_000) + 10)).cause == Cause.OVERHEAD


def test_unknown_faults_stay_unknown():
    assert shares(1e-3, faults=None).shares[Cause.FAULTS] is None
    no_price = Costs(call_ns={}, fault_ns=None, product_flops_per_s=1e9, pass_bytes_per_s=1e9)
    assert shares(1e-3, faults=100.0, costs=(no_price,)).shares[Cause.FAULTS] is None


def test_work_that_would_take_longer_than_the_call_is_not_believed():
    found = shares(1e-3, flops=1e9, bytes=1e6)
    assert found.excess == pytest.approx(100)
    assert (found.cause, found.shares[Cause.ARITHMETIC]) == (None, None)
    assert shares(1e-3, flops=1e7, bytes=1e6).cause == Cause.ARITHMETIC


def test_overhead_is_still_known_where_the_work_is_not_believed():
    found = shares(10e-3, call(times=6000, moved=6000 * 100, ns=30_000_000), flops=1e12)
    assert found.cause == Cause.OVERHEAD
    assert found.shares[Cause.OVERHEAD].value == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("kind", "mixed", "rate", "cause"),
    [
        (CallKind.OTHER, False, 0.09e9, Cause.INSIDE),
        (CallKind.REDUCTION, False, 2.4e9, Cause.INSIDE),
        (CallKind.REDUCTION, False, 2.6e9, Cause.MEMORY),
        (CallKind.ELEMENTWISE, True, 1.0e9, Cause.MEMORY),
        (CallKind.ELEMENTWISE, True, 0.09e9, Cause.INSIDE),
    ],
)
def test_a_call_that_moves_its_bytes_far_more_slowly_than_memory_allows_is_not_bound_by_memory(
    kind, mixed, rate, cause
):
    one = replace(call(kind, moved=round(8e-3 * rate), ns=8_001_000), mixed=mixed)
    found = shares(10e-3, one)
    assert found.cause == cause
    assert found.shares[cause].value == pytest.approx(0.8)


def test_a_share_has_the_range_of_its_costs_and_of_the_time():
    costs = [replace(COSTS, fault_ns=ns) for ns in (800.0, 1000.0, 1200.0)]
    found = shares(2e-3, faults=1000.0, costs=costs, ends=(1.6e-3, 2.5e-3)).shares[Cause.FAULTS]
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.8 / 2.5, 1.2 / 1.6))


def test_a_cause_explains_only_if_all_of_its_range_is_large():
    costs = [replace(COSTS, fault_ns=ns) for ns in (500.0, 1000.0, 1000.0)]
    assert shares(2e-3, faults=1000.0, costs=costs).cause is None
    assert shares(2e-3, faults=1000.0, costs=costs[1:]).cause == Cause.FAULTS


def test_page_faults_inside_a_call_do_not_make_its_traffic_look_slow():
    one = call(moved=2_000_000, ns=1_001_000)
    assert shares(1.1e-3, one).cause == Cause.INSIDE
    found = shares(1.1e-3, one, faults=800.0)
    assert found.cause == Cause.FAULTS
    assert found.notable() == (Cause.MEMORY,)
