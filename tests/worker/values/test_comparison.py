"""Found against expected: what is the same, what is near, and what is said of the rest."""

import numpy as np
import pandas as pd
import pytest

from bench.worker.values.comparison import Error, Expected, compared
from bench.worker.values.reading import taken_apart


def said(found, right, tolerance=0.0, **options):
    """Return what is said of differences, or the errors where there are none."""
    expected = Expected(
        leaves=taken_apart(right), tolerance={"result": np.asarray(tolerance)}, **{"dtypes": {}, **options}
    )
    outcomes = list(compared(taken_apart(found), expected))
    return [one.path + one.text for one in outcomes if not isinstance(one, Error)]


ROWS = [np.ones(2), np.zeros(2)]


@pytest.mark.parametrize(
    ("found", "right"),
    [
        ([1, 2], np.array([1, 2], np.int8)),
        ((1, 2), [1, 2]),
        (3, 3.0),
        (3.0, 3),
        (np.float64(1), 1.0),
        (ROWS, np.array(ROWS)),
        (np.array(ROWS), ROWS),
        ([ROWS, ROWS], np.array([ROWS, ROWS])),
        ([], np.empty(0)),
        (pd.Series([1.0, 2.0], index=[5, 6]), np.array([1.0, 2.0])),
        ({"a": [1.0]}, pd.DataFrame({"a": [1.0]})),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        (np.array([np.nan, np.inf, -np.inf]), np.array([np.nan, np.inf, -np.inf])),
        (np.array(["NaT"], "M8[s]"), np.array(["NaT"], "M8[D]")),
        (2**63, np.uint64(2**63)),
    ],
    ids=str,
)
def test_what_says_the_same_is_the_same(found, right):
    assert said(found, right) == []


@pytest.mark.parametrize(
    ("found", "right", "told"),
    [
        ([1, 2, 4], [1, 2, 3], "result[2] is 4, expected 3 (1 of 3 differ)"),
        ([1, 2], [1, 2, 3], "result has 2 items, expected 3"),
        ([(1, 2), (3, 4)], [(1, 2)], "result has 2 items, expected 1"),
        ([(1, 2), (3, 4)], [(1, 2), (3, 5)], "result[1][1] is 4, expected 5 (1 of 4 differ)"),
        ([(1.0, 2.0), (3.0, 4.0)], [(1.0, 2.0), (3.0, 5.0)], "result[1][1] is 4, expected 5"),
        (np.ones(2), [1.0, 1.0, 1.0], "result has shape (2,), expected (3,)"),
        (np.ones((2, 2)), np.eye(2), "result[0, 1] is 1, expected 0; so are 1 more of 4"),
        (["a"], ["a", "b"], "result has 1 items, expected 2"),
        ("abc", "abd", "result is 'abc', expected 'abd'"),
        (None, 3, "result is None, expected the number 3"),
        (np.ones(3), None, "result is an array of shape (3,), expected None"),
        ([1], {"a": 1}, "result is a list of 1, expected a dict"),
        ({"a": 1}, {"b": 1}, "result has no 'b'"),
        ({1, 2}, {2, 3}, "result has no 3"),
        (np.array([1.0, np.nan]), np.array([np.nan, 1.0]), "result[1] is nan, expected 1 (1 of 2 differ)"),
        (np.array([1.0]), np.array([np.nan]), "result[0] is 1, expected nan"),
        (np.array([np.inf]), np.array([-np.inf]), "result[0] is inf, expected -inf"),
        (np.array([True]), np.array([1.5]), "result is bool, expected float64"),
        (np.array([1]), np.array([True]), "result is int64, expected bool"),
        (np.float32(1), 1.0, "result is float32, expected float64"),
        (1 + 0j, 1.0, "result is complex128, expected float64"),
        (2**62 + 1, 2**62, f"result is {2**62 + 1}, expected {2**62}"),
        (0.1 + 0.2, 0.3, "result is 0.30000000000000004, expected 0.3"),
        (
            {"w": [np.zeros(2), np.ones((2, 8))]},
            {"w": [np.zeros(2), np.eye(2, 8)]},
            "result['w'][1][0, 1] is 1, expected 0; so are 13 more of 16",
        ),
        (pd.Series([1.0], index=[5]), pd.Series([1.0]), "result.index[0] is 5, expected 0"),
    ],
    ids=str,
)
def test_the_first_difference_is_told_by_its_path(found, right, told):
    assert said(found, right)[0] == told


