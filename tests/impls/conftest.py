"""What the tests of the problems share: modules as a worker loads them, memory orders, errors in tolerances."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from bench.problems import implementation

IMPLS = Path(__file__).parents[2] / "impls"


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Have BLAS compute in one thread: its threads wait for each other, a hundred times as long on a busy machine."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _compiled_anew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have Numba keep what it compiles for this session, as a run does: beside the source it would find code that is
    of the same file under another name, as which another problem imports it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMBA_CACHE_DIR", str(tmp_path_factory.mktemp("numba")))
        yield


@pytest.fixture(scope="session")
def load() -> Callable[[str, str], ModuleType]:
    """Return a function that loads a problem's module: ``load("backprop", "problem")``."""
    return lambda problem, name: implementation.load(IMPLS / problem, name)


@pytest.fixture(scope="session")
def arranged() -> Callable[[Mapping[str, Any], str], dict[str, Any]]:
    """Return a function that copies inputs into memory order: C, F, or one letter for each array of two dimensions.

    The copies are read-only: who writes to one is found at once.
    """

    def arrange(inputs: Mapping[str, Any], layout: str) -> dict[str, Any]:
        matrices = [name for name, value in inputs.items() if np.ndim(value) == 2]
        letters = zip(matrices, layout * len(matrices) if len(layout) == 1 else layout, strict=True)
        fortran = [name for name, letter in letters if letter == "F"]
        copies = {name: np.array(value, order="F" if name in fortran else "C") for name, value in inputs.items()}
        for copy in copies.values():
            copy.flags.writeable = False
        return {name: copy if copy.ndim else float(copy) for name, copy in copies.items()}

    return arrange


@pytest.fixture(scope="session")
def referred() -> Callable[[ModuleType, Mapping[str, Any]], Mapping[str, Any]]:
    """Return a function that gives a problem's reference, computed once for the same numbers in any memory order."""
    known: dict[tuple[Any, ...], Mapping[str, Any]] = {}

    def refer(problem: ModuleType, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        arrays = [(name, np.asarray(value)) for name, value in inputs.items()]
        numbers = [(name, array.dtype.str, array.shape, sha256(array.tobytes()).digest()) for name, array in arrays]
        key = (problem.__file__, *numbers)
        return known[key] if key in known else known.setdefault(key, problem.reference(inputs))

    return refer


@pytest.fixture(scope="session")
def worst(referred: Callable[[ModuleType, Mapping[str, Any]], Mapping[str, Any]]) -> Callable[..., float]:
    """Return a function that gives the largest error over all numbers of all outputs, in tolerances: right up to 1."""

    def largest(problem: ModuleType, inputs: Mapping[str, Any], outputs: Sequence[Any], dtype: str) -> float:
        expected = referred(problem, inputs)
        allowed = problem.tolerance(inputs, float(np.finfo(dtype).eps) / 2)
        ratios = []
        for name, output in zip(problem.OUTPUTS, outputs, strict=True):
            assert np.shape(output) == expected[name].shape == allowed[name].shape, name
            assert np.isfinite(output).all(), name
            error = np.abs(output - expected[name])
            assert (allowed[name] > 0).all(), name
            ratios.append(float((error / allowed[name]).max()))
        return max(ratios)

    return largest
