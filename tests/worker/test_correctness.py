"""Right or wrong, with a number."""

import numpy as np
import pandas as pd
import pytest

from bench.store.worker_records import Verification
from bench.worker import correctness
from bench.worker.correctness import NoNumbers
from bench.worker.outcome import Wrong
from bench.worker.outputs import leaves_of
from bench.worker.values.comparison import Expected

REFERENCE = {"y": np.array([1, -2, 4], np.longdouble)}
TOLERANCE = {"y": np.array([1e-15, 2e-15, 4e-15])}


def check(outputs, reference, tolerance, dtype):
    """Hold outputs against a reference as a problem with OUTPUTS does."""
    expected = Expected(
        leaves=leaves_of(reference, judged=False),
        tolerance=tolerance,
        dtypes=dict.fromkeys(reference, dtype),
        strict=True,
    )
    return correctness.check(leaves_of(outputs, judged=False), expected)


def checked(values, dtype="float64"):
    return check({"y": np.asarray(values)}, REFERENCE, TOLERANCE, dtype)


def test_the_exact_result_has_no_error():
    (error,) = checked([1.0, -2.0, 4.0])
    assert (error.error_over_tolerance, error.max_ulp) == (0, 0)


def test_an_error_is_told_in_tolerances_and_in_units_in_the_last_place():
    (error,) = checked([1.0, np.nextafter(-2.0, -3), 4.0])
    assert error.max_ulp == 1
    assert error.error_over_tolerance == pytest.approx(4.4408920985e-16 / 2e-15)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1.0, -2.0, 4.0 + 1e-14], "times the tolerance"),
        ([1.0, -2.0, np.nan], r"y\[2\] is nan, expected 4 \(1 of 3 differ\)"),
        ([1.0, -np.inf, np.nan], r"y\[1\] is -inf, expected -2 \(2 of 3 differ\)"),
        ([[1.0, -2.0, 4.0]], r"shape \(1, 3\), expected \(3,\)"),
        (np.array([1, -2, 4], np.float32), "float32, expected float64"),
        ([1, -2, 4], "int64, expected float64"),
    ],
)
def test_what_is_wrong_is_told(values, told):
    with pytest.raises(Wrong, match=told):
        checked(values)


def test_where_no_error_is_allowed_any_is_wrong_and_none_is_right():
    zero = {"y": np.zeros(2, np.longdouble)}, {"y": np.zeros(2)}
    (error,) = check({"y": np.zeros(2)}, *zero, "float64")
    assert error.error_over_tolerance == 0
    with pytest.raises(Wrong):
        check({"y": np.array([0.0, 1e-300])}, *zero, "float64")


def test_a_changed_input_is_found_and_nan_equals_itself():
    original = {"x": np.array([1.0, np.nan]), "beta": 3.0}
    correctness.require_unchanged({"x": original["x"].copy(), "beta": 3.0}, original)
    with pytest.raises(Wrong, match="changed its input x"):
        correctness.require_unchanged({"x": np.array([1.0, 2.0]), "beta": 3.0}, original)


def test_the_worst_error_of_several_checks_is_kept_for_each_output():
    small, large = (Verification(output="y", error_over_tolerance=e, max_ulp=e) for e in (0.1, 0.4))
    assert correctness.worst([small], [large], [small]) == (large,)


def test_the_worst_of_several_checks_is_the_largest_of_either_error():
    one = Verification(output="y", error_over_tolerance=0.5, max_ulp=1.0)
    other = Verification(output="y", error_over_tolerance=0.1, max_ulp=9.0)
    assert correctness.worst([one], [other]) == (Verification(output="y", error_over_tolerance=0.5, max_ulp=9.0),)
    assert correctness.worst() == ()


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "complex128"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_unchanged_input_is_so_in_any_dtype_and_order_and_with_nan(dtype, order):
    original = {"x": np.arange(6).reshape(2, 3).astype(dtype)}
    if original["x"].dtype.kind in "fc":
        original["x"][1, 1] = np.nan
    held = {"x": np.array(original["x"], order=order)}
    correctness.require_unchanged(held, original)
    held["x"][0, 0] += 1
    with pytest.raises(Wrong, match="changed its input x"):
        correctness.require_unchanged(held, original)


