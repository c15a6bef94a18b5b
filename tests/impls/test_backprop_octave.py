"""backprop in GNU Octave: right, timed by its own clock, and gone when its worker is."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bench.problems import implementation, problem

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "impls" / "backprop"
NAMES = ("octave_loop", "octave_vectorized")
EVERYTHING_ENDS_WITHIN_S = 20

pytestmark = [pytest.mark.slow, pytest.mark.machine]

every_implementation = pytest.mark.parametrize("name", NAMES)
every_dtype = pytest.mark.parametrize("dtype", ["float64", "float32"])
needs_octave = pytest.mark.skipif(
    shutil.which("octave-cli") is None, reason="needs octave-cli (apt-get install octave)"
)
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


def module(name: str) -> ModuleType:
    """As the worker loads it: part of a package, with relative imports."""
    return implementation.load(FOLDER, name)


@pytest.fixture(scope="session")
def backprop(load: Callable[[str, str], ModuleType]) -> ModuleType:
    return load("backprop", "problem")


@pytest.fixture
def inputs(backprop: ModuleType) -> dict[str, Any]:
    made: dict[str, Any] = backprop.inputs({"m": 7, "n": 4, "p": 3}, "float64", "patches", 1)
    return made


@pytest.fixture
def evaluation(tmp_path: Path, inputs: dict[str, Any]) -> Callable[[str], Any]:
    """Return a function that starts Octave with a function of that text."""

    def started(body: str) -> Any:
        folder = tmp_path / "broken"
        folder.mkdir()
        (folder / "broken.m").write_text(f"function [w1, w2, b1, b2] = broken(varargin)\n{body}\nend\n")
        return module("_octave").Evaluation(folder, inputs)

    return started


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie, which waits for nothing but to be counted."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def ends(pid: int) -> bool:
    deadline = time.monotonic() + EVERYTHING_ENDS_WITHIN_S
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(pid)


# Without Octave


@every_implementation
def test_without_octave_it_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert module(name).unavailable() == "needs octave-cli (apt-get install octave)"


@every_implementation
def test_it_is_described_without_being_imported(name: str) -> None:
    described = implementation.found(problem.find("backprop"))[name]
    assert described.broken is None
    assert described.copies_inputs
    assert "in GNU Octave" in described.title
    assert (FOLDER / name / f"{name}.m").exists()


def test_the_loop_stays_as_it_is_in_the_question() -> None:
    """With the sparsity term hoisted out of it, it would be another program, and another speed-up."""
    loop = (FOLDER / "octave_loop" / "octave_loop.m").read_text().partition("for i = 1:m\n")[2]
    assert [line.split()[0] for line in loop.splitlines()] == [
        *("delta3", "delta3", "sum1", "sum2", "delta2"),
        *("W1grad", "W2grad", "b1grad", "b2grad", "end", "end"),
    ]


@pytest.mark.parametrize(
    ("said", "library", "version", "kernel"),
    [
        (
            "OpenBLAS (config: OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64)",
            *("octave openblas", "0.3.21", "SkylakeX"),
        ),
        ("OpenBLAS (config: OpenBLAS 0.3.29 USE64BITINT Zen SINGLE_THREADED)", "octave openblas", "0.3.29", "Zen"),
        ("OpenBLAS (config: unheard of)", "octave openblas", None, None),
        ("Intel MKL", "octave intel", None, None),
        ("unknown or reference BLAS", "reference blas", None, None),
    ],
)
def test_the_blas_is_told_from_what_octave_calls_it(
    said: str, library: str, version: str | None, kernel: str | None
) -> None:
    assert module("_octave").pool(said) == {"library": library, "version": version, "kernel": kernel}


# With Octave


@needs_octave
@every_implementation
@every_dtype
@pytest.mark.parametrize(("m", "layout"), [(1, "C"), (7, "C"), (257, "C"), (257, "F")])
def test_it_is_right_at_every_size_dtype_and_layout(
    *,
    backprop: ModuleType,
    arranged: Callable[..., dict[str, Any]],
    worst: Callable[..., float],
    name: str,
    dtype: str,
    m: int,
    layout: str,
) -> None:
    given = arranged(backprop.inputs({"m": m, "n": 64, "p": 25}, dtype, "patches", 1), layout)
    outputs = module(name).prepare(given)()
    assert all(type(output) is np.ndarray and output.dtype == dtype for output in outputs)
    assert worst(backprop, given, outputs, dtype) <= 1


@needs_octave
@every_implementation
@pytest.mark.parametrize("size", [{"m": 3, "n": 4, "p": 1}, {"m": 1, "n": 4, "p": 9}])
def test_it_is_right_at_other_numbers_of_units_on_random_numbers(
    backprop: ModuleType, worst: Callable[..., float], name: str, size: dict[str, int]
) -> None:
    given = backprop.inputs(size, "float64", "random", 2)
    assert worst(backprop, given, module(name).prepare(given)(), "float64") <= 1


@needs_octave
@every_implementation
def test_it_computes_in_single_when_it_is_given_single(backprop: ModuleType, name: str) -> None:
    """Done in double and rounded at the end, every number would be the reference's nearest float32."""
    given = backprop.inputs({"m": 1000, "n": 64, "p": 25}, "float32", "patches", 1)
    expected = backprop.reference(given).values()
    for output, exact in zip(module(name).prepare(given)(), expected, strict=True):
        assert (output != exact.astype(np.float32)).mean() > 0.1


