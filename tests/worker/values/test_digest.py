"""Digests: the same for the same value, another for another."""

import datetime as dt
import functools
import hashlib
import random
import re

import numpy as np
import pandas as pd
import pytest

from bench.worker.values.digest import changed, difference, digest, looked, same


class Signal(np.ndarray):
    """An array that has an attribute."""


def _signal(rate):
    found = np.arange(3.0).view(Signal)
    found.rate = rate
    return found


@pytest.mark.parametrize(
    "make",
    [
        lambda: _signal(rate=1),
        lambda: np.ma.masked_array([random.random()], [True]),
        lambda: np.random.default_rng(1),
        lambda: random.Random(1),
        lambda: re.compile("a+"),
        lambda: {1, "b", None},
        lambda: pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
        lambda: {"x": np.zeros((0, 3)), "y": ["\udc80"]},
        lambda: [np.ones(3, np.longdouble) / 3],
        lambda: np.array([(1, "a")], [("a", "i4"), ("b", "O")]),
        lambda: iter([1]),
        lambda: len,
    ],
)
def test_a_value_that_is_made_twice_has_one_digest(make):
    assert digest(make()) == digest(make())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1, 2], [2, 1]),
        (["1"], [1]),
        (np.random.default_rng(1), np.random.default_rng(2)),
        (re.compile("a"), re.compile("b")),
        (np.zeros(2), np.zeros((2, 1))),
        (np.zeros(2), -np.zeros(2)),
        ({"a": 1}, {"b": 1}),
        ({1, 2}, {1, 3}),
        (np.ma.masked_array([1.0, 2], [True, False]), np.ma.masked_array([1.0, 2], [False, False])),
        (np.ma.masked_array([1.0], [True], fill_value=1), np.ma.masked_array([1.0], [True], fill_value=2)),
        (_signal(rate=1), _signal(rate=2)),
    ],
)
def test_another_value_has_another(one, other):
    assert digest(one) != digest(other)


def test_what_a_generator_of_random_numbers_has_given_changes_it():
    values = {"r": np.random.default_rng(1), "n": [1]}
    before = {name: digest(value) for name, value in values.items()}
    assert changed(before, values) is None
    values["r"].random()
    assert changed(before, values) == "r"


def _closure(number):
    return lambda: number


@functools.wraps(len)
def _wrapped():
    return len


def _local(number):
    class Local:
        x = 1

        def value(self):
            return number

    return Local()


@pytest.mark.parametrize(
    "make",
    [
        _closure,
        lambda number: [_closure(number)],
        lambda number: functools.partial(_closure(number), 1),
        lambda number: functools.wraps(_closure)(_closure(number)),
        lambda number: compile(str(number), "", "eval"),
        lambda number: hashlib.sha256(str(number).encode()),
        _local,
    ],
)
def test_what_cannot_be_looked_into_is_the_same_as_itself_alone(make):
    one = make(1)
    assert same(one, one)
    assert not same(one, make(2))


@pytest.mark.parametrize("value", [_closure, len, re, [1], {"a": _wrapped}, dt.date])
def test_what_is_found_by_its_name_is_known(value):
    assert not looked(value).unseen


@pytest.mark.parametrize(
    ("value", "may"), [(_closure(1), False), ([hashlib.sha256()], True), ([np.sum, np.sin, 1], False)]
)
def test_what_cannot_be_looked_into_may_keep_something_unless_it_is_a_function(value, may):
    assert looked(value).may_keep is may


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]}, ("['b']", False)),
        ({"a": 1}, {"a": 1, "c": 2}, ("['c']", True)),
        (["a", "b"], ["a", None], ("[1]", False)),
        ([1], [1], None),
    ],
)
def test_the_first_part_that_differs_is_named(one, other, told):
    assert difference(one, other) == told


def test_an_object_that_hands_over_addresses_counts_by_its_type_alone():
    spatial = pytest.importorskip("scipy.spatial")
    points = np.random.RandomState(1).rand(200, 3)
    one, other = spatial.cKDTree(points), spatial.cKDTree(points)
    assert digest(one) == digest(other)
    assert looked(one).may_keep
    assert not same(one, other)
