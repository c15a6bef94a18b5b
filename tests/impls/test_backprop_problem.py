"""backprop's data, reference and tolerance.

The reference is held against derivatives of the cost, which is written here once more from its formula; the tolerance
against defects that a looser check lets through.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Load = Callable[[str, str], ModuleType]
Worst = Callable[..., float]
Referred = Callable[[ModuleType, "Inputs"], Mapping[str, Any]]
Inputs = dict[str, Any]

SMALL = {"m": 60, "n": 16, "p": 5}
USUAL = {"m": 10_000, "n": 64, "p": 25}
PARAMETERS = ("w1", "b1", "w2", "b2")
GRADIENTS = {"w1": "grad_w1", "b1": "grad_b1", "w2": "grad_w2", "b2": "grad_b2"}

EXTENDED = pytest.mark.skipif(np.finfo(np.longdouble).nmant < 63, reason="longdouble is no wider than float64 here")

PATCHES_SHA256 = "51bbd679d09e8d3d6f7eb6f384e4741a76ac6648ef61a3a3877aaa19eb31339a"
PHOTOGRAPH_SHA256 = {
    "brick": "91fbe24da039171ecdbcb65a4ba431cd41c63f51ae31e6cb3c8505072a58e1e5",
    "camera": "c84517800c169a563f0915ebedc60a1067b59d7c23658044bd2bf37ae0dc28d7",
    "grass": "01a9675c8a50065d7fddbae7bf88a3c8fe92f32e7134b1b7d55ce66b872b2064",
}


@pytest.fixture(scope="session")
def problem(load: Load) -> ModuleType:
    return load("backprop", "problem")


@pytest.fixture(scope="session")
def row_major(load: Load) -> Callable[[Inputs], tuple[Any, ...]]:
    """An honest implementation, to put defects into."""
    implementation = load("backprop", "row_major")
    return lambda inputs: tuple(implementation.prepare(inputs)())


def cost(problem: ModuleType, x: Any, theta: Mapping[str, Any]) -> Any:
    """J of the exercise without weight decay, of complex parameters too."""
    made = problem.at_parameters(x, **theta)
    rho, rho_hat = problem.RHO, made["rho_hat"]
    divergence = rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat))
    return ((made["a3"] - x) ** 2).sum() / 2 / len(x) + problem.BETA * divergence.sum()


def initial(size: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Weights and biases of the exercise's size, the biases not zero."""
    random = np.random.RandomState(seed)
    n, p = size["n"], size["p"]
    r = math.sqrt(6 / (n + p + 1))
    shapes = {"w1": (p, n), "b1": (p,), "w2": (n, p), "b2": (n,)}
    return {name: random.uniform(-r, r, shape) for name, shape in shapes.items()}


def given(problem: ModuleType, x: Any, theta: Mapping[str, Any], dtype: Any = np.float64) -> Inputs:
    """Inputs at these parameters."""
    made = problem.at_parameters(x, **theta)
    return {
        **{name: np.array(value, dtype=dtype) for name, value in made.items()},
        "beta": problem.BETA,
        "rho": problem.RHO,
    }


@pytest.fixture(scope="session", params=["patches", "patches-60", "patches-400"])
def usual(request: pytest.FixtureRequest, problem: ModuleType) -> Callable[[str], Inputs]:
    """Inputs of the question's size, at initial and at trained parameters, by dtype; read-only, as all share them."""

    @cache
    def made(dtype: str) -> Inputs:
        inputs: Inputs = problem.inputs(USUAL, dtype, request.param, 1)
        for name in (*problem.PER_SAMPLE, "theta2", "rho_hat"):
            inputs[name].flags.writeable = False
        return inputs

    return made


# The reference


def sampled(theta: Mapping[str, Any], count: int) -> Iterator[tuple[str, Any]]:
    """Names and positions of some parameters of each kind."""
    random = np.random.RandomState(5)
    for name in PARAMETERS:
        for flat in random.permutation(theta[name].size)[:count]:
            yield name, np.unravel_index(flat, theta[name].shape)


