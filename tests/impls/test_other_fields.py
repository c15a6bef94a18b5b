"""The problems of other fields, stencil and words: right at every size, dtype and band; faults are found."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bench.problems import implementation
from bench.problems import problem as problems

Load = Callable[[str, str], ModuleType]

IMPLS = Path(__file__).parents[2] / "impls"
FOUND = {name: implementation.found(problems.read(IMPLS / name)) for name in ("stencil", "words")}

#: No block or band divides these.
PLATES = ({"n": 3, "steps": 1}, {"n": 45, "steps": 3}, {"n": 130, "steps": 8})


@pytest.fixture
def prepare(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """Return a function that prepares an implementation, or skips it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))

    def prepared(problem: str, name: str, inputs: dict[str, Any]) -> Any:
        if absent := FOUND[problem][name].unavailable:
            pytest.skip(absent)
        module = load(problem, name)
        if absent := module.unavailable() if hasattr(module, "unavailable") else None:
            pytest.skip(absent)
        if hasattr(module, "BAND_BYTES"):
            monkeypatch.setattr(module, "BAND_BYTES", 9 * inputs["u"][0].nbytes)
        return module.prepare(inputs)

    return prepared


@pytest.mark.parametrize("given", [(size, dtype) for size in PLATES for dtype in ("float64", "float32")], ids=str)
@pytest.mark.parametrize("name", FOUND["stencil"])
def test_a_plate_is_right_on_each_call_and_the_given_one_stays(
    load: Load, prepare: Callable[..., Any], worst: Callable[..., float], name: str, given: tuple[dict[str, int], str]
) -> None:
    problem, (size, dtype) = load("stencil", "problem"), given
    inputs = problem.inputs(size, dtype, "random", 3)
    before = inputs["u"].copy()
    step = prepare("stencil", name, inputs)
    first, second = step(), step()
    assert worst(problem, inputs, (first,), dtype) <= 1
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(inputs["u"], before)
    assert first.dtype == dtype
    assert not np.shares_memory(first, second)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_point_left_out_once_and_a_step_too_few_are_far_off(
    load: Load, worst: Callable[..., float], dtype: str
) -> None:
    problem, slices = load("stencil", "problem"), load("stencil", "slices")
    inputs = problem.inputs({"n": 64, "steps": 8}, dtype, "random", 1)
    (right,) = (slices.prepare(inputs)(),)
    fewer = slices.prepare({**inputs, "steps": 7})()
    assert worst(problem, inputs, (fewer,), dtype) > 1000
    one_point = {**inputs, "u": inputs["u"].copy()}
    one_point["u"][31, 31] *= 1.001
    assert worst(problem, inputs, (slices.prepare(one_point)(),), dtype) > 2
    assert worst(problem, inputs, (right,), dtype) <= 1


def test_the_loop_leaves_out_what_would_take_seconds(load: Load) -> None:
    loop, sizes = load("stencil", "loop"), load("stencil", "problem").SIZES
    told = {name: loop.unsupported(SimpleNamespace(size=size)) for name, size in sizes.items()}
    assert told["S"] is None
    assert "--size S" in told["M"]


@pytest.mark.parametrize("name", FOUND["words"])
@pytest.mark.parametrize("size", [{"words": 1, "vocabulary": 1}, {"words": 3000, "vocabulary": 200}], ids=str)
def test_words_are_counted(load: Load, prepare: Callable[..., Any], name: str, size: dict[str, int]) -> None:
    inputs = load("words", "problem").inputs(**size, seed=5)
    step = prepare("words", name, inputs)
    found = step()
    assert found == dict(Counter(inputs["text"].split()))
    assert type(found) is dict
    assert {type(key) for key in found} == {str}
    assert {type(value) for value in found.values()} == {int}
    assert step() == found


def test_words_fall_with_their_rank_and_depend_on_the_seed(load: Load) -> None:
    inputs = load("words", "problem").inputs
    counts = sorted(Counter(inputs(50_000, 1_000, seed=1)["text"].split()).values(), reverse=True)
    assert counts[0] / counts[9] == pytest.approx(10, rel=0.35)
    assert inputs(100, 50, seed=1) != inputs(100, 50, seed=2)
