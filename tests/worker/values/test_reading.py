"""Values taken apart, without running the code that made them."""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import functools
import json
import random
import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from bench.worker.values.leaves import Exact, Holder, Numbers, Unreadable
from bench.worker.values.reading import taken_apart

NEW_YEAR = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

Pair = collections.namedtuple("Pair", "a b")


@dataclasses.dataclass
class Layer:
    weights: object
    name: str = "first"


class Slotted:
    __slots__ = ("x", "y")

    def __repr__(self):
        return "Slotted()"

    def __init__(self):
        self.x = 1


class Colour(enum.Enum):
    RED = 1


def repr_without_address(value):
    """Return what a case is called: the same in every process that collects it."""
    return re.sub(r" at 0x\w+", "", str(value))


def steps(value):
    return {path.removeprefix("result"): leaf for path, leaf in taken_apart(value).items()}


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        (3, [""]),
        ([1, 2], [""]),
        ([[1.0, 2], [3, 4]], [""]),
        ([[1.0], [2, 3]], ["", "[0]", "[1]"]),
        ((1, "a"), ["", "[0]", "[1]"]),
        (Pair(np.ones(2), 1), ["", "[0]", "[1]"]),
        ({"a": {"b": 1}}, ["", "['a']", "['a']['b']"]),
        ({np.int64(1): "x"}, ["", "[1]"]),
        ({1.0: "x", 2.5: "y", float("inf"): "z"}, ["", "[1]", "[2.5]", "[inf]"]),
        ({2, 1}, ["", "{1}", "{2}"]),
        (Layer(np.ones(2)), ["", ".weights", ".name"]),
        (Slotted(), ["", ".x"]),
        (pd.Series([1, 2]), ["", ".index"]),
        (pd.DataFrame({"a": [1]}), ["", "['a']", ".index"]),
        (pd.Series([1, None], dtype="Int64"), ["", ".missing", ".index"]),
        (pd.Series([1.0, None], dtype="Float64"), ["", ".index"]),
        (pd.Series(["a", None]), ["", "[0]", "[1]", ".missing", ".index"]),
        (pd.Categorical(["a", "b"], categories=["c", "b", "a"]), ["", "[0]", "[1]"]),
        (pd.Categorical([1.5, 0.5], categories=[3.5, 1.5, 0.5], ordered=True), ["", ".order"]),
        (
            pd.Series([1], index=pd.MultiIndex.from_tuples([(1, 2)])),
            ["", ".index", ".index.level_0", ".index.level_1"],
        ),
        (
            pd.DataFrame([[1, 2]], columns=["a", "a"]),
            ["", "['a']", "['a', 1]", ".index"],
        ),
        (np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), ["", "['a']", "['b']"]),
        (np.ma.masked_array([1, 2], [0, 1]), ["", ".data", ".mask"]),
        (collections.deque([1.0]), [""]),
        ({"a": 1}.keys(), ["", "[0]"]),
    ],
    ids=str,
)
def test_a_value_has_its_leaves_at_their_paths(value, paths):
    assert list(steps(value)) == paths


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", "'é'"),
        (None, "None"),
        (b"x", "b'x'"),
        (bytearray(b"x"), "b'x'"),
        (10**40, str(10**40)),
        (dt.date(2020, 1, 1), "datetime.date(2020, 1, 1)"),
        (decimal.Decimal("1.50"), "Decimal('1.5')"),
        (decimal.Decimal("-0.0"), "Decimal('0')"),
        (decimal.Decimal("NaN"), "Decimal('NaN')"),
        (dt.datetime(2020, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), repr(NEW_YEAR)),
        (NEW_YEAR, repr(NEW_YEAR)),
        (Colour.RED, "RED"),
        (pd.NA, "<NA>"),
        (len, "len"),
        (json.loads, "json.loads"),
        (np.float64, "numpy.float64"),
        (json, "json"),
        (re.compile("a+"), "('a+', 32)"),
    ],
    ids=repr_without_address,
)
def test_what_is_exact_is_known_by_how_it_is_written(value, text):
    (leaf,) = steps(value).values()
    assert isinstance(leaf, Exact)
    assert leaf.text == text