@EXTENDED
@pytest.mark.parametrize("m", [1, 7, 60])
def test_the_reference_agrees_with_complex_step_derivatives(problem: ModuleType, m: int) -> None:
    size = {**SMALL, "m": m}
    theta = {name: value.astype(np.longdouble) for name, value in initial(size, 6).items()}
    x = problem.inputs(size, "float64", "patches", 7)["x"].astype(np.longdouble)
    expected = problem.reference(given(problem, x, theta, np.longdouble))
    step = np.longdouble(10) ** -30
    for name, at in sampled(theta, 12):
        shifted = {key: value.astype(np.clongdouble) for key, value in theta.items()}
        shifted[name][at] += 1j * step
        derivative = cost(problem, x, shifted).imag / step
        assert abs(derivative - expected[GRADIENTS[name]][at] / m) <= 1e-17 * max(1, abs(derivative)), (name, at)


@pytest.mark.parametrize("data", ["patches-60", "patches-400"])
def test_the_reference_agrees_with_complex_step_derivatives_at_trained_parameters(
    problem: ModuleType, data: str
) -> None:
    trained = problem.trained(data, 64, 25)
    x = problem.inputs({**USUAL, "m": 200}, "float64", "patches", 8)["x"]
    expected = problem.reference(given(problem, x, trained))
    for name, at in sampled(trained, 12):
        shifted = {key: value.astype(complex) for key, value in trained.items()}
        shifted[name][at] += 1e-30j
        derivative = cost(problem, x, shifted).imag / 1e-30
        assert abs(derivative - expected[GRADIENTS[name]][at] / len(x)) < 1e-13, (name, at)


def test_the_reference_passes_the_gradient_check_of_the_exercise(problem: ModuleType) -> None:
    """At initial parameters, as there: trained ones have derivatives near 0, and 1e-9 of those is less than eps**2."""
    theta = initial(USUAL, 9)
    x = problem.inputs({**USUAL, "m": 100}, "float64", "patches", 10)["x"]
    reference = problem.reference(given(problem, x, theta))
    analytic, numeric = [], []
    for name, at in sampled(theta, 60):
        costs = []
        for step in (1e-4, -1e-4):
            shifted = {key: value.copy() for key, value in theta.items()}
            shifted[name][at] += step
            costs.append(cost(problem, x, shifted))
        numeric.append((costs[0] - costs[1]) / 2e-4)
        analytic.append(float(reference[GRADIENTS[name]][at] / len(x)))
    ours, theirs = np.array(analytic), np.array(numeric)
    assert np.linalg.norm(theirs - ours) / np.linalg.norm(theirs + ours) < 1e-9


def test_the_reference_is_extended_precision_and_agrees_with_float64(
    problem: ModuleType, usual: Callable[[str], Inputs], worst: Worst, referred: Referred
) -> None:
    inputs = usual("float64")
    reference = referred(problem, inputs)
    assert all(value.dtype == np.longdouble for value in reference.values())
    in_float64 = problem._block(problem.stored(inputs, np.float64))
    assert worst(problem, inputs, [in_float64[name] for name in problem.OUTPUTS], "float64") < 0.5


def test_the_reference_takes_x_as_wanted_and_a1_as_given(problem: ModuleType) -> None:
    """In an autoencoder both are the same numbers: only random data tells them apart."""
    inputs = problem.inputs({**USUAL, "m": 100}, "float64", "random", 26)
    x, a1, a2, a3 = (inputs[name] for name in problem.PER_SAMPLE)
    delta3 = (a3 - x) * a3 * (1 - a3)
    sparsity = problem.BETA * (-problem.RHO / inputs["rho_hat"] + (1 - problem.RHO) / (1 - inputs["rho_hat"]))
    delta2 = (np.einsum("ij,jk->ik", delta3, inputs["theta2"]) + sparsity) * a2 * (1 - a2)
    expected = np.einsum("ij,ik->jk", delta2, a1)
    np.testing.assert_allclose(problem.reference(inputs)["grad_w1"].astype(np.float64), expected, rtol=1e-12)


