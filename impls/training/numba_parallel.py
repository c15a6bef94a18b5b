"""L-BFGS with threads of Numba inside."""

from ._autoencoder import numba_parallel
from ._minimiser import training

REQUIRES = ("numba", "scipy")

prepare = training(numba_parallel)
