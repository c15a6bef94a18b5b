"""Which sizes of a sweep, and who at each, a budget allows; on costs that the test says."""

import pytest
from msgspec.structs import replace

from bench.measure import sweep_words
from bench.measure.sweep_plan import Want, in_order, is_coarse, planned
from bench.measure.sweep_words import Plan

SIZES = (100, 200, 500, 1000, 2000, 5000, 10_000)
BASE, PLAIN, OTHER, JIT, LOOP = (
    (name, "C") for name in ("base", "plain", "other", "jit", "loop")
)  # what compiles costs 10 s at each size; the loop a millisecond for each m, far behind


def want(value, *, begun=False, **changes):
    costs_s = {BASE: 2.0, PLAIN: 2.0, OTHER: 2.0, JIT: 10.0, LOOP: 2.0 + 1e-3 * value} | changes
    return Want(
        group=f"m={value}",
        coarse=is_coarse(value, SIZES),
        costs_s=costs_s,
        behind=dict.fromkeys(costs_s, 1.0) | {LOOP: 30.0},
        baseline=BASE,
        begun=begun,
    )


def wants(values=SIZES):
    return [want(value, begun=value == 100) for value in in_order(values)]


def who(kept):
    """Return who is measured where, as size -> names."""
    return {int(group[2:]): {name for name, _ in found} for group, found in kept.items()}


ALL = {"base", "plain", "other", "jit", "loop"}


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (SIZES, [100, 1000, 10_000, 200, 500, 2000, 5000]),
        ((3, 5, 10, 20, 50, 70), [3, 10, 70, 20, 5, 50]),
        ((64, 128, 256, 512), [64, 512, 128, 256]),
        ((1, 2), [1, 2]),
    ],
)
def test_ends_and_powers_of_ten_come_first_then_whatever_is_farthest_from_those(values, order):
    found = in_order(values)
    assert set(found) == set(order)
    coarse = [value for value in values if is_coarse(value, values)]
    assert found[: len(coarse)] == coarse
    assert found == order or {found[-1], found[-2]} == {order[-1], order[-2]}


def test_everything_is_measured_where_the_time_pays_for_it():
    assert who(planned(wants(), 200.0)) == dict.fromkeys(SIZES, ALL)


def test_what_is_dear_and_far_behind_leaves_the_largest_sizes_first():
    found = who(planned(wants(), 140.0))
    assert set(found) == set(SIZES)
    assert found[10_000] == ALL - {"loop"}
    assert all(found[value] == ALL for value in SIZES[:5])


def test_what_is_dear_to_start_leaves_the_sizes_between_before_any_size_is_left_out():
    found = who(planned(wants(), 100.0))
    assert set(found) == set(SIZES)
    assert [value for value in SIZES if "jit" in found[value]] == [100, 1000, 10_000]


def test_then_sizes_between_are_left_out_and_who_is_dear_stays_at_the_ends_and_powers_of_ten():
    found = who(planned(wants(), 65.0))
    assert {100, 1000, 10_000} < set(found)
    assert len(found) < len(SIZES)
    assert all("jit" in found[value] for value in (100, 1000, 10_000))


def test_only_then_who_is_dear_leaves_those_as_well():
    found = who(planned(wants(), 32.0))
    assert set(found) >= {100, 1000, 10_000}
    assert not any("jit" in names for names in found.values())


def test_the_smallest_size_stays_whatever_it_costs_and_others_as_long_as_they_fit():
    assert set(who(planned(wants(), 1.0))) == {100}
    assert set(who(planned(wants(), 17.0))) == {100, 1000}


def test_the_baseline_leaves_a_size_only_where_it_would_take_a_large_part_of_the_time():
    def slow(cost_s):
        one = want(10_000)
        costs_s = {**one.costs_s, BASE: cost_s}
        behind = {**one.behind, BASE: 40.0}
        last = Want(group=one.group, coarse=True, costs_s=costs_s, behind=behind, baseline=BASE)
        return [want(100, begun=True), last]

    assert "base" in who(planned(slow(14.0), 57.0))[10_000]
    assert "base" not in who(planned(slow(60.0), 57.0))[10_000]