def test_what_is_no_finite_number_is_found_and_what_is_missing():
    series = pd.Series([1, None], dtype="Int64")
    found = correctness.not_finite(leaves_of({"y": series, "z": np.array([np.nan, 1, 2])}, judged=True))
    assert found == {
        "missing values": NoNumbers(path="y", share=1 / 2),
        "NaN": NoNumbers(path="z", share=1 / 3),
    }


def test_what_a_test_accepts_has_no_more_of_what_is_no_number_than_twice_what_the_baseline_has():
    few, some, many = ({"NaN": NoNumbers(path="z", share=share)} for share in (0.01, 0.02, 0.5))
    correctness.require_numbers(some, few)
    correctness.require_numbers({}, few)
    with pytest.raises(Wrong, match=r"50 % of its numbers are NaN \(z has some\), of those of the baseline 1.0 %"):
        correctness.require_numbers(many, few)


def test_integers_are_held_against_integers_and_may_be_floats_of_the_case():
    counts = {"y": np.array([3, 0, 2**62 + 1])}, {"y": np.zeros(3)}
    (error,) = check({"y": counts[0]["y"].astype(np.int64)}, *counts, "float64")
    assert error.error_over_tolerance == 0
    check({"y": np.array([3.0, 0.0])}, {"y": np.array([3, 0])}, {"y": np.zeros(2)}, "float64")
    with pytest.raises(Wrong, match=r"y\[0\] is 2, expected 3 \(3 of 3 differ\)"):
        check({"y": counts[0]["y"] - 1}, *counts, "float64")
    with pytest.raises(Wrong, match="y is complex128, expected integers"):
        check({"y": np.ones(3, complex)}, *counts, "float64")


def test_an_output_without_a_reference_is_left_to_the_problems_own_test():
    (error,) = check({"y": np.array([1.0, -2, 4]), "z": np.array([np.nan])}, REFERENCE, TOLERANCE, "float64")
    assert error.output == "y"


@pytest.mark.parametrize("said", [None, True, np.True_])
def test_what_the_problems_own_test_has_nothing_against_is_accepted(said):
    correctness.accept(lambda inputs, outputs: said, {}, {})


def refusing(inputs, outputs):
    assert outputs["y"] == inputs["x"], "y is not x"


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (refusing, "y is not x"),
        (lambda inputs, outputs: "too far", r"not accepted by the problem's accept\(\): too far"),
        (lambda inputs, outputs: False, "it returned False"),
        (lambda inputs, outputs: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda inputs, outputs: "", r"accept\(\): it returned an empty text; None says that outputs are right$"),
        (lambda inputs, outputs: "\nnot equal:\n  3\n  4\n", r"accept\(\): not equal: 3 4$"),
        (
            lambda inputs, outputs: np.testing.assert_equal(3, 4),
            r"accept\(\): Items are not equal: ACTUAL: 3 DESIRED: 4$",
        ),
    ],
)
def test_why_the_problems_own_test_does_not_accept_is_told(test, told):
    with pytest.raises(Wrong, match=told):
        correctness.accept(test, {"x": 1}, {"y": 2})


SOME_BYTES = np.random.default_rng(1).bytes(24 * 48)


@pytest.mark.parametrize(
    "dtype",
    [
        *("f2", "f4", "f8", "c8", "c16", "longdouble", "i1", "?", "M8[s]", "m8[ns]", "S5", "V3"),
        np.dtype([("t", "M8[s]"), ("x", "f8", (2,))]),
        np.dtype([("a", "u1"), ("b", "f8"), ("c", [("d", "f4")])], align=True),
    ],
    ids=str,
)
def test_arrays_are_the_same_by_their_bytes_in_whatever_order_and_another_value_is_seen(dtype):
    dtype = np.dtype(dtype)
    array = np.frombuffer(SOME_BYTES, dtype, count=24).reshape(4, 6)
    other = np.array(array, order="F", copy=True)
    assert correctness.same(array, array)
    assert correctness.same(other, array)
    other[2, 3] = np.zeros((), dtype)
    assert not correctness.same(other, array)


@pytest.mark.parametrize(
    "missing", [np.datetime64("NaT", "s"), np.timedelta64("NaT", "s"), np.nan, complex(0, np.nan)], ids=str
)
def test_what_is_missing_is_itself(missing):
    array = np.array([missing] * 3)
    structured = np.zeros(3, [("a", "i4"), ("b", array.dtype)])
    structured["b"] = array
    correctness.require_unchanged({"x": array.copy(), "y": structured.copy()}, {"x": array, "y": structured})