def test_the_reference_in_blocks_is_the_reference_in_one(problem: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = problem.inputs({**USUAL, "m": 250}, "float64", "patches", 11)
    whole = problem.reference(inputs)
    monkeypatch.setattr(problem, "BLOCK", 100)
    blocked = problem.reference(inputs)
    for name in problem.OUTPUTS:
        np.testing.assert_allclose(blocked[name], whole[name], rtol=1e-15)


@pytest.mark.parametrize("data", ["patches", "random"])
def test_the_order_of_the_samples_does_not_matter(problem: ModuleType, data: str) -> None:
    inputs = problem.inputs({**USUAL, "m": 500}, "float64", data, 12)
    order = np.random.RandomState(13).permutation(500)
    permuted = {**inputs, **{name: inputs[name][order] for name in problem.PER_SAMPLE}}
    _same(problem.reference(permuted), problem.reference(inputs), problem.tolerance(inputs, 2.0**-60))


@pytest.mark.parametrize("data", ["patches", "random"])
def test_the_sums_over_two_halves_add_up_to_the_sum_over_all(problem: ModuleType, data: str) -> None:
    inputs = problem.inputs({**USUAL, "m": 500}, "float64", data, 14)
    halves = [
        problem.reference({**inputs, **{name: inputs[name][rows] for name in problem.PER_SAMPLE}})
        for rows in (slice(0, 123), slice(123, None))
    ]
    added = {name: halves[0][name] + halves[1][name] for name in problem.OUTPUTS}
    _same(added, problem.reference(inputs), problem.tolerance(inputs, 2.0**-60))


def test_every_sample_twice_doubles_the_sums(problem: ModuleType) -> None:
    inputs = problem.inputs({**USUAL, "m": 300}, "float64", "patches", 15)
    twice = {**inputs, **{name: np.concatenate([inputs[name]] * 2) for name in problem.PER_SAMPLE}}
    doubled = {name: 2 * value for name, value in problem.reference(inputs).items()}
    _same(problem.reference(twice), doubled, problem.tolerance(twice, 2.0**-60))


def _same(found: Mapping[str, Any], expected: Mapping[str, Any], allowed: Mapping[str, Any]) -> None:
    for name, value in expected.items():
        assert (np.abs(found[name] - value) <= allowed[name]).all(), name


# The tolerance


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_one_dropped_sample_of_ten_thousand_is_caught(
    *,
    problem: ModuleType,
    usual: Callable[[str], Inputs],
    dtype: str,
    row_major: Callable[[Inputs], tuple[Any, ...]],
    referred: Referred,
) -> None:
    inputs = usual(dtype)
    expected, allowed = referred(problem, inputs), problem.tolerance(inputs, float(np.finfo(dtype).eps) / 2)
    for sample in np.random.RandomState(16).permutation(USUAL["m"])[:10]:
        dropped = {**inputs, **{name: np.delete(inputs[name], sample, axis=0) for name in problem.PER_SAMPLE}}
        outputs = zip(problem.OUTPUTS, row_major(dropped), strict=True)
        assert any((np.abs(output - expected[name]) > allowed[name]).any() for name, output in outputs), sample


def test_float32_inside_returned_as_float64_is_caught(
    problem: ModuleType, usual: Callable[[str], Inputs], worst: Worst, row_major: Callable[[Inputs], tuple[Any, ...]]
) -> None:
    inputs = usual("float64")
    cheap = {name: np.float32(value) if np.ndim(value) else value for name, value in inputs.items()}
    assert worst(problem, inputs, [output.astype(np.float64) for output in row_major(cheap)], "float64") > 1e4


def test_float32_arithmetic_on_float32_inputs_returned_as_float64_is_caught_by_the_tighter_unit(
    problem: ModuleType, usual: Callable[[str], Inputs], worst: Worst, row_major: Callable[[Inputs], tuple[Any, ...]]
) -> None:
    inputs = usual("float32")
    assert worst(problem, inputs, row_major(inputs), "float32") < 0.5
    assert worst(problem, inputs, row_major(inputs), "float64") > 1e4


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("missing", ["beta", "theta2"])
def test_a_missing_part_of_delta2_is_caught(
    *,
    problem: ModuleType,
    usual: Callable[[str], Inputs],
    worst: Worst,
    row_major: Callable[[Inputs], tuple[Any, ...]],
    missing: str,
    dtype: str,
) -> None:
    """Without beta there is no sparsity term, without theta2 nothing is propagated back."""
    inputs = usual(dtype)
    assert worst(problem, inputs, row_major({**inputs, missing: inputs[missing] * 0}), dtype) > 10


def test_a_wrong_sign_of_a_single_number_is_caught(
    problem: ModuleType, worst: Worst, row_major: Callable[[Inputs], tuple[Any, ...]]
) -> None:
    inputs = problem.inputs({**USUAL, "m": 100}, "float32", "patches", 17)
    for changed in range(4):
        outputs = [output.copy() for output in row_major(inputs)]
        outputs[changed].flat[-1] *= -1
        assert worst(problem, inputs, outputs, "float32") > 10


def test_the_tolerance_is_that_of_every_number_of_every_output(problem: ModuleType) -> None:
    inputs = problem.inputs(SMALL, "float32", "random", 18)
    reference, allowed = problem.reference(inputs), problem.tolerance(inputs, 2.0**-24)
    assert list(reference) == list(allowed) == list(problem.OUTPUTS)
    for name in problem.OUTPUTS:
        assert allowed[name].shape == reference[name].shape
        assert allowed[name].dtype == np.float64
        assert (problem.tolerance(inputs, 2.0**-53)[name] * 2.0**29 == allowed[name]).all()


# The data


def test_the_photographs_are_the_ones_whose_sources_are_listed(problem: ModuleType) -> None:
    folder = _photos(problem)
    sources = (folder / "SOURCES.md").read_text()
    assert (
        sorted(PHOTOGRAPH_SHA256) == sorted(problem.PHOTOGRAPHS) == sorted(path.stem for path in folder.glob("*.pgm"))
    )
    for name, digest in PHOTOGRAPH_SHA256.items():
        assert hashlib.sha256((folder / f"{name}.pgm").read_bytes()).hexdigest() == digest
        assert digest in sources
        assert problem.read_pgm(folder / f"{name}.pgm").shape == (256, 256)


def _photos(problem: ModuleType) -> Path:
    return Path(str(problem.__file__)).parent / "photos"


def test_the_raw_patches_are_the_same_on_every_machine(problem: ModuleType) -> None:
    raw = problem.patches(10_000, 64, np.random.RandomState(0))
    assert raw.dtype == np.uint8
    assert hashlib.sha256(raw.tobytes()).hexdigest() == PATCHES_SHA256


def test_more_patches_begin_with_the_same_patches(problem: ModuleType) -> None:
    few, many = (problem.patches(m, 64, np.random.RandomState(19)) for m in (10, 1000))
    assert (few == many[:10]).all()


def test_patches_come_from_every_photograph_up_to_its_last_row_and_column(
    problem: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, row, column = np.meshgrid(range(3), range(256), range(256), indexing="ij")
    for axis, coordinate, largest in (("photograph", number, 2), ("row", row, 255), ("column", column, 255)):
        pictures = iter(coordinate.astype(np.uint8))
        monkeypatch.setattr(problem, "read_pgm", lambda path, pictures=pictures: next(pictures))
        drawn = problem.patches(20_000, 64, np.random.RandomState(20))
        assert (drawn.min(), drawn.max()) == (0, largest), axis


def test_patches_are_normalised_as_in_the_exercise(problem: ModuleType) -> None:
    raw = problem.patches(2000, 64, np.random.RandomState(21))
    exact = raw.astype(np.longdouble)
    centred = exact - exact.sum(axis=1, keepdims=True) / 64
    deviation = np.sqrt(((centred - centred.mean()) ** 2).sum() / (centred.size - 1))
    expected = (np.maximum(np.minimum(centred, 3 * deviation), -3 * deviation) / (3 * deviation) + 1) * 0.4 + 0.1
    x = problem.normalised(raw)
    np.testing.assert_allclose(x, expected.astype(np.float64), rtol=0, atol=1e-14)
    assert (x.min(), x.max()) == pytest.approx((0.1, 0.9), abs=1e-12)


def test_patches_without_contrast_are_mid_grey(problem: ModuleType) -> None:
    assert problem.normalised(np.full((3, 4), 200, np.uint8)) == pytest.approx(0.5)


def test_the_activations_are_those_of_a_forward_pass(problem: ModuleType) -> None:
    inputs = problem.inputs(USUAL, "float64", "patches", 22)
    r = math.sqrt(6) / math.sqrt(25 + 64 + 1)
    assert 0.95 * r < np.abs(inputs["theta2"]).max() <= r
    expected = 1 / (1 + np.exp(-(inputs["a2"] @ inputs["theta2"].T)))
    np.testing.assert_allclose(inputs["a3"], expected, rtol=1e-13)
    np.testing.assert_allclose(inputs["rho_hat"], inputs["a2"].sum(axis=0) / 10_000, rtol=1e-13)
    assert (inputs["a1"] == inputs["x"]).all()


@pytest.mark.parametrize("data", ["patches", "random"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("m", [1, 7])
def test_the_inputs_have_the_declared_order_shapes_and_dtype(
    problem: ModuleType, data: str, dtype: str, m: int
) -> None:
    inputs = problem.inputs({"m": m, "n": 16, "p": 5}, dtype, data, 23)
    shapes = {name: value.shape for name, value in inputs.items() if isinstance(value, np.ndarray)}
    assert list(inputs) == ["x", "a1", "a2", "a3", "theta2", "rho_hat", "beta", "rho"]
    assert shapes == {"x": (m, 16), "a1": (m, 16), "a2": (m, 5), "a3": (m, 16), "theta2": (16, 5), "rho_hat": (5,)}
    assert not np.shares_memory(inputs["x"], inputs["a1"])
    for name in shapes:
        assert inputs[name].dtype == dtype
        assert inputs[name].flags.c_contiguous
        assert np.isfinite(inputs[name]).all()
    assert {type(inputs["beta"]), type(inputs["rho"])} == {float}


@pytest.mark.parametrize(("data", "largest_cost"), [("patches-60", 0.42), ("patches-400", 0.36)])
def test_the_trained_parameters_are_good_ones(problem: ModuleType, data: str, largest_cost: float) -> None:
    """The exercise's cost, about 50 at the start, and the activation that it asks for, on other patches."""
    theta = problem.trained(data, 64, 25)
    inputs = problem.inputs(USUAL, "float64", data, 27)
    decay = 0.5e-4 * sum((theta[name] ** 2).sum() for name in ("w1", "w2"))
    assert float(cost(problem, inputs["x"], theta) + decay) < largest_cost
    assert 0.009 < inputs["rho_hat"].mean() < 0.012


@pytest.mark.parametrize("data", ["patches-60", "patches-400"])
def test_the_parts_of_delta2_nearly_cancel_at_trained_parameters(problem: ModuleType, data: str) -> None:
    inputs = problem.inputs(USUAL, "float64", data, 1)
    alone = problem.reference({**inputs, "beta": 0.0})
    assert np.linalg.norm(alone["grad_w1"]) > 2 * np.linalg.norm(problem.reference(inputs)["grad_w1"])


@pytest.mark.parametrize("size", [{"m": 5, "n": 16, "p": 25}, {"m": 5, "n": 64, "p": 24}])
def test_trained_parameters_are_those_of_one_network(problem: ModuleType, size: dict[str, int]) -> None:
    told = rf"^data 'patches-60' was trained with n = 64, p = 25, found n = {size['n']}, p = {size['p']}; .*others\Z"
    with pytest.raises(ValueError, match=told):
        problem.inputs(size, "float64", "patches-60", 0)


@pytest.mark.parametrize("data", ["patches", "random"])
def test_the_seed_decides_the_contents(problem: ModuleType, data: str) -> None:
    first, again, other = (problem.inputs(SMALL, "float64", data, seed) for seed in (24, 24, 25))
    for name in ("x", "a1", "a2", "a3", "theta2", "rho_hat"):
        assert (first[name] == again[name]).all()
        assert (first[name] != other[name]).any()


@pytest.mark.parametrize("n", [1, 2, 63, 65, 257**2])
def test_a_patch_that_is_not_square_or_too_large_is_refused(problem: ModuleType, n: int) -> None:
    with pytest.raises(ValueError, match=rf"^n = {n} is not a square patch: .* whole number from 2 to 256 .*\Z"):
        problem.inputs({"m": 10, "n": n, "p": 5}, "float64", "patches", 0)


def test_random_data_takes_any_number_of_inputs(problem: ModuleType) -> None:
    assert problem.inputs({"m": 10, "n": 63, "p": 5}, "float64", "random", 0)["x"].shape == (10, 63)


def test_unknown_data_is_refused_with_the_names_that_exist(problem: ModuleType) -> None:
    with pytest.raises(
        ValueError, match="data 'digits' is unknown: expected patches, patches-60, patches-400 or random"
    ):
        problem.inputs(SMALL, "float64", "digits", 0)


def test_a_file_that_is_not_a_pgm_is_refused(problem: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "photo.pgm").write_bytes(b"P6\n1 1\n255\nabc")
    with pytest.raises(ValueError, match=r"photo\.pgm is not a binary PGM file"):
        problem.read_pgm(tmp_path / "photo.pgm")


# The work


def test_the_work_counts_three_products_and_every_array_once(problem: ModuleType) -> None:
    work = problem.work(USUAL, "float64")
    products = 3 * 2 * 10_000 * 64 * 25
    assert products < work["flops"] < 1.06 * products
    inputs = problem.inputs(USUAL, "float64", "random", 0)
    read = sum(value.nbytes for value in inputs.values() if isinstance(value, np.ndarray))
    written = sum(value.size * 8 for value in problem.tolerance(inputs, 1.0).values())
    assert work["bytes"] == read + written == 2 * problem.work(USUAL, "float32")["bytes"]
