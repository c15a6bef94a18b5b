"""Samples in chunks of a dask array: two passes of tasks, sums added as a tree.

A task does its chunk as ``blocked`` does all samples. The sums of a chunk are a row of numbers, so that each pass ends
with ``sum(axis=0)`` of a dask array: first the mean activations, then the cost and the gradient. Here the tasks run in
as many threads as are asked for, each of them with one thread of BLAS, which would otherwise wait for one another; with
a cluster of dask.distributed the same tasks run on its workers, which keep their chunks (.ci/scaling.py). dask copies
x, in `prepare`; graphs are made anew for each step, some milliseconds, as the parameters in them change.
"""

import os
from functools import partial

import dask
import dask.array
import numpy as np
from threadpoolctl import ThreadpoolController

from ._parts import joined, outputs, parted, penalty
from .blocked import passes

REQUIRES = ("dask", "numpy")
COPIES_INPUTS = True

CHUNK_BYTES = 1 << 24
"""Of x in a task: a thousand times what starting a task costs, and few enough to be dealt out evenly."""


def prepare(inputs):
    """Return the step over the inputs of problem.py."""
    x, threads = inputs["x"], int(os.environ.get("OMP_NUM_THREADS", "1"))
    m, n = x.shape
    rows = min(-(-m // threads), max(1, CHUNK_BYTES // (n * x.itemsize)))
    evaluate = evaluation(dask.array.from_array(x, chunks=(rows, n), name=False), inputs)
    blas = ThreadpoolController()
    here = {"scheduler": "threads", "num_workers": threads} if threads > 1 else {"scheduler": "synchronous"}

    def step():
        with blas.limit(limits=1, user_api="blas"), dask.config.set(here):
            return evaluate()

    return step


def evaluation(x, inputs):
    """Return the step over a dask array x (m, n), one chunk wide, and the parameters in the inputs of problem.py."""
    _, _, b1, w2, _, _, beta, rho = inputs.values()
    (m, n), p, rows = x.shape, len(b1), x.chunks[0]
    nothing = np.zeros((0, 0), x.dtype)

    def step():
        given = {name: np.array(value) if np.ndim(value) else value for name, value in inputs.items() if name != "x"}
        hidden = x.map_blocks(partial(_forward, given), chunks=(rows, (p,)), meta=nothing)
        hidden, activations = dask.persist(hidden, hidden.sum(axis=0))
        unwanted, sparsity = penalty(activations.compute() / m, beta, rho)
        parts = dask.array.map_blocks(
            partial(_backward, given, sparsity),
            x,
            hidden,
            chunks=((1,) * len(rows), (1 + 2 * w2.size + p + n,)),
            meta=nothing,
        )
        squares, *sums = parted(parts.sum(axis=0).compute(), n, p)
        return outputs({"x": nothing, **given}, unwanted, squares, sums, m=m)

    return step


def _forward(given, x):
    hidden = np.zeros((len(x), len(given["b1"])), x.dtype)
    passes({"x": x, **given}, hidden)[0]()
    return hidden


def _backward(given, sparsity, x, hidden):
    backward = passes({"x": x, **given}, hidden.copy())[1]  # who is done again elsewhere must find it as it was
    return joined(backward(sparsity))[None]
