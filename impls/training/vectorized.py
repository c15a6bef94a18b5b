"""L-BFGS with whole arrays in NumPy inside."""

from ._autoencoder import vectorized
from ._minimiser import training

REQUIRES = ("numpy", "scipy")

prepare = training(vectorized)
