"""Values written down, and built again by somebody who does not trust who wrote them."""

import collections
import dataclasses
import datetime as dt
import decimal
import json
from fractions import Fraction

import numpy as np
import pytest

from bench.worker.values.leaves import Exact, Unreadable
from bench.worker.values.structure import built, written

Pair = collections.namedtuple("Pair", "low high")


@dataclasses.dataclass
class Point:
    x: float
    y: float


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


@pytest.mark.parametrize(
    "value",
    [
        None,
        [True, 1, 2.5, float("inf"), 1 + 2j, 10**40, "é\udc80", b"\0\xff"],
        {"a": (1, [2]), 3: {4, 5}, (1, 2): frozenset({6})},
        [0.1 * place for place in range(100)],
        collections.Counter("abca"),
        collections.deque([1, 2]),
        range(2, 9, 3),
        [
            decimal.Decimal("1.50"),
            Fraction(-2, 3),
            dt.date(2020, 1, 2),
            dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC),
        ],
    ],
    ids=str,
)
def test_pythons_own_values_come_back_as_they_were(value):
    found = built(written(value), {})
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.array(["2020-01-01", "NaT"], "M8[D]"),
        np.zeros((0, 3), np.int8),
        np.array([(1, 0.5)], [("a", "i4"), ("b", "f8")]),
        np.array([[1, 2], None, "x"], object),
        np.float32(1.5),
    ],
    ids=str,
)
def test_arrays_come_back_as_they_were(array):
    found = built(written(array), {})
    assert (type(found), found.dtype, found.shape) == (type(array), array.dtype, array.shape)
    np.testing.assert_array_equal(found, array)


def test_objects_of_classes_that_are_known_are_of_these_and_others_have_their_attributes():
    classes = {"Point": Point, "Slotted": Slotted, "Pair": Pair}
    assert built(written(Point(1.0, 2.0)), classes) == Point(1.0, 2.0)
    assert built(written(Slotted([3])), classes).value == [3]
    assert type(built(written(Pair(1, 2)), classes)) is Pair
    bare = built(written([Point(1.0, 2.0), Pair(1, 2)]), {})
    assert (bare[0].x, bare[1].high) == (1.0, 2)


def test_an_attribute_that_hides_a_method_of_its_class_is_refused():
    class Split:
        def gap(self): ...

    one = Split()
    one.left = [1]
    assert built(written(one), {"Split": Split}).left == [1]
    one.gap = 0
    with pytest.raises(ValueError, match="an attribute 'gap' of the output hides the method of Split"):
        built(written(one), {"Split": Split})


def test_frames_and_sparse_matrices_come_back():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"k": [1, 2], "v": [0.5, 1.5]}, index=["a", "b"])
    pandas.testing.assert_frame_equal(built(written(frame), {}), frame)
    pandas.testing.assert_series_equal(built(written(frame["v"]), {}), frame["v"])
    frame = pandas.DataFrame(
        {
            "whole": pandas.array([2**60 + 1, None], dtype="Int64"),
            "real": pandas.array([0.5, None], dtype="Float64"),
            "yes": pandas.array([True, None], dtype="boolean"),
            "text": pandas.array(["a", None], dtype="string"),
            "usual text": ["a", None],
            "ordered": pandas.Categorical(["b", None], categories=["b", "a"], ordered=True),
        }
    )
    pandas.testing.assert_frame_equal(built(written(frame), {}), frame)
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.random(5, 4, 0.5, format="coo", rng=np.random.RandomState(1))
    assert abs(built(written(matrix), {}) - matrix).max() == 0


class Computing(tuple):
    __slots__ = ()

    def __iter__(self):
        raise AssertionError("asked")

    __getitem__ = __len__ = __iter__


def test_what_a_subclass_does_when_it_is_asked_is_not_done():
    assert built(written(Computing((1, 2))), {}) == (1, 2)


def test_whole_numbers_of_any_number_of_digits_come_back():
    value = [-(1 << 40_000), Fraction(1, 1 << 40_000)]
    assert built(written(value), {}) == value


@pytest.mark.parametrize("value", [len, object(), (one for one in ()), lambda: None])
def test_what_has_no_place_there_is_told(value):
    with pytest.raises(Unreadable):
        written(value)


def test_what_holds_itself_is_told():
    value = []
    value.append(value)
    with pytest.raises(Unreadable, match="nested too deeply"):
        written(value)


@pytest.mark.parametrize(
    "structure",
    [
        ["unknown"],
        ["of", 1],
        ["__init__", 1, 2],
        [],
        ["array", "9"],
        ["array", "structure"],
        ["sequence", "eval", ["1"]],
        ["sequence", "list"],
        ["mapping", "dict", [[["sequence", "list", []], 1]]],
        ["foreign", "Popen", []],
        ["named", "a b", ["x"], [1]],
        ["int", "x"],
        ["fields", [1], [["a", 1]]],
        ["objects", [7], [1]],
        ["object", "Point", 3],
    ],
    ids=str,
)
def test_what_nobody_can_have_written_is_refused(structure):
    leaves = {"structure": Exact(kind="json", text=json.dumps(structure))}
    with pytest.raises(ValueError):  # noqa: PT011  # whatever the words
        built(leaves, {"Point": Point})