def test_a_whole_number_may_have_any_number_of_digits():
    assert steps({1 << 40_000: 1 << 40_001})[f"[{1 << 40_000:#x}]"].text == hex(1 << 40_001)
    assert steps(Fraction(1 << 40_000)) == steps(Fraction(1 << 40_000)) != steps(Fraction(1 << 40_001))


@pytest.mark.parametrize(
    ("items", "dtype"),
    [
        ([True, False], "bool"),
        ([1, 2**62], "int64"),
        ([1, 2.5], "float64"),
        ([1, 2j], "complex128"),
        ([np.float32(1)], "float32"),
        ([0.5, np.float64(1)], "float64"),
        ([1, True], None),
        ([2**63 + 2**60, -1], None),
        ([2**60, 0.5], None),
        ([1, "a"], None),
        ([], None),
    ],
    ids=str,
)
def test_a_list_of_numbers_is_an_array_unless_one_would_lose_a_digit(items, dtype):
    leaf = steps(items)[""]
    assert (str(leaf.array.dtype) if isinstance(leaf, Numbers) else None) == dtype


def test_much_text_is_one_leaf_and_an_array_of_numbers_as_objects_is_one_of_numbers():
    assert steps(["a"] * 2000)[""].array.shape == (2000,)
    assert isinstance(steps(["a\0"] * 2000)[""], Holder)
    assert steps(np.array([[1.0, 2.0]], object))[""].array.dtype == float


def test_frames_sparse_matrices_and_tensors_are_read_as_arrays():
    sparse = pytest.importorskip("scipy.sparse")
    leaf = steps(sparse.eye(3, format="csr"))[""]
    assert np.array_equal(leaf.array, np.eye(3))
    large = sparse.coo_array(([1.0, 2.0], ([0, 4999], [4999, 0])), shape=(5000, 5000))
    assert steps(large)[".data"].array.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "value",
    [lambda: 1, [].append, Pair(1, 2)._replace, functools.partial(len)],
    ids=["lambda", "method in C", "method", "partial"],
)
def test_functions_that_many_have_the_name_of_are_not_compared_by_it(value):
    with pytest.raises(Unreadable, match="cannot be compared"):
        steps([value])


@pytest.mark.parametrize("value", [re.search("a", "aa"), random.Random(1)], ids=["match", "random"])
def test_what_holds_more_than_its_attributes_is_not_compared_by_those(value):
    with pytest.raises(Unreadable, match="cannot be compared"):
        steps([value])


def test_what_is_nested_too_deeply_is_told_in_few_words():
    value = []
    for _ in range(300):
        value = [value]
    with pytest.raises(Unreadable, match=r"^result[\[0\]]{20,30}… is nested more than 200 deep"):
        steps(value)
    ring = [1, []]
    ring[1].append(ring)
    with pytest.raises(Unreadable, match=r"^result\[1\]\[0\] holds itself$"):
        steps(ring)


class Hidden:
    """Says of itself what it likes."""

    def __init__(self):
        self.x = 1

    def __getattribute__(self, name):
        raise AssertionError("it was asked")


class Dict(dict):
    def items(self):
        raise AssertionError("it was asked")


@pytest.mark.parametrize("make", [Hidden, lambda: Dict(x=1)], ids=["object", "dict"])
def test_what_a_class_of_ones_own_says_of_itself_is_not_asked_for(make):
    (_, leaf) = taken_apart(make()).values()
    assert leaf.array == 1


class Liar:
    """Is written as the number that is expected."""

    def __repr__(self):
        return "1"


class Series:
    """Says that it is another library's."""


Series.__module__ = "pandas"


@pytest.mark.parametrize("value", [{Liar()}, {Liar(): 1}, {(Liar(), 1)}, Series()], ids=["set", "key", "pair", "class"])
def test_what_only_says_that_it_is_something_is_refused(value):
    with pytest.raises(Unreadable, match="which cannot be compared"):
        taken_apart(value)


def test_what_holds_itself_is_refused():
    held = [1, "a"]
    held.append(held)
    with pytest.raises(Unreadable, match=r"result\[2\] holds itself"):
        taken_apart(held)
