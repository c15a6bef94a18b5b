"""Evaluate a function of GNU Octave: one ``octave-cli`` for each prepared step.

It is started and given the inputs once, in column-major order whatever the case's layout. Each step sends one byte over
a pipe, Octave evaluates the function and answers over another with the time and the results (serve.m), which become
arrays of their own. The time is Octave's, by tic and toc around the evaluation alone: neither the 30 us of sending and
answering nor fetching results is in it, but some 3 us of tic and toc are. They read the clock of the day to 1 us.

The worker's check of CPU time sees its own process alone, which waits: it neither contradicts an Octave that keeps to
its threads nor finds out one that does not. So the threads that computed a product are counted here, and the worker
compares their number with the number asked for, which Octave takes from the environment that the harness sets.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

CLASSES = {"float64": "double", "float32": "single"}
DTYPES = {octave: dtype for dtype, octave in CLASSES.items()}

#: A thread computed if it used more CPU time than this; the products of serve.m take more than ten times as long.
COMPUTED_NS = 2_000_000

#: An Octave that closed its pipe gets this long to end.
GRACE_S = 2.0

#: Have the kernel kill what follows when the worker ends, as it does the worker when the harness ends: an Octave that
#: is stopped (the harness stops who waits) would not read that its pipe was closed. prctl(PR_SET_PDEATHSIG, SIGKILL)
#: outlives exec; in a process of its own, as subprocess must not run Python between fork and exec beside threads.
DIE_WITH_PARENT = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"

OPTIONS = ("--norc", "--quiet", "--no-history", "--no-gui")


def unavailable() -> str | None:
    """Return what is missing, None if nothing is."""
    return None if shutil.which("octave-cli") else "needs octave-cli (apt-get install octave)"


class Evaluation:
    """A step that evaluates the function NAME.m in the folder NAME.

    The function gets the inputs of problem.py in their order, vectors as columns, and returns the outputs in theirs.

    Parameters
    ----------
    folder
        Where the function is.
    inputs
        Arrays of one or two dimensions of float64 or float32, or numbers.

    Raises
    ------
    RuntimeError
        If Octave reports an error (with its message) or ended, now or in a call.
    """

    clock_resolution_ns = 1000

    def __init__(self, folder: Path, inputs: Mapping[str, Any]) -> None:
        self._spent_ns = 0
        self._process, self._replies = _started(folder, inputs)
        self._commands = cast("IO[bytes]", self._process.stdin)
        weakref.finalize(self, _ended, self._process, self._commands, self._replies)
        blas = " ".join(self._answer())
        self.pools = [{**pool(blas), "threads": computing_threads(self._process.pid)}]
        before = time.perf_counter_ns()
        for value in inputs.values():
            self._send(np.asarray(value).tobytes(order="F"))
        self._answer()
        self.transfer_ns = time.perf_counter_ns() - before

    def __call__(self) -> tuple[np.ndarray, ...]:
        """Evaluate the function once; return its outputs, arrays of their own, C-ordered."""
        self._send(b"e")
        spent_ns, *described = self._answer()
        self._spent_ns += int(spent_ns)
        outputs = [self._array(*described[start : start + 3]) for start in range(0, len(described), 3)]
        grad_w1, grad_w2, grad_b1, grad_b2 = outputs
        return grad_w1, grad_w2, grad_b1.ravel(), grad_b2.ravel()

    def clock_ns(self) -> int:
        """Return the nanoseconds that evaluations took so far."""
        return self._spent_ns

    @property
    def pid(self) -> int:
        """Octave's process id."""
        return self._process.pid

    def _array(self, name: str, rows: str, columns: str) -> np.ndarray:
        """Return the next array of a reply, of Octave's class `name`."""
        if name not in DTYPES:
            raise RuntimeError(f"the Octave function returned an array of class {name}, expected double or single")
        dtype, shape = np.dtype(DTYPES[name]), (int(rows), int(columns))
        size = dtype.itemsize * shape[0] * shape[1]
        data = self._replies.read(size)
        if len(data) < size:
            raise self._death()
        return np.array(np.frombuffer(data, dtype).reshape(shape, order="F"), order="C")

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # Octave ended: its answer, or that there is none, tells why
            self._commands.write(data)
            self._commands.flush()

    def _answer(self) -> list[str]:
        """Return the words of the next reply's line."""
        line = self._replies.readline()
        if not line.endswith(b"\n"):
            raise self._death()
        kind, *words = line.decode(errors="replace").split()
        if kind == "error":
            message = self._replies.read(int(words[0])).decode(errors="replace")
            raise RuntimeError(f"Octave: {message}")
        return words

    def _death(self) -> RuntimeError:
        try:
            code = self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            return RuntimeError("octave-cli closed its pipe")
        return RuntimeError(f"octave-cli was killed by signal {-code}" if code < 0 else f"octave-cli ended with {code}")


def pool(blas: str) -> dict[str, Any]:
    """Return library, version and kernel from what Octave's ``version('-blas')`` says.

    It knows OpenBLAS, MKL, ATLAS and a few more by functions that only they have; all others, and so the reference
    BLAS, are "unknown or reference".
    """
    if blas.startswith("unknown"):
        return {"library": "reference blas", "version": None, "kernel": None}
    found = re.search(r"OpenBLAS (\d\S*).*?(\w+) (?:MAX_THREADS|SINGLE_THREADED)", blas)
    if found:
        return {"library": "octave openblas", "version": found[1], "kernel": found[2]}
    return {"library": f"octave {blas.partition(' ')[0].lower()}", "version": None, "kernel": None}


def computing_threads(pid: int) -> int:
    """Return how many threads of a process used CPU time worth the name; where the system does not tell, those set."""
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.exists():
        return int(os.environ.get("OMP_NUM_THREADS", "1"))
    used = [int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()]
    return sum(ns > COMPUTED_NS for ns in used)


def _started(folder: Path, inputs: Mapping[str, Any]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """Return the process, reading commands from its stdin, and the file on which it answers."""
    shapes = "; ".join(_described(np.asarray(value)) for value in inputs.values())
    paths = [option for path in (Path(__file__).parent, folder) for option in ("--path", str(path))]
    launcher = [sys.executable, "-I", "-S", "-c", DIE_WITH_PARENT] if sys.platform == "linux" else []
    read_end, write_end = os.pipe()
    replies = os.fdopen(read_end, "rb")
    try:
        call = f"serve('{folder.name}', {write_end}, {{{shapes}}})"
        command = [*launcher, "octave-cli", *OPTIONS, *paths, "--eval", call]
        return subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(write_end,)), replies
    except BaseException:
        replies.close()
        raise
    finally:
        os.close(write_end)


def _described(array: np.ndarray) -> str:
    """Return class, rows and columns of an input in Octave's language; vectors are columns."""
    rows, columns = (*array.shape, 1, 1)[:2]
    return f'"{CLASSES[array.dtype.name]}", {rows}, {columns}'


def _ended(process: subprocess.Popen[bytes], commands: IO[bytes], replies: IO[bytes]) -> None:
    """End Octave: nothing of it is kept, and left to end by itself it writes messages of its own."""
    process.kill()
    process.wait()
    replies.close()
    with contextlib.suppress(BrokenPipeError):  # something was left to send
        commands.close()
