"""autoencoder's reference and tolerance.

The reference is held against derivatives that nobody wrote down: by complex steps, by differences, and by those of a
framework that is installed. The tolerance is held against defects that a looser check lets through.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Load = Callable[[str, str], ModuleType]
Worst = Callable[..., float]
Inputs = dict[str, Any]

SMALL = {"m": 60, "n": 16, "p": 5}
USUAL = {"m": 10_000, "n": 64, "p": 25}
GRADIENTS = {"w1": "grad_w1", "w2": "grad_w2", "b1": "grad_b1", "b2": "grad_b2"}

EXTENDED = pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="longdouble is no wider than float64 here")
every_data = pytest.mark.parametrize("data", ["patches", "patches-60", "patches-400", "random"])


@pytest.fixture(scope="session")
def problem(load: Load) -> ModuleType:
    return load("autoencoder", "problem")


@pytest.fixture(scope="session")
def vectorized(load: Load) -> Callable[[Inputs], list[Any]]:
    """An honest implementation, to put defects into."""
    implementation = load("autoencoder", "vectorized")
    return lambda inputs: list(implementation.prepare(inputs)())


@pytest.fixture(scope="session")
def usual(problem: ModuleType) -> Callable[..., Inputs]:
    """Inputs of the exercise's size, read-only, as all share them."""

    @cache
    def made(dtype: str, data: str = "patches-400", m: int = 1000) -> Inputs:
        inputs: Inputs = problem.inputs({**USUAL, "m": m}, dtype, data, 1)
        for name in ("x", *GRADIENTS):
            inputs[name].flags.writeable = False
        return inputs

    return made


def cost(given: Mapping[str, Any]) -> Any:
    """The cost from its formula, once more; of complex parameters too."""
    x, w1, b1, w2, b2, decay, beta, rho = given.values()
    a2 = 1 / (1 + np.exp(-(x @ w1.T + b1)))
    a3 = 1 / (1 + np.exp(-(a2 @ w2.T + b2)))
    rho_hat = a2.sum(axis=0) / len(x)
    divergence = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    weights = (w1 * w1).sum() + (w2 * w2).sum()
    return ((a3 - x) ** 2).sum() / (2 * len(x)) + decay / 2 * weights + beta * divergence.sum()


def sampled(inputs: Inputs, count: int) -> Iterator[tuple[str, Any]]:
    """Names and positions of some parameters of each kind."""
    random = np.random.RandomState(5)
    for name in GRADIENTS:
        for flat in random.permutation(inputs[name].size)[:count]:
            yield name, np.unravel_index(flat, inputs[name].shape)


def shifted(inputs: Inputs, name: str, at: Any, step: Any) -> Inputs:
    """The inputs with a parameter changed, all as wide as the step is."""
    wide = {key: np.asarray(value, np.result_type(value, step)) for key, value in inputs.items()}
    wide[name] = wide[name].copy()
    wide[name][at] += step
    return wide


# The reference


@EXTENDED
@every_data
@pytest.mark.parametrize("m", [1, 60])
def test_the_reference_agrees_with_complex_step_derivatives(problem: ModuleType, data: str, m: int) -> None:
    size = {**(SMALL if data in ("patches", "random") else USUAL), "m": m}
    inputs = problem.inputs(size, "float64", data, 6)
    inputs = {name: np.asarray(value, np.longdouble) for name, value in inputs.items()}
    expected = problem.reference(inputs)
    assert abs(cost(inputs) - expected["cost"]) <= 1e-18 * max(100, expected["cost"])
    step = np.clongdouble(1j * np.longdouble(10) ** -30)
    for name, at in sampled(inputs, 6):
        derivative = cost(shifted(inputs, name, at, step)).imag / step.imag
        assert abs(derivative - expected[GRADIENTS[name]][at]) <= 1e-16 * max(1, abs(derivative)), (name, at)


