"""What NumPy is called for, against implementations of which it is known."""

import weakref
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bench.problems import implementation
from bench.store.worker_records import CallKind
from bench.worker import numpy_calls
from bench.worker.numpy_calls import Observed, observed

FOLDER = Path(__file__).parent.parent / "fakes" / "counted"

M = 100


@pytest.fixture(params=["float64", "float32"])
def inputs(request):
    return implementation.load(FOLDER, "problem").inputs({"m": M}, request.param, "uniform", 1)


def seen(step, **inputs):
    """Return what is seen of a step that takes the inputs as its arguments."""
    return observed(lambda views: lambda: step(**views), inputs)


PARTS = {"x": np.ones((10, 10)), "y": np.ones((8, 8))}


def kinds(calls):
    found = Counter()
    for call in calls:
        found[call.kind] += call.times
    return found


@pytest.mark.parametrize(
    ("name", "element_wise", "products", "indexings"),
    [("row_by_row", 3 * M, 0, 3 * M), ("whole", 1, 1, 0), ("buffered", 1, 1, 0)],
)
def test_calls_are_counted_exactly(inputs, name, element_wise, products, indexings):
    calls = observed(implementation.load(FOLDER, name).prepare, inputs)
    expected = {CallKind.ELEMENTWISE: element_wise, CallKind.PRODUCT: products, CallKind.INDEX: indexings}
    assert kinds(calls) == Counter(expected)


def test_products_are_told_with_shapes_orders_and_work(inputs):
    itemsize = inputs["x"].itemsize
    calls = {call.name: call for call in observed(implementation.load(FOLDER, "whole").prepare, inputs)}
    dot, square = calls["dot"], calls["multiply"]
    assert dot.operands == ("(6, 100) F", "(100, 5) C")
    assert (dot.flops, dot.bytes, dot.mixed) == (2 * 6 * 5 * M, (6 * M + 5 * M + 30) * itemsize, True)
    assert (square.flops, square.bytes, square.mixed) == (5 * M, 3 * 5 * M * itemsize, False)
    assert all(call.ns > 0 for call in calls.values())


def test_a_part_of_an_array_is_in_no_order_that_another_is_walked_against():
    (add, *_) = [
        call for call in observed(lambda given: lambda: given["x"][1:-1, 1:-1] + given["y"], PARTS) if call.bytes
    ]
    assert (add.operands, add.mixed) == (("(8, 8) strided", "(8, 8) C"), False)


@pytest.mark.parametrize(
    ("product", "flops"),
    [
        (lambda x, y: x @ y, 2 * 4 * 3 * 5),
        (lambda x, y: x.dot(y), 2 * 4 * 3 * 5),
        (lambda x, y: np.inner(x, y.T), 2 * 4 * 3 * 5),
        (lambda x, y: np.tensordot(x, y, 1), 2 * 4 * 3 * 5),
        (lambda x, y: np.vdot(x[0], y[:, 0]), 2 * 5),
        (lambda x, y: np.dot(x, y[:, 0]), 2 * 4 * 5),
    ],
)
def test_the_operations_of_each_kind_of_product_are_counted(product, flops):
    calls = seen(product, x=np.ones((4, 5)), y=np.ones((5, 3)))
    assert sum(call.flops for call in calls if call.kind == CallKind.PRODUCT) == pytest.approx(flops)


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (lambda x: np.exp(-x), CallKind.FUNCTION),
        (lambda x: x.sum(axis=0), CallKind.REDUCTION),
        (lambda x: x.mean(), CallKind.REDUCTION),
        (lambda x: x.astype("float32"), CallKind.OTHER),
        (lambda x: x.copy(), CallKind.OTHER),
        (lambda x: np.concatenate([x, x]), CallKind.OTHER),
        (lambda x: x.astype(int) @ x.astype(int), CallKind.ELEMENTWISE),  # not for BLAS
    ],
)
def test_each_call_is_of_a_kind(step, kind):
    assert kind in kinds(seen(step, x=np.ones((4, 4))))


def test_what_comes_of_an_input_is_observed_too_and_in_place_work_stays_in_place():
    def step(x):
        buffer = np.zeros_like(x)
        kept = buffer
        buffer += x
        np.multiply(buffer, 2, out=buffer)
        assert buffer is kept
        assert (buffer.view(np.ndarray) == 2).all()

    names = {call.name: call.times for call in seen(step, x=np.ones(7))}
    assert names == {"zeros_like": 1, "add": 1, "multiply": 1}


