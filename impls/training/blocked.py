"""L-BFGS with blocks that fit the cache inside."""

from ._autoencoder import blocked
from ._minimiser import training

REQUIRES = ("numpy", "scipy")

prepare = training(blocked)
