"""L-BFGS with PyTorch's autograd inside."""

from ._autoencoder import torch_eager
from ._minimiser import training

REQUIRES = ("torch", "scipy")

prepare = training(torch_eager)
