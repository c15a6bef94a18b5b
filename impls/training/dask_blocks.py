"""L-BFGS with the chunks of a dask array inside."""

from ._autoencoder import dask_blocks
from ._minimiser import training

REQUIRES = ("dask", "numpy", "scipy")
COPIES_INPUTS = True

prepare = training(dask_blocks)
