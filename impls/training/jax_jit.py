"""L-BFGS with JAX's own gradient inside."""

from ._autoencoder import jax_jit
from ._minimiser import training

REQUIRES = ("jax", "scipy")
COPIES_INPUTS = True
unsupported = jax_jit.unsupported

prepare = training(jax_jit)
