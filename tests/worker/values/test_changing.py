"""Inputs changed number by number."""

import collections
import dataclasses

import numpy as np
import pandas as pd
import pytest

from bench.worker.values import changing
from bench.worker.values.digest import digest
from bench.worker.values.leaves import Numbers
from bench.worker.values.reading import taken_apart

Pair = collections.namedtuple("Pair", "a b")


@dataclasses.dataclass(frozen=True)
class Held:
    x: object
    n: int


def moved(value):
    return changing.changed(value, changing.moved(np.random.default_rng(1)))


HOLDERS = [
    np.ones(3),
    np.ones(3, np.float32),
    np.ones((2, 3), complex),
    np.asfortranarray(np.ones((2, 3))),
    np.ones((4, 6))[:, ::2],
    np.float64(1.0),
    1.0,
    1j,
    [1.0, 2.0],
    [[1.0], [2.0]],
    {"a": 1.0, "b": "text"},
    Pair(1.0, 2),
    (np.ones(2), "a", 3),
    Held(np.ones(2), 1),
    pd.Series([1.0, 2.0]),
    pd.DataFrame({"a": [1.0], "b": ["x"]}),
]


def test_of_many_dicts_the_numbers_move_and_nothing_else_does():
    value = [{"a": 1.5, "b": "text", "n": place} for place in range(100)]
    found = moved(value)
    assert [{**one, "a": 1.5} for one in found] == value
    assert sum(one["a"] != 1.5 for one in found) > 50
    assert all(type(one["a"]) is float and list(one) == ["a", "b", "n"] for one in found)


@pytest.mark.parametrize("value", HOLDERS, ids=str)
def test_numbers_move_by_a_few_units_in_whatever_holds_them_and_nothing_else_does(value):
    before = digest(value)
    found = moved(value)
    assert digest(value) == before
    assert type(found) is type(value)
    assert digest(found) != before
    for path, leaf in taken_apart(value).items():
        other = taken_apart(found)[path]
        if not isinstance(leaf, Numbers) or leaf.array.dtype.kind not in "fc" or path.endswith("index"):
            continue
        real = np.finfo(leaf.array.dtype)
        assert other.array.dtype == leaf.array.dtype
        assert np.all(np.abs(other.array - leaf.array) <= 5 * real.eps)


@pytest.mark.parametrize("value", ["text", 3, [1, 2], np.arange(3), None, np.array([True])], ids=str)
def test_what_is_not_rounded_stays(value):
    assert moved(value) is value


def test_zeros_and_what_is_not_finite_stay():
    array = np.array([0.0, np.nan, np.inf, -np.inf])
    assert np.array_equal(moved(array), array, equal_nan=True)


def test_a_share_of_the_numbers_shrinks_and_one_at_least():
    array = np.ones(1000)
    for share, count in ((0.1, 100), (1e-6, 1)):
        found = changing.changed(array, changing.some_shrunk(np.random.default_rng(1), share))
        assert np.count_nonzero(found != 1) == count
        assert (found > 0.9).all()
    assert changing.changed(np.ones(1), changing.some_shrunk(np.random.default_rng(1), 1.0)) == 1


def test_long_doubles_stay_long_in_lists():
    found = changing.changed([0.5, [1.5]], changing.widened)
    assert all(isinstance(one, np.longdouble) for one in (found[0], found[1][0]))
    assert changing.count_of_numbers({"a": np.ones((2, 3)), "b": [1.0, 2.0], "n": 3}) == 8


def test_rows_are_changed_column_by_column_and_stay_what_they_are():
    table = [(f"n{place}", place, place / 7, None if place % 2 else 1.5, [place / 3]) for place in range(100)]
    calls = []

    def doubled(array):
        calls.append(array.shape)
        return array * 2

    found = changing.changed(table, doubled)
    assert found == [(name, whole, 2 * real, one and 3.0, [2 * two[0]]) for name, whole, real, one, two in table]
    assert set(map(type, found)) == {tuple}
    assert (100,) in calls


def test_whole_numbers_among_real_ones_in_a_column_stay_whole():
    found = changing.changed([("a", 1 if place % 2 else 0.5) for place in range(100)], lambda array: array * 2)
    assert found == [("a", 1 if place % 2 else 1.0) for place in range(100)]
    assert {type(one) for _, one in found} == {int, float}
