"""L-BFGS with blocks by Numba and BLAS inside."""

from ._autoencoder import numba_blocked
from ._minimiser import training

REQUIRES = ("numba", "scipy")

prepare = training(numba_blocked)