def test_nothing_is_dear_where_all_cost_the_same():
    same = [
        Want(
            group=f"m={value}",
            coarse=is_coarse(value, SIZES),
            costs_s={BASE: 2.0, PLAIN: 2.0},
            behind={},
            baseline=BASE,
            begun=value == 100,
        )
        for value in in_order(SIZES)
    ]
    found = who(planned(same, 13.0))
    assert set(found) == {100, 1000, 10_000}
    assert all(names == {"base", "plain"} for names in found.values())


def told(room_s):
    everything = wants()
    values = {one.group: int(one.group[2:]) for one in everything}
    plan = Plan(
        wants=everything,
        kept=planned(everything, room_s),
        values=values,
        parameter="m",
        wanted=(6, 12),
        budget_s=room_s,
    )
    return sweep_words.plan_sentence(plan, 188.6)


def test_the_plan_is_one_sentence():
    whole = "7 sizes x 5 implementations x 6 rounds = about 190 s: the budget of"
    assert told(300.0) == f"{whole} 300 s allows all of it, and up to 12 rounds where time is left"
    assert told(100.0) == (
        f"{whole} 100 s allows every size, without jit at 200, 500, 2000 and 5000, without loop at 5000 and 10000, "
        "and up to 12 rounds where time is left (--budget says another)"
    )
    assert told(17.0) == (
        f"{whole} 17 s allows m = 100 and 1000, without jit, loop at 100 and 1000, "
        "and up to 12 rounds where time is left (--budget says another)"
    )


def test_what_is_left_out_has_what_it_would_take_as_its_reason():
    one = want(10_000)
    assert sweep_words.too_dear(one, LOOP) == (
        "budget: its rounds at this size would take about 12 s, a call 30 times as long as the fastest's "
        "(--budget gives more time)"
    )
    assert sweep_words.unpaid(one) == "budget: the rounds of this size would take about 28 s (--budget gives more time)"


def slow_baseline(value, cost_s):
    """The baseline takes far longer than two others."""
    one = want(value, begun=value == 100)
    return replace(one, costs_s={BASE: cost_s, PLAIN: 2.0, OTHER: 2.0}, behind={BASE: 50.0, PLAIN: 1.0, OTHER: 1.0})


def test_a_slow_baseline_leaves_the_large_sizes_before_any_is_left_out_for_all():
    found = who(planned([slow_baseline(value, value / 100) for value in in_order(SIZES)], 90.0))
    assert set(found) == set(SIZES)
    assert [value for value in SIZES if "base" not in found[value]] == [5000, 10_000]


def test_a_baseline_that_stays_although_it_is_dear_is_named_with_what_would_keep_the_size():
    everything = [slow_baseline(value, 10.0) for value in in_order(SIZES)]
    kept = planned(everything, 45.0)
    assert who(kept) == {value: {"base", "plain", "other"} for value in (100, 1000, 10_000)}
    values = {one.group: int(one.group[2:]) for one in everything}
    plan = Plan(wants=everything, kept=kept, values=values, parameter="m", wanted=(6,), budget_s=45.0)
    assert sweep_words.plan_sentence(plan, 98.0).endswith(
        " allows m = 100, 1000 and 10000 (--budget says another; base, the baseline, takes long at the others: "
        "--baseline says another)"
    )
    assert sweep_words.unpaid(everything[-1]) == (
        "budget: the rounds of this size would take about 14 s, about 10 s of it for the baseline, base "
        "(--budget gives more time, --baseline names another)"
    )


class Counted(dict):
    """Costs that are counted when they are looked at."""

    looks = 0

    def __getitem__(self, who):
        Counted.looks += 1
        return super().__getitem__(who)


def test_what_a_plan_takes_grows_with_the_cases_and_no_faster():
    looks = []
    for count in (50, 100):
        costs_s = {(f"impl_{place}", "C"): 11.0 if place % 3 == 0 else 1.0 for place in range(count)}
        everything = [replace(want(value), costs_s=Counted(costs_s), behind={}, baseline=None) for value in SIZES]
        Counted.looks = 0
        assert len(planned(everything, 3.0 * count)) < len(SIZES)
        looks.append(Counted.looks)
    assert looks[1] < 2.5 * looks[0]
