"""L-BFGS with MPI ranks inside, each with its share of the samples."""

from ._autoencoder import mpi_allreduce
from ._minimiser import training

REQUIRES = ("mpi4py", "numpy", "scipy")
COPIES_INPUTS = True
unavailable = mpi_allreduce.unavailable

prepare = training(mpi_allreduce)
