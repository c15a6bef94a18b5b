"""L-BFGS with hoisted loops over the samples inside."""

from ._autoencoder import loop_hoisted
from ._minimiser import training

REQUIRES = ("numpy", "scipy")

prepare = training(loop_hoisted)