def test_the_reference_passes_the_gradient_check_of_the_exercise(problem: ModuleType) -> None:
    inputs = problem.inputs({**USUAL, "m": 100}, "float64", "patches", 10)
    reference = problem.reference(inputs)
    places = list(sampled(inputs, 40))
    numeric = np.array([(cost(shifted(inputs, *at, 1e-4)) - cost(shifted(inputs, *at, -1e-4))) / 2e-4 for at in places])
    ours = np.array([float(reference[GRADIENTS[name]][at]) for name, at in places])
    assert np.linalg.norm(numeric - ours) / np.linalg.norm(numeric + ours) < 1e-9


@pytest.mark.parametrize(("name", "framework"), [("torch_eager", "torch"), ("jax_jit", "jax")])
@every_data
def test_the_reference_agrees_with_what_a_framework_derives(
    *, load: Load, problem: ModuleType, worst: Worst, name: str, framework: str, data: str
) -> None:
    pytest.importorskip(framework)
    inputs = problem.inputs({**USUAL, "m": 300}, "float64", data, 8)
    assert worst(problem, inputs, load("autoencoder", name).prepare(inputs)(), "float64") <= 0.5


@every_data
def test_the_gradient_is_backprops_divided_by_the_samples_and_decay(load: Load, problem: ModuleType, data: str) -> None:
    backprop = load("backprop", "problem")
    inputs = problem.inputs({**USUAL, "m": 257}, "float64", data, 9)
    found = problem.reference(inputs)
    theta = {name: inputs[name].astype(np.longdouble) for name in GRADIENTS}
    given = {**backprop.at_parameters(inputs["x"].astype(np.longdouble), **theta), "beta": 3.0, "rho": 0.01}
    for name, raw in backprop.reference(given).items():
        decayed = raw / 257 + problem.DECAY * inputs.get(name.removeprefix("grad_"), 0) * ("w" in name)
        np.testing.assert_allclose(found[name].astype(float), decayed.astype(float), rtol=1e-13, atol=1e-17)


def test_the_reference_is_extended_precision_and_agrees_with_float64(
    problem: ModuleType, usual: Callable[..., Inputs], worst: Worst
) -> None:
    inputs = usual("float64")
    assert {value.dtype for value in problem.reference(usual("float32")).values()} == {np.dtype(np.longdouble)}
    assert worst(problem, inputs, list(problem.evaluated(inputs, np.float64).values()), "float64") < 0.5


# The tolerance


@pytest.mark.parametrize(("m", "dtype", "data"), [(1000, "float64", "patches-400"), (10_000, "float32", "random")])
def test_one_dropped_sample_is_caught(
    *,
    problem: ModuleType,
    usual: Callable[..., Inputs],
    worst: Worst,
    vectorized: Callable[[Inputs], list[Any]],
    m: int,
    dtype: str,
    data: str,
) -> None:
    """Of patches in float32 not every one: what a patch without contrast adds is about a rounding error."""
    inputs = usual(dtype, data, m)
    for sample in np.random.RandomState(16).permutation(m)[:3]:
        dropped = {**inputs, "x": np.delete(inputs["x"], sample, axis=0)}
        assert worst(problem, inputs, vectorized(dropped), dtype) > 1, sample


def test_float32_inside_returned_as_float64_is_caught(
    problem: ModuleType, usual: Callable[..., Inputs], worst: Worst, vectorized: Callable[[Inputs], list[Any]]
) -> None:
    inputs = usual("float64")
    cheap = {name: np.float32(value) if np.ndim(value) else value for name, value in inputs.items()}
    assert worst(problem, inputs, [np.float64(output) for output in vectorized(cheap)], "float64") > 1e4


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("missing", ["beta", "decay"])
def test_a_missing_term_is_caught(
    *,
    problem: ModuleType,
    usual: Callable[..., Inputs],
    worst: Worst,
    vectorized: Callable[[Inputs], list[Any]],
    missing: str,
    dtype: str,
) -> None:
    inputs = usual(dtype)
    assert worst(problem, inputs, vectorized({**inputs, missing: 0.0}), dtype) > 10


def test_means_over_half_of_the_samples_are_caught(
    problem: ModuleType, usual: Callable[..., Inputs], worst: Worst, vectorized: Callable[[Inputs], list[Any]]
) -> None:
    """Of blocks that do not wait for the activations of all: each half by itself, and the two averaged."""
    inputs = usual("float32")
    halves = [vectorized({**inputs, "x": inputs["x"][half]}) for half in (slice(0, 500), slice(500, None))]
    assert worst(problem, inputs, [(one + other) / 2 for one, other in zip(*halves, strict=True)], "float32") > 10


