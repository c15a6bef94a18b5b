"""What HEAD does otherwise than BASE, of workers of which it is known what they do."""

import pytest
from msgspec.structs import replace

from bench.analyse.amounts import Unit
from bench.store.profile_records import MOST_FUNCTIONS
from bench.store.records import Role
from bench.versions.benchmarks import arm_name
from bench.versions.changes import Sort, changes, explained
from tests.builders import Spec, make_run
from tests.differing import LOOP, SHAPE, SQUARE, TWICE, call, function, rest, worker


def found(workers, **known):
    return changes(workers, **{"seconds": None, "faults": None} | known).found


def numbers(workers, sort=None):
    return {one.what: (one.base, one.head) for one in found(workers) if sort in (None, one.sort)}


def test_a_function_that_is_called_twice_as_often_is_told_with_its_calls_and_its_own_time():
    assert numbers(TWICE) == {
        "np.add on (64, 64) C x (64, 64) C": (100, 200),
        "calls of pairs (rows.py)": (100, 200),
        "own time of pairs (rows.py)": (pytest.approx(100e-6), pytest.approx(190e-6)),
    }
    assert [one.factor for one in found(TWICE) if one.sort == Sort.OWN_TIME] == [pytest.approx(1.9)]


def test_a_call_on_another_shape_is_one_that_is_gone_and_one_that_is_new():
    assert numbers(SHAPE) == {"np.exp on (100, 10) C": (1, 0), "np.exp on (1000, 10) C": (0, 1)}
    assert all(one.factor is None for one in found(SHAPE))


def test_a_product_that_became_a_loop_is_told_with_its_shapes_and_its_counts():
    told = numbers(LOOP)
    assert told["np.matmul on (64, 64) C x (64, 64) C"] == (1, 0)
    assert told["np.matmul on (64, 64) C x (64,) C"] == (0, 64)
    assert (told["indexings"], told["allocations"]) == ((0, 64), (1, 65))
    assert told["NumPy calls"] == (1, 64)


def test_the_largest_comes_first_by_the_time_that_goes_with_it():
    ordered = found(LOOP)
    assert [one.what for one in ordered[:2]] == ["own time of gram (rows.py)", "np.matmul on (64, 64) C x (64,) C"]
    assert ordered[-1].ns == 0


def test_more_calls_that_take_less_time_explain_nothing_and_come_last():
    base = worker(calls=(call("add", SQUARE, ns=90_000), call("exp", SQUARE, ns=1000)))
    head = worker(calls=(call("add", SQUARE, times=9, ns=10_000), call("exp", SQUARE, times=2, ns=2000)))
    assert [one.name for one in found((base, head)) if one.sort == Sort.CALL] == ["np.exp", "np.add"]


def test_the_same_has_not_changed():
    assert found((TWICE[0], TWICE[0])) == ()


def test_own_times_that_hardly_differ_are_no_change():
    base = worker(functions=(function("a", own_us=1000), function("b", own_us=10)))
    head = worker(functions=(function("a", own_us=1040), function("b", own_us=15)))
    assert found((base, head)) == ()


def test_counts_are_those_of_memory_and_of_faults_too():
    base = worker(allocations=10, allocated_bytes=1000, peak_bytes=5000)
    told = {one.name: one for one in found((base, worker()), faults=(0.0, 935.0))}
    assert set(told) == {"allocations", "allocated bytes", "peak bytes", "page faults"}
    assert told["page faults"].ns == 935_000
    assert told["peak bytes"].unit == Unit.BYTES


def test_what_is_on_one_side_only_is_not_said_to_be_gone_where_short_ones_were_left_out():
    base = worker(calls=(call("add", SQUARE, ns=5000), call("exp", SQUARE, ns=100), rest(12)))
    head = worker(calls=(call("add", SQUARE, ns=5000), call("log", SQUARE, ns=90), call("sin", SQUARE, ns=4000)))
    told = numbers((base, head), Sort.CALL)
    assert told == {"np.exp on (64, 64) C": (1, 0), "np.sin on (64, 64) C": (None, 1)}


def test_a_function_that_may_be_among_those_left_out_is_of_unknown_time_there():
    many = tuple(function(f"f{index}", own_us=10) for index in range(MOST_FUNCTIONS))
    head = (function("slow", own_us=900), *many[:-1])
    told = numbers((worker(functions=many), worker(functions=head)), Sort.OWN_TIME)
    assert told == {"own time of slow (rows.py)": (None, pytest.approx(900e-6))}


def test_many_operands_that_are_alike_are_told_together():
    joined = worker(calls=(call("concatenate", *[(16,)] * 64, SQUARE, SQUARE),))
    assert "np.concatenate on 64 of (16,) C x (64, 64) C x (64, 64) C" in numbers((worker(), joined))


def test_what_was_not_seen_of_a_side_is_told_and_nothing_is_concluded():
    blind = replace(TWICE[1], calls=None, functions=None)
    told = changes((TWICE[0], blind), seconds=None, faults=None)
    assert told.unseen == ("calls of NumPy", "Python functions")
    assert told.found == ()
    elsewhere = replace(TWICE[1], own_clock=True)
    assert changes((TWICE[0], elsewhere), seconds=None, faults=None).unseen == ("calls of NumPy", "allocations")


def test_workers_of_the_round_in_which_both_were_explained_are_held_against_each_other():
    run = make_run((Spec(name="a", ms=1.0, baseline=True), Spec(name="b", ms=1.0)), rounds=2)
    names = [arm_name("a", Role.BASELINE), arm_name("a", Role.CASE)]
    first, second = (replace(one, workers=_named(one.workers, names)) for one in run.rounds)
    assert explained((first, second), "a") is None
    seen = replace(second, workers=tuple(replace(one, arm=name) for one, name in zip(TWICE, names, strict=True)))
    assert [one.functions for one in explained((first, seen), "a")] == [one.functions for one in TWICE]


def _named(workers, names):
    return tuple(replace(one, arm=name) for one, name in zip(workers, names, strict=False))