@needs_octave
@every_implementation
def test_prepared_again_it_answers_for_the_new_contents(
    backprop: ModuleType, worst: Callable[..., float], name: str, inputs: dict[str, Any]
) -> None:
    before = module(name).prepare(inputs)
    changed = backprop.inputs({"m": 7, "n": 4, "p": 3}, "float64", "patches", 9)
    earlier = {key: np.array(value) for key, value in inputs.items()}
    for key, value in changed.items():
        if np.ndim(value):
            inputs[key][...] = value
    after = module(name).prepare(inputs)
    assert worst(backprop, changed, after(), "float64") <= 1
    assert worst(backprop, earlier, before(), "float64") <= 1


@needs_octave
def test_every_call_returns_arrays_of_its_own(inputs: dict[str, Any]) -> None:
    step = module("octave_vectorized").prepare(inputs)
    outputs = [*step(), *step()]
    assert not any(np.shares_memory(one, other) for k, one in enumerate(outputs) for other in outputs[:k])


@needs_octave
def test_its_clock_counts_the_evaluations_alone(inputs: dict[str, Any]) -> None:
    step = module("octave_loop").prepare(inputs)
    assert step.clock_ns() == 0
    started, readings = time.perf_counter_ns(), [0]
    for _ in range(5):
        step()
        readings.append(step.clock_ns())
    assert all(later > earlier for earlier, later in pairwise(readings))
    assert readings[-1] < time.perf_counter_ns() - started
    assert step.clock_resolution_ns == 1000
    assert step.transfer_ns > 0


@needs_octave
@needs_proc
@pytest.mark.parametrize("threads", [1, 2])
def test_the_threads_that_compute_are_those_asked_for(
    monkeypatch: pytest.MonkeyPatch, inputs: dict[str, Any], threads: int
) -> None:
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(variable, str(threads))
    (pool,) = module("octave_vectorized").prepare(inputs).pools
    assert set(pool) == {"library", "version", "kernel", "threads"}
    if pool["library"] == "octave openblas" and threads <= len(os.sched_getaffinity(0)):
        assert pool["threads"] == threads


@needs_octave
def test_an_error_in_octave_is_raised_with_its_message_and_line(evaluation: Callable[[str], Any]) -> None:
    step = evaluation("ones(2, 3) * ones(2, 3);")
    with pytest.raises(RuntimeError, match=r"Octave: operator \*: nonconformant arguments .* \(broken, line 2\)"):
        step()


@needs_octave
def test_a_syntax_error_is_raised_with_its_message(evaluation: Callable[[str], Any]) -> None:
    with pytest.raises(RuntimeError, match="Octave: parse error"):
        evaluation("1 +* 2")()


@needs_octave
@pytest.mark.parametrize("returned", ["true", "int8(1)"])
def test_an_array_of_another_class_is_told(evaluation: Callable[[str], Any], returned: str) -> None:
    step = evaluation(f"w1 = {returned}; w2 = 1; b1 = 1; b2 = 1;")
    with pytest.raises(RuntimeError, match=r"returned an array of class .*, expected double or single"):
        step()


@needs_octave
def test_what_a_function_prints_is_not_taken_for_an_answer(evaluation: Callable[[str], Any]) -> None:
    step = evaluation("w1 = 1, w2 = 2, b1 = 3, b2 = 4, disp('ok 12 double 1 1')")
    assert [float(output.item()) for output in step()] == [1.0, 2.0, 3.0, 4.0]


@needs_octave
def test_an_octave_that_was_killed_is_told(inputs: dict[str, Any]) -> None:
    step = module("octave_loop").prepare(inputs)
    os.kill(step.pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="octave-cli was killed by signal 9"):
        step()


@needs_octave
@needs_proc
def test_octave_ends_with_its_step(inputs: dict[str, Any]) -> None:
    step = module("octave_loop").prepare(inputs)
    pid = step.pid
    step()
    assert is_running(pid)
    del step
    assert not is_running(pid)


PREPARING = """
import sys, time
from pathlib import Path
from bench.problems import implementation
folder = Path(sys.argv[1])
inputs = implementation.load(folder, "problem").inputs({"m": 7, "n": 4, "p": 3}, "float64", "patches", 1)
step = implementation.load(folder, "octave_loop").prepare(inputs)
print(step.pid, flush=True)
time.sleep(600)
"""


@needs_octave
@needs_proc
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills the child of a process that ends")
@pytest.mark.parametrize("stopped", [False, True], ids=["waiting", "stopped"])
def test_octave_ends_with_a_worker_that_is_killed(stopped: bool) -> None:  # noqa: FBT001
    with subprocess.Popen(
        [sys.executable, "-c", PREPARING, str(FOLDER)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        assert is_running(pid)
        if stopped:
            os.kill(pid, signal.SIGSTOP)
        worker.kill()
    assert ends(pid)
