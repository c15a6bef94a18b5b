"""L-BFGS with C in two passes inside."""

from ._autoencoder import c_fused
from ._minimiser import training

REQUIRES = ("numpy", "scipy")
unavailable, unsupported = c_fused.unavailable, c_fused.unsupported

prepare = training(c_fused)
