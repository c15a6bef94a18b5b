"""Every implementation of autoencoder is right: at every size, dtype and memory order, at parameters as they change.

One that cannot run here is skipped, with its reason; .ci/check_contenders.py verifies them all, at more sizes.
"""

import ast
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench.problems import implementation
from bench.problems import problem as problems

Load = Callable[[str, str], ModuleType]
Arrange = Callable[..., dict[str, Any]]
Worst = Callable[..., float]

FOUND = implementation.found(problems.read(Path(__file__).parents[2] / "impls" / "autoencoder"))
COMPILED = {"numba_loop", "numba_blocked", "numba_parallel", "jax_jit"}
"""For each layout and dtype anew, which takes seconds."""

every_implementation = pytest.mark.parametrize("name", FOUND)
every_dtype = pytest.mark.parametrize("dtype", ["float64", "float32"])


@pytest.fixture(scope="session")
def problem(load: Load) -> ModuleType:
    return load("autoencoder", "problem")


@pytest.fixture(autouse=True)
def quickly_compiled(load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What c_fused compiles is kept for as long as the tests run, and nowhere else; how fast it is is not the point."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    building = load("autoencoder", "c_fused").building
    monkeypatch.setattr(building, "COMMON", tuple(flag for flag in building.COMMON if flag != "-O3"))


@pytest.fixture
def prepare(load: Load) -> Callable[..., Callable[[], tuple[Any, ...]]]:
    """Return a function that prepares an implementation, or skips it."""

    def prepared(name: str, inputs: dict[str, Any]) -> Callable[[], tuple[Any, ...]]:
        if absent := FOUND[name].unavailable:
            pytest.skip(absent)
        module = load("autoencoder", name)
        if absent := module.unavailable() if hasattr(module, "unavailable") else None:
            pytest.skip(absent)
        step: Callable[[], tuple[Any, ...]] = module.prepare(inputs)
        return step

    return prepared


def test_no_implementation_is_broken_and_those_of_the_exercise_are_there() -> None:
    assert {"loop_per_sample", "loop_hoisted", "vectorized", "inplace", "blocked", "c_fused"} <= set(FOUND)
    assert not [one.broken for one in FOUND.values() if one.broken]
    assert all(one.title.endswith(".") or len(one.title) <= 80 for one in FOUND.values())


@every_implementation
@every_dtype
@pytest.mark.parametrize(
    ("size", "data", "layout"),
    [
        ({"m": 1000, "n": 64, "p": 25}, "patches", "C"),
        ({"m": 257, "n": 64, "p": 25}, "patches-400", "F"),
        ({"m": 1, "n": 64, "p": 25}, "patches-60", "CFC"),
        ({"m": 77, "n": 9, "p": 30}, "random", "FCF"),
        ({"m": 3, "n": 4, "p": 1}, "random", "C"),
    ],
)
def test_an_implementation_is_right(
    *,
    problem: ModuleType,
    prepare: Callable[..., Any],
    arranged: Arrange,
    worst: Worst,
    name: str,
    dtype: str,
    size: dict[str, int],
    data: str,
    layout: str,
) -> None:
    if name in COMPILED and size["m"] not in {257, 1000}:
        pytest.skip("would be compiled once more; .ci/check_contenders.py verifies it")
    inputs = arranged(problem.inputs(size, dtype, data, 1), layout)
    outputs = prepare(name, inputs)()
    assert isinstance(outputs, tuple)
    assert {np.asarray(output).dtype for output in outputs} == {np.dtype(dtype)}
    assert worst(problem, inputs, outputs, dtype) <= 0.5


@pytest.mark.parametrize("name", ["blocked", "c_fused"])
def test_what_goes_by_blocks_is_right_wherever_they_end(
    *,
    load: Load,
    problem: ModuleType,
    prepare: Callable[..., Any],
    worst: Worst,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(load("autoencoder", "blocked"), "BLOCK_BYTES", 10 * (3 * 5 + 2 * 3) * 8)
    for m in (9, 10, 11, 20, 47, 48, 49, 96, 3200):
        inputs = problem.inputs({"m": m, "n": 5, "p": 3}, "float64", "random", m)
        assert worst(problem, inputs, prepare(name, inputs)(), "float64") <= 0.5, m


@every_implementation
def test_a_step_reads_the_parameters_anew_and_returns_arrays_of_its_own(
    problem: ModuleType, prepare: Callable[..., Any], worst: Worst, name: str
) -> None:
    """As a minimisation asks: the samples stay, the parameters in their arrays change from call to call."""
    inputs = problem.inputs({"m": 64, "n": 64, "p": 25}, "float64", "patches", 1)
    step = prepare(name, inputs)
    first = step()
    kept = [np.array(output) for output in first]
    for key, value in problem.inputs({"m": 1, "n": 64, "p": 25}, "float64", "random", 2).items():
        if key in {"w1", "b1", "w2", "b2"}:
            inputs[key][...] = value
    second = step()
    assert worst(problem, inputs, second, "float64") <= 0.5
    for output, copy, other in zip(first, kept, second, strict=True):
        assert (output == copy).all()
        assert not np.shares_memory(output, other)


@every_implementation
def test_an_implementation_computes_in_float32_when_it_is_given_float32(
    problem: ModuleType, prepare: Callable[..., Any], name: str
) -> None:
    """Done in float64 and rounded at the end, every number would be the reference's nearest float32."""
    inputs = problem.inputs({"m": 200, "n": 64, "p": 25}, "float32", "patches", 1)
    for output, exact in list(zip(prepare(name, inputs)(), problem.reference(inputs).values(), strict=True))[1:]:
        assert (output != exact.astype(np.float32)).mean() > 0.1


@pytest.mark.machine
@every_dtype
@pytest.mark.parametrize("m", [1, 65, 1000])
def test_c_is_right_with_two_threads_and_the_same_each_time(
    *, load: Load, problem: ModuleType, prepare: Callable[..., Any], worst: Worst, dtype: str, m: int
) -> None:
    from threadpoolctl import threadpool_limits

    inputs = problem.inputs({"m": m, "n": 64, "p": 25}, dtype, "patches-60", 1)
    prepare("c_fused", inputs)  # so that the library is there to be limited
    with threadpool_limits(2):
        step = prepare("c_fused", inputs)
        first, again = step(), step()
    assert worst(problem, inputs, first, dtype) <= 0.5
    assert all((one == other).all() for one, other in zip(first, again, strict=True))


@pytest.mark.parametrize("number", [0.0, -1.0, 40.0, -40.0, 600.0, -600.0])
def test_c_computes_sigmoids_far_from_zero_too(
    problem: ModuleType, prepare: Callable[..., Any], worst: Worst, number: float
) -> None:
    """b2 shifts all arguments of exp: to where a3 is almost 0 or 1, or beyond what float32 holds."""
    inputs = problem.inputs({"m": 20, "n": 16, "p": 9}, "float64", "random", 3)
    inputs["b2"][:] = number
    outputs = prepare("c_fused", inputs)()
    assert np.isfinite(outputs[0])
    assert worst(problem, inputs, outputs, "float64") <= 1


def test_c_does_not_lose_a_nan(problem: ModuleType, prepare: Callable[..., Any]) -> None:
    inputs = problem.inputs({"m": 20, "n": 16, "p": 11}, "float64", "random", 1)
    inputs["b2"][3] = np.nan
    cost, _, grad_w2, _, grad_b2 = prepare("c_fused", inputs)()
    assert np.isnan(cost)
    assert np.isnan(grad_b2).tolist() == [unit == 3 for unit in range(16)]
    assert np.isnan(grad_w2).any(axis=1).tolist() == [unit == 3 for unit in range(16)]


def test_other_dtypes_are_not_supported_by_c(load: Load) -> None:
    assert load("autoencoder", "c_fused").unsupported(SimpleNamespace(dtype="complex128"))


def test_the_loop_keeps_np_dot(load: Load) -> None:
    """``@`` in the loops would be slower, and the speed-up over them another number."""
    for name in ("loop_per_sample", "loop_hoisted"):
        tree = ast.parse(FOUND[name].file.read_text())
        assert not any(isinstance(node, ast.MatMult) for node in ast.walk(tree))
