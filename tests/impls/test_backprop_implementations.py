"""Every implementation of backprop is right: at every size, dtype, memory order, data and at trained parameters."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Load = Callable[[str, str], ModuleType]
Arrange = Callable[..., dict[str, Any]]
Step = Callable[[], tuple[Any, ...]]

FOLDER = Path(__file__).parents[2] / "impls" / "backprop"
NAMES = ("loop_per_sample", "loop_hoisted", "vectorized", "row_major", "inplace")
DTYPES = ("float64", "float32")
LAYOUTS = ("C", "F", "FCCFC", "CFFCF")
SAMPLES = (1, 7, 64, 257, 1000)

every_implementation = pytest.mark.parametrize("name", NAMES)
every_dtype = pytest.mark.parametrize("dtype", DTYPES)


@pytest.fixture(scope="session")
def problem(load: Load) -> ModuleType:
    return load("backprop", "problem")


@pytest.fixture(scope="session")
def judged(problem: ModuleType) -> Callable[..., tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Return a function that gives inputs, reference and tolerance, computed once for all implementations."""

    @cache
    def judge(m: int, dtype: str, data: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        inputs = problem.inputs({"m": m, "n": 64, "p": 25}, dtype, data, 1)
        return inputs, problem.reference(inputs), problem.tolerance(inputs, float(np.finfo(dtype).eps) / 2)

    return judge


@pytest.fixture
def step(load: Load, arranged: Arrange) -> Callable[..., Step]:
    """Return a function that prepares an implementation on read-only inputs in a memory order."""

    def prepared(name: str, inputs: dict[str, Any], layout: str = "C") -> Step:
        made: Step = load("backprop", name).prepare(arranged(inputs, layout))
        return made

    return prepared


def _assert_right(outputs: Any, expected: dict[str, Any], allowed: dict[str, Any], dtype: str) -> None:
    assert isinstance(outputs, tuple)
    for output, name in zip(outputs, expected, strict=True):
        assert type(output) is np.ndarray
        assert (output.dtype, output.shape) == (np.dtype(dtype), expected[name].shape), name
        assert (np.abs(output - expected[name]) <= allowed[name]).all(), name


def test_these_are_all_the_implementations() -> None:
    assert sorted(NAMES) == sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "problem")


@every_implementation
@every_dtype
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("m", SAMPLES)
def test_an_implementation_is_right_at_every_size_dtype_and_layout(
    *, judged: Callable[..., Any], step: Callable[..., Step], name: str, m: int, dtype: str, layout: str
) -> None:
    inputs, expected, allowed = judged(m, dtype, "patches")
    _assert_right(step(name, inputs, layout)(), expected, allowed, dtype)


@every_implementation
@every_dtype
@pytest.mark.parametrize("layout", ["C", "F"])
def test_an_implementation_is_right_at_the_size_of_the_question(
    judged: Callable[..., Any], step: Callable[..., Step], name: str, dtype: str, layout: str
) -> None:
    inputs, expected, allowed = judged(10_000, dtype, "patches")
    _assert_right(step(name, inputs, layout)(), expected, allowed, dtype)


@every_implementation
@every_dtype
def test_an_implementation_is_right_on_random_numbers(
    judged: Callable[..., Any], step: Callable[..., Step], name: str, dtype: str
) -> None:
    inputs, expected, allowed = judged(257, dtype, "random")
    _assert_right(step(name, inputs)(), expected, allowed, dtype)


@every_implementation
@every_dtype
@pytest.mark.parametrize("size", [{"m": 3, "n": 4, "p": 1}, {"m": 50, "n": 9, "p": 30}, {"m": 1, "n": 4, "p": 1}])
def test_an_implementation_is_right_at_other_numbers_of_units(
    problem: ModuleType, step: Callable[..., Step], name: str, dtype: str, size: dict[str, int]
) -> None:
    inputs = problem.inputs(size, dtype, "patches", 2)
    allowed = problem.tolerance(inputs, float(np.finfo(dtype).eps) / 2)
    _assert_right(step(name, inputs)(), problem.reference(inputs), allowed, dtype)


@every_implementation
@every_dtype
def test_an_implementation_is_right_where_the_parts_of_delta2_nearly_cancel(
    problem: ModuleType, step: Callable[..., Step], name: str, dtype: str
) -> None:
    """As after training: the hidden units' mean activations are such that the sparsity term undoes what comes back."""
    inputs = problem.inputs({"m": 1000, "n": 64, "p": 25}, "float64", "patches", 3)
    x, a3, rho = inputs["x"], inputs["a3"], inputs["rho"]
    back = ((-(x - a3) * a3 * (1 - a3)) @ inputs["theta2"]).mean(axis=0)
    inputs["rho_hat"] = rho * (1 - (1 - rho) * back / inputs["beta"])  # the sparsity term's first order around rho
    rounded = {key: value.astype(dtype) if np.ndim(value) else value for key, value in inputs.items()}
    allowed = problem.tolerance(rounded, float(np.finfo(dtype).eps) / 2)
    _assert_right(step(name, rounded)(), problem.reference(rounded), allowed, dtype)


@every_implementation
def test_an_implementation_computes_in_float32_when_it_is_given_float32(
    judged: Callable[..., Any], step: Callable[..., Step], name: str
) -> None:
    """Done in float64 and rounded at the end, every number would be the reference's nearest float32."""
    inputs, expected, _ = judged(1000, "float32", "patches")
    for output, exact in zip(step(name, inputs)(), expected.values(), strict=True):
        assert (output != exact.astype(np.float32)).mean() > 0.1


@every_implementation
@pytest.mark.parametrize("layout", ["C", "F"])
def test_every_call_returns_arrays_of_its_own(
    judged: Callable[..., Any],
    load: Load,
    arranged: Arrange,
    name: str,
    layout: str,
) -> None:
    inputs = arranged(judged(64, "float64", "patches")[0], layout)
    step = load("backprop", name).prepare(inputs)
    first = step()
    kept = [output.copy() for output in first]
    second = step()
    arrays = [*first, *second, *(value for value in inputs.values() if isinstance(value, np.ndarray))]
    for number, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in arrays[number + 1 :])
    assert all((output == copy).all() for output, copy in zip(first, kept, strict=True))
    assert all((output == copy).all() for output, copy in zip(second, kept, strict=True))


@every_implementation
def test_a_step_reads_the_arrays_it_was_given_anew_each_time(
    problem: ModuleType, judged: Callable[..., Any], load: Load, name: str
) -> None:
    inputs = {
        key: value.copy() if np.ndim(value) else value for key, value in judged(64, "float64", "patches")[0].items()
    }
    step = load("backprop", name).prepare(inputs)
    step()
    other = problem.inputs({"m": 64, "n": 64, "p": 25}, "float64", "patches", 4)
    for key, value in other.items():
        if np.ndim(value):
            inputs[key][...] = value
    _assert_right(step(), problem.reference(other), problem.tolerance(other, 2.0**-53), "float64")


@every_implementation
def test_an_implementation_is_a_module_with_a_title(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    title = (ast.get_docstring(tree) or "").splitlines()[0]
    assert title.endswith(".")
    assert len(title) <= 80


@pytest.mark.parametrize("name", ["loop_per_sample", "loop_hoisted", "vectorized"])
def test_the_original_methods_keep_np_dot(name: str) -> None:
    """``@`` in the loops would be slower, and the speed-up over them another number."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    assert not any(isinstance(node, ast.MatMult) for node in ast.walk(tree))
    assert sum(isinstance(node, ast.Attribute) and node.attr == "dot" for node in ast.walk(tree)) == 3
