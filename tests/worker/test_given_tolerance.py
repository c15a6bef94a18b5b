"""A problem's own tolerance, in whatever form: one for each number, or one sentence that says what it must be."""

import numpy as np
import pandas as pd
import pytest

from bench.worker.given_tolerance import given_tolerance
from bench.worker.outcome import Unfit
from bench.worker.values.reading import taken_apart
from tests.worker.test_any_computation import X, computation, measured, of

__all__ = ["computation"]

VECTOR = np.arange(3.0)


def given(tolerance, right):
    """Return path -> tolerance."""
    return given_tolerance(taken_apart(tolerance), taken_apart(right))


@pytest.mark.parametrize(
    ("tolerance", "right", "expected"),
    [
        (1e-9, VECTOR, {"result": 1e-9}),
        (0, VECTOR, {"result": 0}),
        (np.full(3, 1e-9), VECTOR, {"result": [1e-9] * 3}),
        ([1e-9, 2e-9, 3e-9], VECTOR, {"result": [1e-9, 2e-9, 3e-9]}),
        (1e-9, {"a": VECTOR, "n": 3}, {"result": 1e-9, "result['a']": 1e-9, "result['n']": 1e-9}),
        ({"a": 1e-9}, {"a": VECTOR, "n": 3}, {"result['a']": 1e-9, "result['n']": 0}),
        ((1e-9, 2e-9), (VECTOR, np.ones((2, 2))), {"result[0]": 1e-9, "result[1]": 2e-9}),
        (np.full((2, 3), 1e-9), [VECTOR, VECTOR], {"result[0]": [1e-9] * 3, "result[1]": [1e-9] * 3}),
        (np.array([1e-9, np.nan]), np.array([1.0, np.inf]), {"result": [1e-9, np.nan]}),
        (1e-9, ["a", 1.5], {"result": 1e-9, "result[1]": 1e-9}),
        (pd.Series([1e-9, 2e-9]), pd.Series([1.0, 2.0], index=[5, 6]), {"result": [1e-9, 2e-9]}),
    ],
    ids=str,
)
def test_each_number_has_a_tolerance(tolerance, right, expected):
    found = given(tolerance, right)
    assert found.keys() == expected.keys()
    for path, array in found.items():
        np.testing.assert_array_equal(array, expected[path])


ASKED = "a number that is not negative"
FOR_ALL = f"{ASKED}, for all, or an array of them of shape (3,)"


@pytest.mark.parametrize(
    ("tolerance", "right", "told"),
    [
        (np.nan, VECTOR, f"nan for result, expected {FOR_ALL}"),
        (-1, VECTOR, f"-1 for result, expected {FOR_ALL}"),
        (np.array([1, 1, -0.5]), VECTOR, f"-0.5 for result, expected {FOR_ALL}"),
        (np.ones(2), VECTOR, f"an array of shape (2,) for result, expected {FOR_ALL}"),
        (np.ones(2), 1.5, f"an array of shape (2,) for result, expected {ASKED}"),
        (None, VECTOR, f"None for result, expected {FOR_ALL}"),
        ("1e-9", VECTOR, f"'1e-9' for result, expected {FOR_ALL}"),
        (True, VECTOR, f"a bool for result, expected {FOR_ALL}"),
        ({"x": 1e-9}, VECTOR, f"a dict for result, expected {FOR_ALL}"),
        ({"x": 1e-9}, {"y": VECTOR}, f"none for result['y'], expected {FOR_ALL}"),
        ({"n": -1}, {"n": 3}, f"-1 for result['n'], expected {ASKED}"),
    ],
    ids=str,
)
def test_what_is_no_tolerance_is_told_with_what_it_must_be(tolerance, right, told):
    with pytest.raises(Unfit) as caught:
        given(tolerance, right)
    assert caught.value.reason == f"its tolerance() gives {told}"


def test_a_single_result_has_the_name_that_reasons_give_it(computation):
    tolerance = "\ndef tolerance(inputs, u):\n    return {'result': 1e-9}"
    spec, reply = computation(X + tolerance, base=of("x.sum(axis=1)", "x"), off=of("x.sum(axis=1) + 1e-6", "x"))
    assert reply.check.kind == "against an analysed tolerance"
    measured(spec, "base")
    with pytest.raises(Unfit, match="times the tolerance"):
        measured(spec, "off")
    spec, _ = computation(X + tolerance, base=of("{'result': x.sum()}", "x"), name="mine2")
    measured(spec, "base")


def test_a_tolerance_that_cannot_be_read_is_told(computation):
    with pytest.raises(Unfit, match=r"^its tolerance\(\) cannot be told: result is a function"):
        computation(X + "\ndef tolerance(inputs, u):\n    return lambda: 1", base=of("x.sum()", "x"))
