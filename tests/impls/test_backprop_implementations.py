"""Every implementation of backprop is right: at every size, dtype, memory order, data and at trained parameters.

One that cannot run here is skipped, with its reason.
"""

import ast
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench.problems import implementation
from bench.problems import problem as problems

Load = Callable[[str, str], ModuleType]
Arrange = Callable[..., dict[str, Any]]
Step = Callable[[], tuple[Any, ...]]

FOLDER = Path(__file__).parents[2] / "impls" / "backprop"
FOUND = implementation.found(problems.read(FOLDER))
ELSEWHERE = {
    "octave_loop": "is tested in test_backprop_octave.py",
    "octave_vectorized": "is tested in test_backprop_octave.py",
    "torch_compile": "compiles for seconds for each case; .ci/check_contenders.py verifies it",
}
if find_spec("cupy") is None:  # distributions of several names have it, so it has no REQUIRES
    ELSEWHERE["cupy_gpu"] = "needs CuPy"
REMEDIES = {
    "numba_loop": "needs numba (pip install implbench[numba])",
    "numba_blocked": "needs numba, scipy (pip install implbench[numba] implbench[scipy])",
    "numba_parallel": "needs numba (pip install implbench[numba])",
    "numexpr_fused": "needs numexpr (pip install implbench[numexpr])",
    "jax_jit": "needs jax (pip install implbench[jax])",
    "torch_eager": "needs torch (pip install implbench[torch])",
    "torch_compile": "needs torch (pip install implbench[torch])",
    "torch_cuda": "needs torch (pip install implbench[torch])",
}
DTYPES = ("float64", "float32")
LAYOUTS = ("C", "F", "FCCFC", "CFFCF")
SAMPLES = (1, 7, 64, 257, 1000)

LEFT_OUT = {name: reason for name, one in FOUND.items() if (reason := one.unavailable or ELSEWHERE.get(name))}

every_implementation = pytest.mark.parametrize("name", [name for name in FOUND if name not in LEFT_OUT])
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


@pytest.fixture(autouse=True)
def cache_of_the_tests(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What c_fused compiles is kept for as long as the tests run, and nowhere else."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


def _module(load: Load, name: str) -> ModuleType:
    """Return an implementation; where the machine does not have what it takes, skip."""
    module = load("backprop", name)
    absent = module.unavailable() if hasattr(module, "unavailable") else None
    if absent:
        pytest.skip(f"{name}: {absent}")
    return module


@pytest.fixture
def prepare(load: Load) -> Callable[..., Step]:
    """Return a function that prepares an implementation."""

    def prepared(name: str, inputs: dict[str, Any]) -> Step:
        made: Step = _module(load, name).prepare(inputs)
        return made

    return prepared


@pytest.fixture
def step(prepare: Callable[..., Step], arranged: Arrange) -> Callable[..., Step]:
    """Return a function that prepares an implementation on read-only inputs in a memory order."""

    def prepared(name: str, inputs: dict[str, Any], layout: str = "C") -> Step:
        return prepare(name, arranged(inputs, layout))

    return prepared


def _assert_right(outputs: Any, expected: dict[str, Any], allowed: dict[str, Any], dtype: str) -> None:
    assert isinstance(outputs, tuple)
    for output, name in zip(outputs, expected, strict=True):
        assert type(output) is np.ndarray
        assert (output.dtype, output.shape) == (np.dtype(dtype), expected[name].shape), name
        assert (np.abs(output - expected[name]) <= allowed[name]).all(), name


@pytest.mark.parametrize("name", FOUND)
def test_an_implementation_can_be_tested_here(load: Load, name: str) -> None:
    if name in LEFT_OUT:
        pytest.skip(f"{name} {LEFT_OUT[name]}")
    _module(load, name)


def test_no_implementation_is_broken_and_those_of_the_question_are_there() -> None:
    assert {"loop_per_sample", "loop_hoisted", "vectorized", "row_major", "inplace"} <= set(FOUND)
    assert not [one.broken for one in FOUND.values() if one.broken]


@pytest.mark.parametrize("name", REMEDIES)
def test_where_its_framework_is_missing_an_implementation_says_how_to_add_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.machine.environment.missing", tuple)
    assert FOUND[name].unavailable == REMEDIES[name]


@pytest.mark.parametrize("name", ["jax_jit", "numexpr_fused"])
def test_threads_that_could_not_be_verified_are_not_supported(load: Load, name: str) -> None:
    if name in LEFT_OUT:
        pytest.skip(f"{name} {LEFT_OUT[name]}")
    unsupported = load("backprop", name).unsupported
    assert unsupported(SimpleNamespace(threads=1)) is None
    assert unsupported(SimpleNamespace(threads=2))


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
@pytest.mark.parametrize("data", ["patches-60", "patches-400"])
@pytest.mark.parametrize("m", [1, 7, 257])
def test_an_implementation_is_right_at_trained_parameters(
    *, judged: Callable[..., Any], step: Callable[..., Step], name: str, m: int, dtype: str, data: str
) -> None:
    inputs, expected, allowed = judged(m, dtype, data)
    _assert_right(step(name, inputs)(), expected, allowed, dtype)


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


@pytest.mark.parametrize("name", ["blocked", "c_fused", "numba_blocked"])
def test_what_goes_by_blocks_adds_up_many_samples_without_losing_digits(
    problem: ModuleType, prepare: Callable[..., Step], worst: Callable[..., float], name: str
) -> None:
    """Numbers of one sign added one after the other would come to 0.3 tolerances here, and beyond one at 64 units."""
    if name in LEFT_OUT:
        pytest.skip(f"{name} {LEFT_OUT[name]}")
    inputs = problem.inputs({"m": 300_000, "n": 4, "p": 3}, "float32", "random", 1)
    assert worst(problem, inputs, prepare(name, inputs)(), "float32") <= 0.05


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
    prepare: Callable[..., Step],
    arranged: Arrange,
    name: str,
    layout: str,
) -> None:
    inputs = arranged(judged(64, "float64", "patches")[0], layout)
    step = prepare(name, inputs)
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
    problem: ModuleType, judged: Callable[..., Any], prepare: Callable[..., Step], name: str
) -> None:
    inputs = {
        key: value.copy() if np.ndim(value) else value for key, value in judged(64, "float64", "patches")[0].items()
    }
    step = prepare(name, inputs)
    step()
    other = problem.inputs({"m": 64, "n": 64, "p": 25}, "float64", "patches", 4)
    for key, value in other.items():
        if np.ndim(value):
            inputs[key][...] = value
    if FOUND[name].copies_inputs:
        step = prepare(name, inputs)
    _assert_right(step(), problem.reference(other), problem.tolerance(other, 2.0**-53), "float64")


@pytest.mark.parametrize("name", FOUND)
def test_an_implementation_is_a_module_with_a_title(name: str) -> None:
    title = (ast.get_docstring(ast.parse(FOUND[name].file.read_text())) or "").splitlines()[0]
    assert title.endswith(".")
    assert len(title) <= 80


@pytest.mark.parametrize("name", ["loop_per_sample", "loop_hoisted", "vectorized"])
def test_the_original_methods_keep_np_dot(name: str) -> None:
    """``@`` in the loops would be slower, and the speed-up over them another number."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    assert not any(isinstance(node, ast.MatMult) for node in ast.walk(tree))
    assert sum(isinstance(node, ast.Attribute) and node.attr == "dot" for node in ast.walk(tree)) == 3
