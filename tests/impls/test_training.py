"""training: every implementation goes the same way, and where it leads is accepted if it is good, and only then."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bench.problems import implementation
from bench.problems import problem as problems

pytest.importorskip("scipy")

Load = Callable[[str, str], ModuleType]

FOUND = implementation.found(problems.read(Path(__file__).parents[2] / "impls" / "training"))
AUTOENCODER = implementation.found(problems.read(Path(__file__).parents[2] / "impls" / "autoencoder"))


@pytest.fixture(scope="session")
def problem(load: Load) -> ModuleType:
    return load("training", "problem")


@pytest.fixture
def prepare(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """Return a function that prepares an implementation, or skips it; C is compiled in little time."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))

    def prepared(name: str, inputs: dict[str, Any]) -> Any:
        if absent := FOUND[name].unavailable:
            pytest.skip(absent)
        module = load("training", name)
        if absent := module.unavailable() if hasattr(module, "unavailable") else None:
            pytest.skip(absent)
        if name == "c_fused":
            building = module.c_fused.building
            monkeypatch.setattr(building, "COMMON", tuple(flag for flag in building.COMMON if flag != "-O3"))
        return module.prepare(inputs)

    return prepared


@pytest.fixture(scope="session")
def trained(problem: ModuleType, load: Load) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs of the small size, and what training gives."""
    inputs = problem.inputs(problem.SIZES["S"], "float64", "patches", 1)
    return inputs, dict(zip(problem.OUTPUTS, load("training", "inplace").prepare(inputs)(), strict=True))


def test_there_is_one_for_each_implementation_of_the_autoencoder_with_what_it_requires() -> None:
    assert list(FOUND) == list(AUTOENCODER)
    for name, one in FOUND.items():
        assert one.broken is None
        assert set(one.requires) == {*AUTOENCODER[name].requires, "scipy"}
        assert one.copies_inputs == AUTOENCODER[name].copies_inputs


def test_without_scipy_an_implementation_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.machine.environment.missing", lambda names: [one for one in names if one == "scipy"])
    assert {one.unavailable for one in FOUND.values()} == {"needs scipy (pip install implbench[scipy])"}


@pytest.mark.parametrize("name", FOUND)
def test_an_implementation_goes_the_first_steps_of_the_same_way(
    problem: ModuleType, prepare: Callable[..., Any], name: str
) -> None:
    """Later the last digits lead elsewhere. From the start again with each call, in arrays of its own."""
    inputs = problem.inputs({"m": 40, "n": 16, "p": 5, "iterations": 4}, "float64", "patches", 2)
    step = prepare(name, inputs)
    first = step()
    kept = [np.array(output) for output in first]
    second = step()
    expected = prepare("vectorized", inputs)()
    for output, copy, again, other in zip(first, kept, second, expected, strict=True):
        assert (output == copy).all()
        assert not np.shares_memory(output, again)
        np.testing.assert_allclose(again, copy, rtol=1e-12)
        np.testing.assert_allclose(output, other, rtol=1e-8, atol=1e-10)
    assert problem.accept(inputs, dict(zip(problem.OUTPUTS, first, strict=True))) is None


def test_what_training_leads_to_is_accepted_and_its_cost_the_quality(problem: ModuleType, trained: Any) -> None:
    inputs, outputs = trained
    assert problem.accept(inputs, outputs) is None
    assert problem.quality(inputs, outputs) == pytest.approx(float(outputs["cost"]), rel=1e-12)
    assert outputs["cost"] < 0.53


def test_training_in_float32_is_accepted_too(problem: ModuleType, prepare: Callable[..., Any]) -> None:
    inputs = problem.inputs(problem.SIZES["S"], "float32", "patches", 1)
    outputs = prepare("vectorized", inputs)()
    assert {np.asarray(output).dtype for output in outputs} == {np.dtype("float32")}
    assert problem.accept(inputs, dict(zip(problem.OUTPUTS, outputs, strict=True))) is None


def test_another_cost_than_that_of_the_parameters_is_refused(problem: ModuleType, trained: Any) -> None:
    inputs, outputs = trained
    told = problem.accept(inputs, {**outputs, "cost": outputs["cost"] * (1 - 1e-9)})
    assert told.startswith("the cost is 0.4")


def test_parameters_that_are_not_trained_are_refused(problem: ModuleType, load: Load, trained: Any) -> None:
    inputs, outputs = trained
    start = {name: inputs[name] for name in problem.PARAMETERS}
    given = {name: value for name, value in inputs.items() if name != "iterations"}
    (cost, *_) = load("autoencoder", "vectorized").prepare(given)()
    told = problem.accept(inputs, {**start, "cost": cost})
    assert told.endswith("expected less than 0.6 after 30 iterations")
    assert "expected less than 0.37" in problem.accept({**inputs, "iterations": 400}, outputs)


def test_another_mean_activation_is_refused(problem: ModuleType, load: Load, trained: Any) -> None:
    """With little weight on the sparsity the cost is as low, and the units are as active as they like."""
    inputs, _ = trained
    free = {**inputs, "beta": 1e-3}
    active = dict(zip(problem.OUTPUTS, load("training", "inplace").prepare(free)(), strict=True))
    assert problem.accept(free, active).startswith("the mean activation is 0.")


@pytest.mark.parametrize("broken", [np.full((25, 64), np.nan), np.zeros((64, 25))])
def test_what_is_not_finite_or_has_another_shape_is_refused(problem: ModuleType, trained: Any, broken: Any) -> None:
    inputs, outputs = trained
    assert problem.accept(inputs, {**outputs, "w1": broken}) == "w1 is not (25, 64) finite numbers"


def test_unknown_data_is_refused_with_the_names_that_exist(problem: ModuleType) -> None:
    with pytest.raises(ValueError, match="data 'random' is unknown: expected patches"):
        problem.inputs(problem.SIZES["S"], "float64", "random", 0)
