"""Samples shared out among MPI ranks, sums over all by Allreduce: two in a step.

As many ranks as threads are asked for, each with one thread of BLAS, are started with ``mpiexec`` and given their
shares of x once (rank.py); a step sends each of them the parameters over a socket and waits for the results of rank 0,
26 kB there and back, within its time. A rank does its share as ``blocked`` does all samples.

The worker's check of CPU time sees its own process alone, which waits: that as many ranks compute as were asked for is
known from their having answered, each by its number. They end with the step or the worker, however it ends (Linux).
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import weakref
from io import BufferedRWPair
from itertools import pairwise
from pathlib import Path

import numpy as np

from .._backprop._octave import DIE_WITH_PARENT
from .rank import ORDER

REQUIRES = ("mpi4py", "numpy")
COPIES_INPUTS = True

OPEN_MPI = {
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",  # the harness says which CPUs there are
    "PRTE_MCA_hwloc_default_binding_policy": "none",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",  # in a container
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
}
"""Variables that another MPI does not read."""

GRACE_S = 5.0
"""Ranks whose connections were closed get so long to end; they remove what they share in memory."""

LOOK_S = 0.5
"""How often it is looked whether ranks that have not connected are still being started."""


def unavailable():
    """Return what is missing, None if nothing is."""
    return None if mpiexec() else "needs mpiexec (pip install implbench[mpi4py])"


def mpiexec():
    """Return the path of mpiexec, rather that of this Python's own environment; None if there is none."""
    return shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    return Ranks(inputs, int(os.environ.get("OMP_NUM_THREADS", "1")))


class Ranks:
    """The step: evaluates with so many ranks, which end with it."""

    def __init__(self, inputs, ranks):
        self._inputs = inputs
        with socket.create_server(("127.0.0.1", 0), backlog=ranks) as server:
            token = secrets.token_bytes(16)
            self._process = _started(server.getsockname()[1], token, ranks)
            self._connections: list[BufferedRWPair] = []
            weakref.finalize(self, _ended, self._process, self._connections)
            self._accept(server, token, ranks)
        self.pools = [{"library": "mpi ranks", "version": None, "kernel": None, "threads": len(self._connections)}]
        x = inputs["x"]
        bounds = [len(x) * rank // ranks for rank in range(ranks + 1)]
        for connection, (start, stop) in zip(self._connections, pairwise(bounds), strict=True):
            share = np.ascontiguousarray(x[start:stop])
            shapes = {name: np.shape(value) for name, value in inputs.items() if np.ndim(value)} | {"x": share.shape}
            numbers = {name: float(value) for name, value in inputs.items() if not np.ndim(value)}
            told = {"m": len(x), "dtype": x.dtype.name, "shapes": shapes, "numbers": numbers}
            connection.write(json.dumps(told).encode() + b"\n")
            connection.write(share.reshape(-1).view(np.uint8).data)

    @property
    def pid(self):
        """The process id of mpiexec, whose children the ranks are."""
        return self._process.pid

    def __call__(self):
        """Evaluate once; return the outputs of problem.py, arrays of their own."""
        message = b"".join(np.ascontiguousarray(self._inputs[name]).tobytes() for name in ORDER)
        w1, b1, w2, b2 = (self._inputs[name] for name in ORDER)
        results = [np.zeros(shape, w1.dtype) for shape in ((), w1.shape, w2.shape, b1.shape, b2.shape)]
        try:
            for connection in self._connections:
                connection.write(message)
                connection.flush()
            for result in results:
                if self._connections[0].readinto(result.reshape(-1).view(np.uint8).data) < result.nbytes:
                    raise self._death()
        except OSError as error:
            raise self._death() from error
        return tuple(results)

    def _accept(self, server, token, ranks):
        """Wait for all ranks; who does not know the token is none of them."""
        server.settimeout(LOOK_S)
        connections: dict[int, BufferedRWPair] = {}
        while len(connections) < ranks:
            with contextlib.suppress(TimeoutError):
                connection, _ = server.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with connection:  # the file below keeps it open
                    file = connection.makefile("rwb")
                said = file.read(len(token) + 4)
                if secrets.compare_digest(said[:-4], token):
                    connections[int.from_bytes(said[-4:], "big")] = file
                else:
                    file.close()
            if self._process.poll() is not None:
                raise self._death()
        self._connections += [connections[rank] for rank in range(ranks)]

    def _death(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_S)
        return RuntimeError(f"a rank ended, and mpiexec with {self._process.returncode}")


def _started(port, token, ranks):
    """Return the process of mpiexec."""
    environment = {**os.environ, **OPEN_MPI, "RANKS_TOKEN": token.hex()}
    environment |= {name: "1" for name in (*environment, "OMP_NUM_THREADS") if name.endswith("_NUM_THREADS")}
    launcher = [sys.executable, "-I", "-S", "-c", DIE_WITH_PARENT] if sys.platform == "linux" else []
    program = [sys.executable, "-P", "-m", "mpi4py", str(Path(__file__).with_name("rank.py")), str(port)]
    command = [*launcher, mpiexec(), "-n", str(ranks), *program]
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _ended(process, connections):
    """Let the ranks end, which see that their connections are closed; kill mpiexec if that takes long."""
    for connection in connections:
        with contextlib.suppress(OSError):  # something was left to send
            connection.close()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