def test_an_error_is_held_against_the_tolerance_of_its_own_place_or_of_what_holds_it():
    right = {"a": np.zeros(2), "b": [np.zeros(2), "x"]}
    found = {"a": np.full(2, 1e-9), "b": [np.full(2, 1e-9), "x"]}
    leaves = taken_apart(right)
    for tolerance, wrong in (
        ({"result": np.array(1e-8)}, []),
        ({"result['a']": np.array(1e-8)}, ["result['b'][0]"]),
        ({"result['a']": np.full(2, 1e-8), "result['b'][0]": np.array([1e-8, 0])}, ["result['b'][0]"]),
    ):
        outcomes = compared(taken_apart(found), Expected(leaves=leaves, tolerance=tolerance, dtypes={}))
        assert [one.path for one in outcomes if not isinstance(one, Error)] == wrong


def test_a_wider_dtype_will_do_where_the_problem_names_no_outputs():
    right, found = np.ones(2, np.float32), np.ones(2)
    assert said(found, right) == []
    assert said(found, right, strict=True) == ["result is float64, expected float32"]
    assert said(found, right.astype(np.longdouble), strict=True, dtypes={"result": "float64"}) == []


def test_whole_numbers_may_be_off_by_their_tolerance():
    assert said([3, 4], [3, 5], 1.0) == []
    (text,) = said([3, 3], [3, 5], 1.0)
    assert text.startswith("result[1] is off by 2 times the tolerance (relative 4.0e-01): 3, expected 5")
    assert text.endswith("expected 5 within 1 (relative 2.0e-01)")  # what it may be off by


def test_no_message_is_long_whatever_differs():
    (told,) = said("x" * 10_000, "y" * 10_000)
    assert len(told) < 200


def test_large_arrays_are_held_against_others_piece_by_piece(monkeypatch):
    right = np.arange(60.0).reshape(10, 6)
    for at, dtype in (((7, 2), "float64"), ((0, 0), "float32")):
        found = right.astype(dtype)
        found[at] += 1e-3
        found[9, 5] += 1e-5
        told = said(found, right.astype(dtype), 1e-6)
        monkeypatch.setattr("bench.worker.values.nearness._PIECE", 13)
        assert said(found, right.astype(dtype), 1e-6) == told
        assert told[0].startswith(f"result[{at[0]}, {at[1]}] is off by 1e+03 times")
        monkeypatch.undo()


def test_an_error_beside_nothing_is_told_in_units_of_the_largest_number():
    expected = Expected(leaves=taken_apart(np.array([0.0, 1.0])), tolerance={"result": np.array(1.0)}, dtypes={})
    (error,) = compared(taken_apart(np.array([2.0**-52, 1.0])), expected)
    assert error.ulp == 1


def test_of_a_frame_whose_rows_are_in_another_order_that_is_told_first():
    right = pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9.0), "c": np.arange(9.0)}, index=np.arange(9))
    first, *others = said(right.iloc[::-1], right)
    assert first == (
        "result.index[0] is 8, expected 0 (8 of 9 differ): its rows are in another order: sort both, or let "
        "`same` compare without it"
    )
    assert others


def test_labels_on_other_rows_than_theirs_are_not_called_rows_in_another_order():
    right = pd.DataFrame({"a": np.arange(4.0), "b": list("abcd")}, index=[5, 6, 7, 8])
    for labels in ([6, 5, 7, 8], [8, 7, 6, 5]):
        (told,) = said(right.set_axis(labels), right)
        assert told.endswith("differ), the same labels in another order, and not the rows with them")
    assert "its rows are in another order" in said(right.iloc[[2, 0, 1, 3]], right)[0]
    assert "not the rows with them" in said(right.iloc[[2, 0, 1, 3]].assign(a=right["a"].to_numpy()), right)[0]


BIG = 2**60