@pytest.mark.parametrize("data", ["patches", "patches-400"])
def test_a_wrong_sign_of_a_single_number_is_caught(
    problem: ModuleType, worst: Worst, vectorized: Callable[[Inputs], list[Any]], data: str
) -> None:
    inputs = problem.inputs({**USUAL, "m": 100}, "float32", data, 17)
    for changed in range(1, 5):
        outputs = [output.copy() for output in vectorized(inputs)]
        outputs[changed].flat[-1] *= -1
        assert worst(problem, inputs, outputs, "float32") > 10


def test_the_tolerance_is_that_of_every_number_of_every_output_and_grows_with_the_unit(problem: ModuleType) -> None:
    inputs = problem.inputs(SMALL, "float32", "random", 18)
    reference, allowed = problem.reference(inputs), problem.tolerance(inputs, 2.0**-24)
    assert list(reference) == list(allowed) == list(problem.OUTPUTS)
    finer = problem.tolerance(inputs, 2.0**-53)
    for name in problem.OUTPUTS:
        assert (allowed[name].shape, allowed[name].dtype) == (reference[name].shape, np.float64)
        np.testing.assert_allclose(finer[name] * 2.0**29, allowed[name], rtol=1e-12)


# The data and the work


@every_data
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_inputs_have_the_declared_order_shapes_and_dtype(problem: ModuleType, data: str, dtype: str) -> None:
    inputs = problem.inputs({**USUAL, "m": 7}, dtype, data, 23)
    shapes = {name: value.shape for name, value in inputs.items() if isinstance(value, np.ndarray)}
    assert list(inputs) == ["x", "w1", "b1", "w2", "b2", "decay", "beta", "rho"]
    assert shapes == {"x": (7, 64), "w1": (25, 64), "b1": (25,), "w2": (64, 25), "b2": (64,)}
    assert {inputs[name].dtype for name in shapes} == {np.dtype(dtype)}
    assert all(inputs[name].flags.c_contiguous for name in shapes)
    assert {type(inputs[name]) for name in ("decay", "beta", "rho")} == {float}


@pytest.mark.parametrize("data", ["patches", "patches-60"])
def test_the_patches_are_backprops(load: Load, problem: ModuleType, data: str) -> None:
    theirs = load("backprop", "problem").inputs({**USUAL, "m": 50}, "float64", data, 3)
    ours = problem.inputs({**USUAL, "m": 50}, "float64", data, 3)
    assert (ours["x"] == theirs["x"]).all()
    assert (ours["w2"] == theirs["theta2"]).all()


@pytest.mark.parametrize("data", ["patches", "random"])
def test_the_seed_decides_the_contents(problem: ModuleType, data: str) -> None:
    first, again, other = (problem.inputs(SMALL, "float64", data, seed) for seed in (24, 24, 25))
    for name in ("x", "w1", "w2"):
        assert (first[name] == again[name]).all()
        assert (first[name] != other[name]).any()


def test_unknown_data_is_refused_with_the_names_that_exist(problem: ModuleType) -> None:
    with pytest.raises(ValueError, match="data 'digits' is unknown: expected patches, patches-60, patches-400 or ran"):
        problem.inputs(SMALL, "float64", "digits", 0)


def test_the_work_counts_products_functions_and_every_array_once(problem: ModuleType) -> None:
    work = problem.work({**USUAL, "m": 100}, "float64")
    products, functions = 5 * 2 * 100 * 64 * 25, problem.EXP_FLOPS["float64"] * 100 * (64 + 25)
    assert products + functions < work["flops"] < 1.06 * (products + functions)
    inputs = problem.inputs({**USUAL, "m": 100}, "float64", "random", 0)
    read = sum(value.nbytes for value in inputs.values() if isinstance(value, np.ndarray))
    written = sum(value.nbytes for value in problem.tolerance(inputs, 1.0).values())
    assert work["bytes"] == read + written == 2 * problem.work({**USUAL, "m": 100}, "float32")["bytes"]
