"""backprop in blocks of samples: right wherever the blocks end, in buffers that no result is taken from."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Load = Callable[[str, str], ModuleType]
Arrange = Callable[..., dict[str, Any]]
Worst = Callable[..., float]


@pytest.fixture
def blocked(load: Load, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Blocks of 10 samples of 5 and 3 units in float64."""
    module = load("backprop", "blocked")
    monkeypatch.setattr(module, "BLOCK_BYTES", 10 * (5 * 5 + 3 * 3) * 8)
    return module


@pytest.mark.parametrize("layout", ["C", "F", "FCCFC"])
@pytest.mark.parametrize("m", [1, 9, 10, 11, 20, 35])
def test_it_is_right_wherever_the_blocks_end(
    *, load: Load, blocked: ModuleType, arranged: Arrange, worst: Worst, m: int, layout: str
) -> None:
    problem = load("backprop", "problem")
    inputs = arranged(problem.inputs({"m": m, "n": 5, "p": 3}, "float64", "random", 1), layout)
    assert worst(problem, inputs, blocked.prepare(inputs)(), "float64") <= 1


def test_a_sample_larger_than_a_block_is_a_block(
    load: Load, arranged: Arrange, worst: Worst, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, blocked = load("backprop", "problem"), load("backprop", "blocked")
    monkeypatch.setattr(blocked, "BLOCK_BYTES", 100)
    inputs = arranged(problem.inputs({"m": 3, "n": 5, "p": 3}, "float64", "random", 1), "C")
    assert worst(problem, inputs, blocked.prepare(inputs)(), "float64") <= 1


@pytest.mark.parametrize("m", [10, 35])
def test_the_results_of_earlier_calls_stay_as_they_were(load: Load, blocked: ModuleType, m: int) -> None:
    inputs = load("backprop", "problem").inputs({"m": m, "n": 5, "p": 3}, "float64", "random", 1)
    step = blocked.prepare(inputs)
    first = step()
    kept = [output.copy() for output in first]
    inputs["a3"] /= 2
    second = step()
    for output, copy, other in zip(first, kept, second, strict=True):
        assert (output == copy).all()
        assert (output != other).any()
        assert not np.shares_memory(output, other)
