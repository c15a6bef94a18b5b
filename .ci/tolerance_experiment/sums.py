"""Sums and products of sums: of one sign, with cancellation, over rows, in order, in blocks."""

from math import fsum

import numpy as np
from computation import Computation, in_blocks, in_order, single, wide


def variance(x):
    d = x - x.mean()
    return (d * d).sum() / x.dtype.type(len(x))


def one_pass(x):
    n = x.dtype.type(len(x))
    return (x * x).sum() / n - (x.sum() / n) ** 2


def covariance(x):
    d = x - x.mean(axis=0)
    return d.T @ d / x.dtype.type(len(x) - 1)


def correlation(x):
    d = (x - x.mean(axis=0)) / x.std(axis=0)
    return d.T @ d / x.dtype.type(len(x))


def distances(x, y):
    return (x * x).sum(axis=1)[:, None] + (y * y).sum(axis=1) - 2 * (x @ y.T)


def _added(label, v):
    total = np.zeros(20, v.dtype)
    np.add.at(total, label, v)
    return total


def _with_last_shifted(x):
    found = correlation(x)
    found[:, -1] += x.dtype.type(1e-4)
    return found


COMPUTATIONS = (
    Computation(
        name="sum of positive numbers",
        kind="one sign",
        inputs=lambda r: {"x": r.rand(20_000)},
        baseline=lambda x: x.sum(),
        honest={
            "in order": in_order,
            "backwards": lambda x: in_order(x[::-1]),
            "in blocks": in_blocks,
            "sorted": lambda x: in_order(np.sort(x)),
            "BLAS": lambda x: x @ np.ones_like(x),
            "exact": lambda x: x.dtype.type(fsum(x.tolist())),
        },
        faults={
            "last term dropped": lambda x: x[:-1].sum(),
            "first term twice": lambda x: x.sum() + x[0],
            "float32 inside": single(in_order),
        },
    ),
    Computation(
        name="sum that cancels",
        kind="cancellation",
        inputs=lambda r: {"x": r.randn(20_000)},
        baseline=lambda x: x.sum(),
        honest={
            "in order": in_order,
            "in blocks": in_blocks,
            "positive first": lambda x: in_order(np.concatenate([x[x > 0], x[x <= 0]])),
            "exact": lambda x: x.dtype.type(fsum(x.tolist())),
        },
        faults={
            "last term dropped": lambda x: x[:-1].sum(),
            "sign of one term": lambda x: x.sum() - 2 * x[7],
            "float32 inside": single(in_order),
        },
    ),
    Computation(
        name="sums of squares of rows",
        kind="one sign",
        inputs=lambda r: {"x": r.rand(300, 64)},
        baseline=lambda x: (x * x).sum(axis=1),
        honest={
            "einsum": lambda x: np.einsum("ij,ij->i", x, x),
            "in order": lambda x: in_order(x * x, axis=1),
            "by columns": lambda x: sum(x[:, j] * x[:, j] for j in range(64)),
        },
        faults={
            "last column dropped": lambda x: (x[:, :-1] ** 2).sum(axis=1),
            "last row not done": lambda x: np.append((x[:-1] ** 2).sum(axis=1), x.dtype.type(0)),
            "float32 inside": single(lambda x: (x * x).sum(axis=1)),
        },
    ),
    Computation(
        name="dot product that cancels",
        kind="cancellation",
        inputs=lambda r: {"x": r.randn(10_000), "y": r.randn(10_000)},
        baseline=lambda x, y: x @ y,
        honest={
            "sum of products": lambda x, y: (x * y).sum(),
            "in order": lambda x, y: in_order(x * y),
            "einsum": lambda x, y: np.einsum("i,i", x, y),
            "in blocks": lambda x, y: in_blocks(x * y),
        },
        faults={
            "last term dropped": lambda x, y: x[:-1] @ y[:-1],
            "shifted by one": lambda x, y: x[:-1] @ y[1:],
            "float32 inside": single(lambda x, y: in_order(x * y)),
        },
    ),
    Computation(
        name="prefix sums",
        kind="one sign",
        inputs=lambda r: {"x": r.rand(4000)},
        baseline=np.cumsum,
        honest={
            "loop": np.add.accumulate,
            "two levels": lambda x: (
                np.cumsum(x.reshape(40, 100), axis=1)
                + np.append(x.dtype.type(0), np.cumsum(x.reshape(40, 100).sum(axis=1))[:-1])[:, None]
            ).ravel(),
            "extended": wide(np.cumsum),
        },
        faults={
            "exclusive": lambda x: np.cumsum(x) - x,
            "wrong last": lambda x: np.append(np.cumsum(x)[:-1], np.cumsum(x)[-2]),
            "float32 inside": single(np.cumsum),
        },
    ),
    Computation(
        name="variance",
        kind="cancellation",
        inputs=lambda r: {"x": 100 + r.randn(5000)},
        baseline=variance,
        honest={
            "numpy.var": lambda x: x.var(),
            "in order": lambda x: in_order((x - in_order(x) / x.dtype.type(len(x))) ** 2) / x.dtype.type(len(x)),
            "BLAS": lambda x: (x - x.mean()) @ (x - x.mean()) / x.dtype.type(len(x)),
            "shifted": lambda x: one_pass(x - x[0]),
        },
        faults={
            "n - 1": lambda x: x.var(ddof=1),
            "last sample dropped": lambda x: x[:-1].var(),
            "float32 inside": single(variance),
        },
    ),
    Computation(
        name="variance in one pass",
        kind="cancellation",
        inputs=lambda r: {"x": 10 + r.randn(5000)},
        baseline=one_pass,
        honest={
            "numpy.var": lambda x: x.var(),
            "in order": lambda x: in_order(x * x) / x.dtype.type(len(x)) - (in_order(x) / x.dtype.type(len(x))) ** 2,
            "BLAS": lambda x: x @ x / x.dtype.type(len(x)) - x.mean() ** 2,
        },
        faults={
            "last sample dropped": lambda x: one_pass(x[:-1]),
            "sign": lambda x: (x * x).sum() / x.dtype.type(len(x)) + x.mean() ** 2,
            "float32 inside": single(one_pass),
        },
    ),
    Computation(
        name="covariance",
        kind="cancellation",
        inputs=lambda r: {"x": 5 + r.randn(400, 20)},
        baseline=covariance,
        honest={
            "numpy.cov": lambda x: np.cov(x, rowvar=False).astype(x.dtype),
            "in order": lambda x: (
                in_order((x - x.mean(axis=0))[:, :, None] * (x - x.mean(axis=0))[:, None, :]) / x.dtype.type(len(x) - 1)
            ),
            "in blocks": lambda x: (
                in_blocks((x - x.mean(axis=0))[:, :, None] * (x - x.mean(axis=0))[:, None, :])
                / x.dtype.type(len(x) - 1)
            ),
        },
        faults={
            "one sample dropped": lambda x: covariance(x[:-1]),
            "n instead of n - 1": lambda x: np.cov(x, rowvar=False, bias=True).astype(x.dtype),
            "float32 inside": single(covariance),
        },
    ),
    Computation(
        name="correlation",
        kind="cancellation",
        inputs=lambda r: {"x": r.rand(400, 20)},
        baseline=correlation,
        honest={
            "numpy.corrcoef": lambda x: np.corrcoef(x, rowvar=False).astype(x.dtype),
            "in order": lambda x: (
                in_order(
                    ((x - x.mean(axis=0)) / x.std(axis=0))[:, :, None]
                    * ((x - x.mean(axis=0)) / x.std(axis=0))[:, None, :]
                )
                / x.dtype.type(len(x))
            ),
        },
        faults={
            "one sample dropped": lambda x: correlation(x[1:]),
            "not centred in the last column": _with_last_shifted,
            "float32 inside": single(correlation),
        },
    ),
    Computation(
        name="squared distances by expansion",
        kind="cancellation",
        inputs=lambda r: {"x": r.rand(60, 3), "y": r.rand(50, 3)},
        baseline=distances,
        honest={
            "einsum": lambda x, y: (
                np.einsum("ij,ij->i", x, x)[:, None] + np.einsum("ij,ij->i", y, y) - 2 * np.einsum("ik,jk->ij", x, y)
            ),
            "differences": lambda x, y: ((x[:, None] - y) ** 2).sum(axis=2),
            "extended": wide(distances),
        },
        faults={
            "last coordinate dropped": lambda x, y: distances(x[:, :2], y[:, :2]),
            "factor": lambda x, y: distances(x, y) + x @ y.T,
            "float32 inside": single(distances),
        },
    ),
    Computation(
        name="sums by label",
        kind="one sign",
        inputs=lambda r: {"label": r.randint(0, 20, 3000), "v": r.rand(3000)},
        baseline=lambda label, v: np.array([v[label == one].sum() for one in range(20)]),
        honest={
            "bincount": lambda label, v: np.bincount(label, weights=v, minlength=20).astype(v.dtype),
            "add.at": _added,
            "masks": lambda label, v: (label == np.arange(20)[:, None]).astype(v.dtype) @ v,
        },
        faults={
            "last sample dropped": lambda label, v: _added(label[:-1], v[:-1]),
            "wrong label at the edge": lambda label, v: _added(np.append(label[:-1], (label[-1] + 1) % 20), v),
            "float32 inside": single(_added),
        },
    ),
)
