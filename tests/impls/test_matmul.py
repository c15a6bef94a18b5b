"""The matrix product: data, reference, tolerance, and both implementations in every memory order."""

import math
from collections.abc import Callable
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Load = Callable[[str, str], ModuleType]
Arrange = Callable[..., dict[str, Any]]
Worst = Callable[..., float]

USUAL = {"n": 64, "m": 10_000}


@pytest.fixture(scope="session")
def problem(load: Load) -> ModuleType:
    return load("matmul", "problem")


def test_the_usual_size_is_that_of_the_question(problem: ModuleType) -> None:
    assert problem.SIZES[problem.DEFAULT_SIZE] == USUAL
    assert problem.LAYOUTS == ("CC", "FC", "CF", "FF")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_inputs_have_the_declared_shapes_and_dtype(problem: ModuleType, dtype: str) -> None:
    inputs = problem.inputs(USUAL, dtype, "random", 1)
    assert {name: array.shape for name, array in inputs.items()} == {"x": (64, 10_000), "y": (10_000, 64)}
    assert all(array.dtype == dtype and array.flags.c_contiguous for array in inputs.values())


def test_the_seed_decides_the_contents(problem: ModuleType) -> None:
    first, again, other = (problem.inputs({"n": 3, "m": 5}, "float64", "random", seed) for seed in (2, 2, 3))
    for name in ("x", "y"):
        assert (first[name] == again[name]).all()
        assert (first[name] != other[name]).all()


def test_unknown_data_is_refused_with_the_names_that_exist(problem: ModuleType) -> None:
    with pytest.raises(ValueError, match="data 'patches' is unknown: expected random"):
        problem.inputs({"n": 3, "m": 5}, "float64", "patches", 0)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_reference_agrees_with_exact_fractions(problem: ModuleType, dtype: str) -> None:
    inputs = problem.inputs({"n": 2, "m": 300}, dtype, "random", 4)
    x, y = inputs["x"].tolist(), inputs["y"].T.tolist()
    product = problem.reference(inputs)["product"]
    assert product.dtype == np.longdouble
    for i, row in enumerate(x):
        for j, column in enumerate(y):
            exact = sum(Fraction(a) * Fraction(b) for a, b in zip(row, column, strict=True))
            high = float(product[i, j])
            error = exact - Fraction(high) - Fraction(float(product[i, j] - high))
            assert abs(error) <= 300 * Fraction(float(np.finfo(np.longdouble).eps)) * exact


def test_the_reference_in_blocks_is_the_reference_in_one(problem: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = problem.inputs({"n": 5, "m": 250}, "float64", "random", 5)
    whole = problem.reference(inputs)["product"]
    monkeypatch.setattr(problem, "BLOCK", 100)
    np.testing.assert_allclose(problem.reference(inputs)["product"], whole, rtol=1e-15)


@pytest.mark.parametrize("name", ["dot", "matmul"])
@pytest.mark.parametrize("layout", ["CC", "FC", "CF", "FF"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("size", [{"n": 1, "m": 1}, {"n": 3, "m": 7}, {"n": 64, "m": 257}, USUAL])
def test_an_implementation_is_right_in_every_layout(
    *,
    problem: ModuleType,
    load: Load,
    arranged: Arrange,
    worst: Worst,
    name: str,
    layout: str,
    dtype: str,
    size: dict[str, int],
) -> None:
    inputs = arranged(problem.inputs(size, dtype, "random", 6), layout)
    product = load("matmul", name).prepare(inputs)()
    assert type(product) is np.ndarray
    assert product.dtype == dtype
    assert worst(problem, inputs, [product], dtype) <= 1


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_one_dropped_term_of_ten_thousand_is_caught(problem: ModuleType, worst: Worst, dtype: str) -> None:
    inputs = problem.inputs(USUAL, dtype, "random", 7)
    for term in (0, 1234, 9999):
        product = np.delete(inputs["x"], term, axis=1) @ np.delete(inputs["y"], term, axis=0)
        assert worst(problem, inputs, [product], dtype) > 1


def test_float32_inside_returned_as_float64_is_caught(problem: ModuleType, worst: Worst) -> None:
    inputs = problem.inputs(USUAL, "float64", "random", 8)
    product = (inputs["x"].astype(np.float32) @ inputs["y"].astype(np.float32)).astype(np.float64)
    assert worst(problem, inputs, [product], "float64") > 1e4


def test_the_work_counts_every_multiplication_and_every_array_once(problem: ModuleType) -> None:
    work = problem.work(USUAL, "float32")
    assert math.isclose(work["flops"], 2 * 64 * 64 * 10_000)
    assert work["bytes"] == 4 * (2 * 64 * 10_000 + 64 * 64)
