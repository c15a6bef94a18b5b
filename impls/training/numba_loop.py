"""L-BFGS with plain loops compiled by Numba inside."""

from ._autoencoder import numba_loop
from ._minimiser import training

REQUIRES = ("numba", "scipy")

prepare = training(numba_loop)
