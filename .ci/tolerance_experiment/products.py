"""Matrix products, transforms and convolutions, and backprop at its three sets of parameters."""

import importlib.util
from pathlib import Path

import numpy as np
from computation import Computation, in_blocks, in_order, single, wide

IMPLS = Path(__file__).resolve().parents[2] / "impls"


def _module(name):
    spec = importlib.util.spec_from_file_location(name, IMPLS / name / "problem.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BACKPROP = _module("backprop")


def backprop(x, a1, a2, a3, theta2, rho_hat, beta, rho):
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))
    delta3 = -(x - a3) * a3 * (1 - a3)
    delta2 = (delta3 @ theta2 + sparsity) * a2 * (1 - a2)
    return delta2.T @ a1, delta3.T @ a2, delta2.sum(axis=0), delta3.sum(axis=0)


def by_sample(x, a1, a2, a3, *others):
    parts = (backprop(x[i : i + 1], a1[i : i + 1], a2[i : i + 1], a3[i : i + 1], *others) for i in range(len(x)))
    total = next(parts)
    for part in parts:
        total = tuple(one + other for one, other in zip(total, part, strict=True))
    return total


def by_block(x, a1, a2, a3, *others):
    rows = (slice(i, i + 96) for i in range(0, len(x), 96))
    parts = [backprop(x[one], a1[one], a2[one], a3[one], *others) for one in rows]
    return tuple(np.sum(each, axis=0) for each in zip(*parts, strict=True))


def fused(x, a1, a2, a3, theta2, rho_hat, beta, rho):
    scale = beta * (1 - rho) / (1 - rho_hat) - beta * rho / rho_hat
    delta3 = (a3 - x) * (a3 - a3 * a3)
    delta2 = (np.einsum("mn,np->mp", delta3, theta2) + scale) * (a2 - a2 * a2)
    return a1.T.dot(delta2).T, a2.T.dot(delta3).T, delta2.T @ np.ones_like(x[:, 0]), delta3.T @ np.ones_like(x[:, 0])


def _patches(data):
    def inputs(random):
        size = {"m": 1000, "n": 64, "p": 25}
        return BACKPROP.inputs(size, "float64", data, int(random.randint(1, 2**31)))

    return inputs


def _backprop(data):
    return Computation(
        name=f"backprop, {data}",
        kind="cancellation",
        inputs=_patches(data),
        baseline=backprop,
        honest={"by sample": by_sample, "by block": by_block, "fused": fused, "extended": wide(backprop)},
        faults={
            "one sample dropped": lambda x, a1, a2, a3, *others: backprop(x[1:], a1[1:], a2[1:], a3[1:], *others),
            "float32 inside": single(backprop),
            "sign of rho": lambda *given: backprop(*given[:-1], -given[-1]),
            "last unit missed": lambda *given: _last_unit_missed(*backprop(*given)),
            "samples shifted": lambda x, a1, *others: backprop(x, np.roll(a1, 1, axis=0), *others),
        },
    )


def _last_unit_missed(w1, w2, b1, b2):
    return w1, w2, np.append(b1[:-1], b1[-2]), b2


def product(x, y):
    return x @ y


def convolved(x, k):
    return np.stack([x[i : i + len(k)] @ k for i in range(len(x) - len(k) + 1)])


def transformed(x):
    n = len(x)
    angle = -2 * np.pi * (np.outer(np.arange(n), np.arange(n)) % n) / n
    return x @ np.exp(1j * angle).astype(x.dtype)


def _turns(x):
    return np.exp(-2j * np.pi * np.arange(len(x) // 2) / len(x)).astype(x.dtype)


COMPUTATIONS = (
    *map(_backprop, ("patches", "patches-60", "patches-400")),
    Computation(
        name="matrix product of one sign",
        kind="product",
        inputs=lambda r: {"x": r.rand(32, 1500), "y": r.rand(1500, 24)},
        baseline=product,
        honest={
            "einsum": lambda x, y: np.einsum("ik,kj->ij", x, y),
            "in blocks": lambda x, y: sum(x[:, k : k + 100] @ y[k : k + 100] for k in range(0, 1500, 100)),
            "in order": lambda x, y: in_order(x.T[:, :, None] * y[:, None, :]),
            "extended": wide(product),
        },
        faults={
            "last term dropped": lambda x, y: x[:, :-1] @ y[:-1],
            "wrong last column": lambda x, y: np.column_stack([(x @ y)[:, :-1], (x @ y)[:, -2]]),
            "float32 inside": single(product),
        },
    ),
    Computation(
        name="matrix product of both signs",
        kind="cancellation",
        inputs=lambda r: {"x": r.randn(40, 300), "y": r.randn(300, 40)},
        baseline=product,
        honest={
            "einsum": lambda x, y: np.einsum("ik,kj->ij", x, y),
            "in blocks": lambda x, y: in_blocks(x.T[:, :, None] * y[:, None, :], 32),
            "in order": lambda x, y: in_order(x.T[:, :, None] * y[:, None, :]),
        },
        faults={
            "first term dropped": lambda x, y: x[:, 1:] @ y[1:],
            "shifted by one": lambda x, y: x @ np.roll(y, 1, axis=0),
            "float32 inside": single(product),
        },
    ),
    Computation(
        name="two products, A (B x)",
        kind="product",
        inputs=lambda r: {"a": r.randn(80, 80), "b": r.randn(80, 80), "x": r.randn(80)},
        baseline=lambda a, b, x: a @ (b @ x),
        honest={
            "(A B) x": lambda a, b, x: (a @ b) @ x,
            "einsum": lambda a, b, x: np.einsum("ij,jk,k->i", a, b, x, optimize=False),
            "in order": lambda a, b, x: in_order(a.T * in_order(b.T * x[:, None])[:, None]),
        },
        faults={
            "transposed": lambda a, b, x: a @ (b.T @ x),
            "last row dropped": lambda a, b, x: a[:, :-1] @ (b[:-1] @ x),
            "float32 inside": single(lambda a, b, x: a @ (b @ x)),
        },
    ),
    Computation(
        name="discrete Fourier transform",
        kind="cancellation",
        inputs=lambda r: {"x": r.randn(256) + 1j * r.randn(256)},
        baseline=np.fft.fft,
        honest={
            "by its definition": transformed,
            "even and odd": lambda x: np.concatenate(
                [
                    np.fft.fft(x[::2]) + _turns(x) * np.fft.fft(x[1::2]),
                    np.fft.fft(x[::2]) - _turns(x) * np.fft.fft(x[1::2]),
                ]
            ),
        },
        faults={
            "inverse": lambda x: np.fft.ifft(x) * len(x),
            "last term dropped": lambda x: np.fft.fft(np.append(x[:-1], x.dtype.type(0))),
            "float32 inside": single(np.fft.fft),
        },
    ),
    Computation(
        name="convolution",
        kind="product",
        inputs=lambda r: {"x": r.randn(500), "k": r.rand(9)},
        baseline=convolved,
        honest={
            "numpy.convolve": lambda x, k: np.convolve(x, k[::-1], "valid"),
            "shifted sums": lambda x, k: sum(k[j] * x[j : len(x) - 8 + j] for j in range(9)),
            "backwards": lambda x, k: sum(k[j] * x[j : len(x) - 8 + j] for j in reversed(range(9))),
        },
        faults={
            "kernel reversed": lambda x, k: np.convolve(x, k, "valid"),
            "last tap dropped": lambda x, k: convolved(x[:-1], k[:-1]),
            "float32 inside": single(convolved),
        },
    ),
)
