"""Digests: the same for the same value, another for another."""

import random
import re

import numpy as np
import pandas as pd
import pytest

from bench.worker.values.digest import changed, digest


@pytest.mark.parametrize(
    "make",
    [
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