def test_values_are_those_of_plain_arrays():
    x, y = np.arange(12.0).reshape(3, 4), np.arange(12.0).reshape(4, 3)
    results = []

    def step(x, y):
        results[:] = [x @ y, x.T + y, x[1:, ::2], np.einsum("ij,ji->i", x, y), np.split(x, 3)[1], x.sum()]

    seen(step, x=x, y=y)
    expected = [x @ y, x.T + y, x[1:, ::2], np.einsum("ij,ji->i", x, y), np.split(x, 3)[1], x.sum()]
    for found, value in zip(results, expected, strict=True):
        np.testing.assert_array_equal(np.array(found), value)


def test_orders_are_read_off_the_strides():
    x = np.ones((6, 4))
    calls = seen(lambda x: (x + x, x.T + x.T, x[::2] + x[::2], x[:, :1] + x[:, :1]), x=x)
    operands = {call.operands[0] for call in calls if call.name == "add"}
    assert operands == {"(6, 4) C", "(4, 6) F", "(3, 4) strided", "(6, 1) strided"}


def test_an_array_is_freed_as_soon_as_nothing_refers_to_it():
    alive = []

    def step(x):
        total = x + x
        alive.append(weakref.ref(total))
        del total
        assert alive[-1]() is None

    seen(step, x=np.ones(1000))
    assert len(alive) == numpy_calls.PASSES


def test_inputs_that_are_no_arrays_stay_what_they_are():
    assert seen(lambda x, beta: x * beta, x=np.ones(3), beta=2.0)[0].name == "multiply"


def test_masked_arrays_are_observed_and_stay_masked():
    x = np.ma.masked_array(np.arange(6.0), mask=[0, 1, 0, 0, 0, 0], fill_value=7.0)
    found = []
    calls = seen(lambda x: found.append((x * 2).filled()), x=x)
    assert [call.times for call in calls if call.name == "multiply"] == [1]
    assert found[0].tolist() == [0, 7, 4, 6, 8, 10]
    assert Counter(call.name for call in seen(lambda x: np.sqrt(np.asarray(x)), x=x)) == Counter(["sqrt"])
    assert x.tolist() == [0, None, 2, 3, 4, 5]


def test_of_arrays_that_mean_something_else_as_plain_ones_nothing_is_counted():
    class Quantity(np.ndarray):
        """An array with a unit."""

    with pytest.raises(TypeError, match="Quantity"):
        seen(lambda x: x * x, x=np.ones(3).view(Quantity))


def test_what_an_implementation_raises_passes_through_and_nothing_is_recorded_then():
    def prepare(inputs):
        if type(inputs["x"]) is not np.ndarray:
            raise TypeError("plain arrays only")

    with pytest.raises(TypeError, match="plain arrays only"):
        observed(prepare, {"x": np.ones(3)})
    assert Observed.record is None


def test_of_many_different_calls_the_longest_are_told_and_the_rest_together():
    def step(x):
        for n in range(1, numpy_calls.MOST_CALLS + 50):
            x[:n] + 1

    calls = seen(step, x=np.ones(1000))
    assert len(calls) <= numpy_calls.MOST_CALLS + len(CallKind)
    assert kinds(calls)[CallKind.ELEMENTWISE] == numpy_calls.MOST_CALLS + 49


@pytest.mark.parametrize(
    ("made", "copies"),
    [
        ("np.asarray(x)", 0),
        ("np.ascontiguousarray(x)", 0),
        ("np.ascontiguousarray(x.T)", 1),
        ("np.array(x, order='F')", 1),
        ("np.array(x, copy=False)", 0),
        ("np.require(x, requirements='C')", 0),
    ],
)
def test_what_is_made_a_plain_array_of_is_followed(made, copies):
    before = np.array, np.asarray
    calls = seen(eval(f"lambda x: np.sqrt({made}) + 1", {"np": np}), x=np.ones((5, 4)))  # noqa: S307
    assert Counter(call.name for call in calls) == Counter(["sqrt", "add"] + ["copy"] * copies)
    assert (np.array, np.asarray) == before


def test_what_is_made_of_a_list_of_arrays_is_followed():
    x = np.ones((5, 4))
    calls = {call.name: call for call in seen(lambda x: np.exp(np.array([row + 1 for row in x])), x=x)}
    assert calls["array"].operands == ("(4,) C",) * 5
    assert calls["exp"].operands == ("(5, 4) C",)


def test_a_pass_that_takes_very_long_is_given_up_whatever_handles_errors_in_it(monkeypatch):
    monkeypatch.setattr(numpy_calls, "LONGEST_PASS_NS", -1)
    done = []

    def prepare(inputs):
        def step():
            try:
                done.append(inputs["x"] + 1)
            except Exception:  # noqa: BLE001
                done.append("handled")

        return step

    assert observed(prepare, {"x": np.ones(3)}) is None
    assert done == []
    assert Observed.record is None
