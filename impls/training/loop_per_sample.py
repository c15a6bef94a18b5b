"""L-BFGS with loops over the samples inside."""

from ._autoencoder import loop_per_sample
from ._minimiser import training

REQUIRES = ("numpy", "scipy")

prepare = training(loop_per_sample)
