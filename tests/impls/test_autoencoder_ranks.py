"""mpi_allreduce and dask_blocks: right however samples are shared out, and no rank is left when its worker is gone."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pytest

from bench.problems import implementation
from bench.problems import problem as problems

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "impls" / "autoencoder"
SIZE = {"m": 7, "n": 4, "p": 3}
EVERYTHING_ENDS_WITHIN_S = 20
"""As a test that waited forever would be worse; nothing depends on how long it takes."""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills the child of a process that ends")
Load = Callable[[str, str], ModuleType]


@pytest.fixture
def ranks(load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Return the implementation; what killed ranks leave behind, which the harness cleans up, is in a folder."""
    pytest.importorskip("mpi4py", reason="is in the environment of: tox run -e interop")
    module = load("autoencoder", "mpi_allreduce")
    if absent := module.unavailable():
        pytest.skip(absent)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    for variable in ("TMPDIR", "OMPI_MCA_btl_sm_backing_directory"):
        monkeypatch.setenv(variable, str(tmp_path))
    return module


@pytest.fixture
def inputs(load: Load) -> dict[str, Any]:
    made: dict[str, Any] = load("autoencoder", "problem").inputs(SIZE, "float64", "random", 1)
    return made


def started(pid: int) -> list[psutil.Process]:
    """Return mpiexec and the ranks below it."""
    mpiexec = psutil.Process(pid)
    return [mpiexec, *mpiexec.children(recursive=True)]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that are still there after a while, and no zombies, which wait to be counted."""
    deadline = time.monotonic() + EVERYTHING_ENDS_WITHIN_S
    while left := [one for one in processes if _is_running(one)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return left


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("m", [1, 2, 7, 3001])
def test_two_ranks_are_right_with_shares_that_are_unequal_or_empty(
    load: Load, ranks: ModuleType, worst: Callable[..., float], m: int
) -> None:
    problem = load("autoencoder", "problem")
    given = problem.inputs({"m": m, "n": 9, "p": 5}, "float64", "random", m)
    step = ranks.prepare(given)
    assert worst(problem, given, step(), "float64") <= 0.5
    assert [pool["threads"] for pool in step.pools] == [2]


@pytest.mark.parametrize("threads", [1, 2])
def test_chunks_are_right_wherever_they_end(
    *, load: Load, worst: Callable[..., float], monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    pytest.importorskip("dask.array", reason="is in the environment of: tox run -e interop")
    problem, module = load("autoencoder", "problem"), load("autoencoder", "dask_blocks")
    monkeypatch.setattr(module, "CHUNK_BYTES", 10 * 9 * 8)
    monkeypatch.setenv("OMP_NUM_THREADS", str(threads))
    for m in (1, 9, 10, 11, 21, 3001):
        given = problem.inputs({"m": m, "n": 9, "p": 5}, "float64", "random", m)
        assert worst(problem, given, module.prepare(given)(), "float64") <= 0.5, m


def test_ranks_end_with_their_step(ranks: ModuleType, inputs: dict[str, Any]) -> None:
    step = ranks.prepare(inputs)
    step()
    processes = started(step.pid)
    assert len(processes) == 3
    del step
    assert not alive(processes)


@pytest.mark.parametrize("victim", [0, 1, 2], ids=["mpiexec", "one rank", "the other"])
def test_where_one_is_killed_the_step_says_so_and_none_is_left(
    ranks: ModuleType, inputs: dict[str, Any], victim: int
) -> None:
    step = ranks.prepare(inputs)
    processes = started(step.pid)
    processes[victim].kill()
    with pytest.raises(RuntimeError, match=r"a rank ended, and mpiexec with -?\d+"):
        deque(iter(step, None), maxlen=0)  # until the others have noticed
    del step
    assert not alive(processes)


PREPARING = """
import sys, time
from pathlib import Path
from bench.problems import implementation
from bench.problems import problem as problems
folder = Path(sys.argv[1])
inputs = implementation.load(folder, "problem").inputs({"m": 7, "n": 4, "p": 3}, "float64", "random", 1)
step = implementation.load(folder, "mpi_allreduce").prepare(inputs)
step()
print(step.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def worker(ranks: ModuleType) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that has prepared."""
    command = [sys.executable, "-c", PREPARING, str(FOLDER)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        yield process
        process.kill()


@linux_only
@pytest.mark.parametrize("stopped", [False, True], ids=["waiting", "stopped"])
def test_ranks_end_with_a_worker_that_is_killed(worker: subprocess.Popen[bytes], stopped: bool) -> None:  # noqa: FBT001
    assert worker.stdout is not None
    processes = started(int(worker.stdout.readline()))
    assert len(processes) == 3
    if stopped:
        for one in processes:
            one.send_signal(signal.SIGSTOP)
    worker.kill()
    assert not alive(processes)


def test_without_mpiexec_it_says_what_to_install(load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = load("autoencoder", "mpi_allreduce")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert module.unavailable() == "needs mpiexec (pip install implbench[mpi4py])"


@pytest.mark.parametrize(("name", "extra"), [("dask_blocks", "dask"), ("mpi_allreduce", "mpi4py")])
def test_without_its_package_it_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch, name: str, extra: str) -> None:
    monkeypatch.setattr("bench.machine.environment.missing", lambda names: [one for one in names if one == extra])
    assert (
        implementation.found(problems.read(FOLDER))[name].unavailable
        == f"needs {extra} (pip install implbench[{extra}])"
    )
