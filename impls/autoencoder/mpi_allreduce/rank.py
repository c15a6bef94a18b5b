"""A rank of MPI: it has its share of the samples, and evaluates whenever it is sent parameters.

    mpiexec -n RANKS python -m mpi4py rank.py PORT

Each rank connects to a port of the process that prepares, which waits for it there, says who it is, and is sent shapes
and numbers, its samples and then parameters; rank 0 answers with the results. Between two evaluations a rank waits for
the next message without computing, which it would not in MPI's own functions. It ends when the connection does; if
one fails, mpi4py ends all.
"""

import ctypes
import importlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

import numpy as np

ORDER = ("w1", "b1", "w2", "b2")


def main():
    """Connect, take the share, evaluate for as long as parameters come."""
    end_with(os.getppid())
    from mpi4py import MPI  # which initialises MPI

    comm = MPI.COMM_WORLD
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection, connection.makefile("rwb") as worker:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        worker.write(bytes.fromhex(os.environ["RANKS_TOKEN"]) + comm.rank.to_bytes(4, "big"))
        worker.flush()
        told = json.loads(worker.readline())
        inputs = {name: np.zeros(shape, told["dtype"]) for name, shape in told["shapes"].items()} | told["numbers"]
        worker.readinto(inputs["x"].reshape(-1).view(np.uint8))
        evaluate = evaluation(comm, inputs, told["m"])
        arrays = [memoryview(inputs[name].reshape(-1).view(np.uint8)) for name in ORDER]
        while all(worker.readinto(array) == len(array) for array in arrays):
            results = evaluate()
            if comm.rank == 0:
                worker.write(b"".join(np.ascontiguousarray(result).tobytes() for result in results))
                worker.flush()


def evaluation(comm, inputs, m):
    """Return the step over a share of m samples: two passes as those of ``blocked``, after each of them an Allreduce.

    Parameters
    ----------
    comm
        The communicator of all who have a share; each calls the step, and each gets the same results.
    inputs
        Those of problem.py, x (some, n) the share, which may be empty.
    m
        How many samples there are in all shares together.
    """
    from mpi4py import MPI

    blocked, parts = beside("blocked"), beside("_parts")
    x, _, b1, _, _, _, beta, rho = inputs.values()
    n, p = x.shape[1], len(b1)
    forward, backward = blocked.passes(inputs, np.zeros((len(x), p), x.dtype))

    def step():
        activations = forward()
        comm.Allreduce(MPI.IN_PLACE, activations)
        unwanted, sparsity = parts.penalty(activations / m, beta, rho)
        sums = parts.joined(backward(sparsity))
        comm.Allreduce(MPI.IN_PLACE, sums)
        squares, *sums = parts.parted(sums, n, p)
        return parts.outputs(inputs, unwanted, squares, sums, m=m)

    return step


def beside(name):
    """Return a module of the problem's folder, of which this program is not run as a part."""
    folder = Path(__file__).resolve().parents[1]
    sys.path.insert(0, str(folder.parent))
    try:
        return importlib.import_module(f"{folder.name}.{name}")
    finally:
        sys.path.remove(str(folder.parent))


def end_with(parent):
    """Have the kernel kill this process with its parent (Linux: prctl(PR_SET_PDEATHSIG)); elsewhere MPI sees to it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)


if __name__ == "__main__":
    main()