def counted(*values):
    return pd.Series(values, dtype="Int64")


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (counted(1, 2), pd.Series([1, 2])),
        (pd.Series([1, 2]), counted(1, 2)),
        (counted(1, None), counted(1, None)),
        (pd.Series([1, np.nan]), counted(1, None)),
        (pd.Series([1.5, None], dtype="Float64"), pd.Series([1.5, np.nan])),
        (pd.Series([True, None], dtype="boolean"), pd.Series([True, None], dtype="boolean")),
        (pd.Series(["a", None], dtype="string"), pd.Series(["a", None], dtype="str")),
        (pd.Series(["a", None], dtype=object), pd.Series(["a", None], dtype="string")),
        (pd.Series(["a", None] * 600, dtype="string"), pd.Series(["a", None] * 600)),
        (pd.Series(pd.arrays.SparseArray([0, 1])), pd.Series([0, 1])),
        (pd.DataFrame({"a": []}), pd.DataFrame({"a": pd.array([], "Int64")})),
        (pd.Series([1, 2], index=["a", "b"]), pd.Series([1, 2], index=pd.CategoricalIndex(["a", "b"], ordered=True))),
        (pd.Series([1, 2], index=["a", "b\0"]), pd.Series([1, 2], index=["a", "b\0"])),
        (pd.Categorical(["a"], ["a", "b"], ordered=True), pd.Categorical(["a"], ["b", "a"], ordered=True)),
        (pd.Series(["a", "b"], dtype=object), pd.Series(pd.Categorical(["a", "b"], ordered=True))),
    ],
    ids=str,
)
def test_columns_that_say_the_same_are_the_same_whatever_type_pandas_keeps_them_in(found, right):
    assert said(found, right) == []


@pytest.mark.parametrize(
    ("found", "right", "told"),
    [
        (counted(BIG + 1, None), counted(BIG, None), f"result[0] is {BIG + 1}, expected {BIG} (1 of 2 differ)"),
        (counted(1, 0), counted(1, None), "result.missing[1] is False, expected True (1 of 2 differ)"),
        (counted(1, None), counted(1, 0), "result.missing[1] is True, expected False (1 of 2 differ)"),
        (pd.Series([1, 0]), counted(1, None), "result.missing[1] is False, expected True (1 of 2 differ)"),
        (pd.Series(["a", ""]), pd.Series(["a", None]), "result.missing[1] is False, expected True (1 of 2 differ)"),
        (
            pd.Categorical(["a", "b"], ["b", "a"], ordered=True),
            pd.Categorical(["a", "b"], ordered=True),
            "result.order[0] is 'b', expected 'a'",
        ),
    ],
    ids=str,
)
def test_missing_values_large_numbers_and_an_order_of_categories_are_part_of_a_column(found, right, told):
    assert said(found, right)[0] == told


def test_an_attribute_may_be_called_as_what_only_frames_have():
    class Held:
        def __init__(self, **held):
            vars(self).update(held)

    assert said(Held(value=1), Held(value=1, index=2)) == ["result has no index"]
    assert said(Held(value=1, missing=True), Held(value=1, missing=False)) != []


OTHER = ", the same labels in another order, and not the rows with them"


def by(*labels):
    index = pd.MultiIndex.from_tuples(labels) if isinstance(labels[0], tuple) else labels
    return pd.Series(np.arange(len(labels)) * 0.5, index=index)


@pytest.mark.parametrize(
    ("found", "right", "told"),
    [
        (
            by((2, "b"), (1, "a")),
            by((1, "a"), (2, "b")),
            f"result.index.level_0[0] is 2, expected 1 (2 of 2 differ){OTHER}",
        ),
        (
            by("b", "a"),
            by("a", "b"),
            f"result.index[0] is 'b', expected 'a' (2 of 2 differ){OTHER}",
        ),
        (by("a", 1), by("a", "b"), "result.index is a ndarray, expected an array of shape (2,)"),
        (by((1, 2), (3, 4)), by((1, 2, 3), (3, 4, 5)), "result.index has no level_2"),
        (by(1, 2), by((1, 2), (3, 4)), "result.index is an array of shape (2,), expected a MultiIndex"),
        (by(7, 8), by(7, 9), "result.index[1] is 8, expected 9 (1 of 2 differ)"),
    ],
    ids=str,
)
def test_labels_of_rows_are_compared_without_the_tolerance_of_the_values(found, right, told):
    assert said(found, right, tolerance=np.full(2, 1e3))[0] == told


def test_the_right_values_in_another_order_are_told_to_be_that():
    assert said([3, 1, 2], [1, 2, 3])[0].endswith(", the same values in another order")
    assert said(np.array([0.3, 0.1]), np.array([0.1, 0.3]))[0].endswith(", the same values in another order")
    assert "order" not in said([3, 1, 4], [1, 2, 3])[0]
