"""L-BFGS with whole arrays and buffers inside."""

from ._autoencoder import inplace
from ._minimiser import training

REQUIRES = ("numpy", "scipy")

prepare = training(inplace)
