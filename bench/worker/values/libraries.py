"""Frames, sparse matrices and tensors of other libraries as arrays; none is imported that is not in use already."""

import sys
from typing import Any

import numpy as np

from . import frames
from .leaves import MISSING

#: A sparse matrix of no more numbers is compared as the dense one that it stands for.
_DENSE = 4_000_000


def _is_of(value: object, package: str, *names: str) -> bool:
    """Return whether a value's own type is one of these names of a package that is in use, and found there."""
    kind = type(value)
    module = sys.modules.get(kind.__module__)
    is_found = getattr(module, kind.__name__, None) is kind  # a class may say of itself that it is another's
    in_package = f"{kind.__module__}.".startswith(f"{package}.")
    return in_package and is_found and (not names or kind.__name__ in names)


def is_lazy(value: object) -> bool:
    """Return whether a value of another library only promises a result."""
    return (
        _is_of(value, "polars", "LazyFrame")
        or _is_of(value, "dask", "Array", "DataFrame", "Series", "Delayed", "Bag")
        or hasattr(type(value), "__dask_graph__")
    )


def is_missing(value: object) -> bool:
    """Return whether a value is one by which pandas marks what is missing."""
    return _is_of(value, "pandas", "NAType", "NaTType", "Timestamp", "Timedelta", "Period", "Interval")


def array_of(value: Any) -> np.ndarray | None:
    """Return the numbers of a tensor, or of a matrix that is sparse but small; None of anything else."""
    if _is_of(value, "torch", "Tensor", "Parameter"):
        plain = value.detach().cpu()
        return np.asarray((_wide(plain)).numpy())
    if _is_of(value, "jaxlib") or _is_of(value, "jax"):
        return np.asarray(value)
    if _is_of(value, "cupy", "ndarray"):
        return np.asarray(value.get())
    if _is_of(value, "numba", "DeviceNDArray"):
        return np.asarray(value.copy_to_host())
    if is_sparse(value) and value.shape[0] * value.shape[-1] <= _DENSE:
        return np.asarray(value.toarray())
    return None


def _wide(tensor: Any) -> Any:
    """Return a tensor that NumPy has a dtype for: bfloat16 is none."""
    return tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor


def is_sparse(value: Any) -> bool:
    """Return whether a value is a sparse matrix of SciPy."""
    return _is_of(value, "scipy.sparse") and hasattr(value, "tocoo")


def held(value: Any) -> tuple[str, dict[str, Any]] | None:
    """Return of which kind a frame or a large sparse matrix is, and what it holds; None of anything else."""
    if _is_of(value, "pandas"):
        return frames.held(value)
    if _is_of(value, "polars", "DataFrame"):
        return "dict", {f"[{name!r}]": value.get_column(name) for name in value.columns}
    if _is_of(value, "polars", "Series"):
        return "series", _held_by_polars(value)
    if is_sparse(value):
        entries = value.tocsr().copy()
        entries.sum_duplicates()
        entries.eliminate_zeros()
        found = entries.tocoo()
        return "sparse", {".shape": tuple(found.shape), ".row": found.row, ".col": found.col, ".data": found.data}
    return None


def _held_by_polars(value: Any) -> dict[str, Any]:
    """Return the values of a series, and which are missing where whole numbers cannot say it."""
    if not value.dtype.is_numeric():
        return {"": value.to_list()}
    if value.dtype.is_integer() and value.null_count():
        return {"": np.array(value.fill_null(0).to_numpy()), MISSING: np.array(value.is_null().to_numpy())}
    return {"": np.array(value.to_numpy())}


def parts(value: Any) -> tuple[str, dict[str, Any]] | None:
    """Return kind and parts of a sparse matrix or a frame of pandas, to put it together from; None of anything else."""
    if is_sparse(value):
        rows = value.tocsr()
        name = "csr_matrix" if type(value).__name__.endswith("_matrix") else "csr_array"
        return name, {"shape": list(rows.shape), "data": rows.data, "indices": rows.indices, "indptr": rows.indptr}
    return frames.parts(value) if _is_of(value, "pandas", *frames.KINDS) else None


def put_together(kind: str, held: dict[str, Any]) -> Any:
    """Return the sparse matrix or frame that has these parts; ValueError of another kind."""
    if kind in ("csr_matrix", "csr_array"):
        from scipy import sparse

        rows = held["data"], held["indices"], held["indptr"]
        return getattr(sparse, kind)(rows, shape=tuple(held["shape"]))
    if kind in frames.KINDS:
        return frames.put_together(kind, held)
    raise ValueError(f"the outputs cannot be read: there is no {kind}")
