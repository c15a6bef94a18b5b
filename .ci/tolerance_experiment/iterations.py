"""Solves, factorisations, stencils and other iterations."""

import numpy as np
from computation import Computation, single, wide


def eliminated(a, b):
    a, b = a.copy(), b.copy()
    n = len(b)
    for k in range(n):
        p = k + int(np.argmax(np.abs(a[k:, k])))
        a[[k, p]], b[[k, p]] = a[[p, k]], b[[p, k]]
        f = a[k + 1 :, k] / a[k, k]
        a[k + 1 :, k:] -= f[:, None] * a[k, k:]
        b[k + 1 :] -= f * b[k]
    return substituted(a, b)


def substituted(a, b):
    x = np.zeros_like(b)
    for k in reversed(range(len(b))):
        x[k] = (b[k] - a[k, k + 1 :] @ x[k + 1 :]) / a[k, k]
    return x


def by_columns(a, b):
    b = b.copy()
    for k in reversed(range(len(b))):
        b[k] /= a[k, k]
        b[:k] -= a[:k, k] * b[k]
    return b


def cholesky(a):
    lower = np.zeros_like(a)
    for j in range(len(a)):
        lower[j, j] = np.sqrt(a[j, j] - lower[j, :j] @ lower[j, :j])
        lower[j + 1 :, j] = (a[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[j, j]
    return lower


def cholesky_outer(a):
    a, n = a.copy(), len(a)
    for j in range(n):
        a[j, j] = np.sqrt(a[j, j])
        a[j + 1 :, j] /= a[j, j]
        a[j + 1 :, j + 1 :] -= np.outer(a[j + 1 :, j], a[j + 1 :, j])
    return np.tril(a)


def gram_schmidt(a):
    q = a.copy()
    for k in range(a.shape[1]):
        q[:, k] /= np.sqrt(q[:, k] @ q[:, k])
        q[:, k + 1 :] -= np.outer(q[:, k], q[:, k] @ q[:, k + 1 :])
    return q


def gram_schmidt_by_vector(a):
    q = a.copy()
    for k in range(a.shape[1]):
        for j in range(k):
            q[:, k] -= (q[:, j] * q[:, k]).sum() * q[:, j]
        q[:, k] /= np.sqrt((q[:, k] ** 2).sum())
    return q


def thomas(lower, diagonal, upper, d):
    c, e, n = np.empty_like(d), np.empty_like(d), len(d)
    c[0], e[0] = upper[0] / diagonal[0], d[0] / diagonal[0]
    for i in range(1, n):
        m = diagonal[i] - lower[i] * c[i - 1]
        c[i], e[i] = upper[i] / m, (d[i] - lower[i] * e[i - 1]) / m
    for i in reversed(range(n - 1)):
        e[i] -= c[i] * e[i + 1]
    return e


def dense(lower, diagonal, upper, d):
    a = np.diag(diagonal) + np.diag(lower[1:], -1) + np.diag(upper[:-1], 1)
    return np.linalg.solve(a, d)


def conjugate(a, b, iterations=60):
    x, r = np.zeros_like(b), b.copy()
    p, rr = r.copy(), r @ r
    for _ in range(iterations):
        if rr <= np.finfo(b.dtype).tiny:
            break
        ap = a @ p
        alpha = rr / (p @ ap)
        x, r = x + alpha * p, r - alpha * ap
        rr, before = r @ r, rr
        p = r + rr / before * p
    return x


def newton(x, iterations=6):
    y = (1 + x) / 2
    for _ in range(iterations):
        y = (y + x / y) / 2
    return y


def powers(a, iterations=60):
    v = np.ones_like(a[0])
    for _ in range(iterations):
        v = a @ v
        v /= np.sqrt(v @ v)
    return v


def jacobi(u, steps=40):
    u = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] = (u[1:-1, 1:-1] + u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]) / 5
    return u


def jacobi_other(u, steps=40):
    u = u.copy()
    for _ in range(steps):
        rows = u[:-2, 1:-1] + (u[2:, 1:-1] + u[1:-1, 1:-1])
        u[1:-1, 1:-1] = ((u[1:-1, :-2] + u[1:-1, 2:]) + rows) * u.dtype.type(0.2)
    return u


def jacobi_rows(u, steps=40):
    for _ in range(steps):
        v = u.copy()
        for i in range(1, len(u) - 1):
            v[i, 1:-1] = (u[i, :-2] + u[i, 1:-1] + u[i, 2:] + u[i - 1, 1:-1] + u[i + 1, 1:-1]) / 5
        u = v
    return u


def heat(u, steps=30):
    u = u.copy()
    c = u.dtype.type(0.125)
    for _ in range(steps):
        m = u[1:-1, 1:-1, 1:-1]
        u[1:-1, 1:-1, 1:-1] = (
            c * (u[2:, 1:-1, 1:-1] - 2 * m + u[:-2, 1:-1, 1:-1])
            + c * (u[1:-1, 2:, 1:-1] - 2 * m + u[1:-1, :-2, 1:-1])
            + c * (u[1:-1, 1:-1, 2:] - 2 * m + u[1:-1, 1:-1, :-2])
            + m
        )
    return u


def heat_other(u, steps=30):
    u = u.copy()
    for _ in range(steps):
        m = u[1:-1, 1:-1, 1:-1]
        around = u[2:, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1] + u[1:-1, 2:, 1:-1] + u[1:-1, :-2, 1:-1]
        around = around + u[1:-1, 1:-1, 2:] + u[1:-1, 1:-1, :-2]
        u[1:-1, 1:-1, 1:-1] = around / 8 + m / 4
    return u


def seidel(u, sweeps=8):
    u = u.copy()
    for _ in range(sweeps):
        for i in range(1, len(u) - 1):
            row = u[i - 1, 1:-1] + u[i + 1, 1:-1] + u[i, 2:]
            for j in range(1, u.shape[1] - 1):
                u[i, j] = (row[j - 1] + u[i, j - 1]) / 4
    return u


def seidel_plain(u, sweeps=8):
    u = u.copy()
    for _ in range(sweeps):
        for i in range(1, len(u) - 1):
            for j in range(1, u.shape[1] - 1):
                u[i, j] = (u[i, j - 1] + u[i, j + 1] + (u[i - 1, j] + u[i + 1, j])) * u.dtype.type(0.25)
    return u


def leapfrog(x, v, steps=500):
    h = x.dtype.type(0.02)
    for _ in range(steps):
        v = v - h / 2 * np.sin(x)
        x = x + h * v
        v = v - h / 2 * np.sin(x)
    return x, v


def leapfrog_merged(x, v, steps=500):
    h = x.dtype.type(0.02)
    v = v - h / 2 * np.sin(x)
    for _ in range(steps - 1):
        x = x + h * v
        v = v - h * np.sin(x)
    x = x + h * v
    return x, v - np.sin(x) * (h / 2)


def _lorenz(s):
    x, y, z = s
    return np.stack([10 * (y - x), x * (28 - z) - y, x * y - z * s.dtype.type(8) / 3])


def lorenz(s, steps=200):
    h = s.dtype.type(0.01)
    for _ in range(steps):
        k1 = _lorenz(s)
        k2 = _lorenz(s + h / 2 * k1)
        k3 = _lorenz(s + h / 2 * k2)
        k4 = _lorenz(s + h * k3)
        s = s + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return s


def lorenz_other(s, steps=200):
    h = s.dtype.type(0.01)
    for _ in range(steps):
        k1 = h * _lorenz(s)
        k2 = h * _lorenz(s + k1 / 2)
        k3 = h * _lorenz(s + k2 / 2)
        k4 = h * _lorenz(s + k3)
        s = s + ((k1 + k4) + 2 * (k2 + k3)) / 6
    return s


def _positive(r, n):
    a = r.rand(n, n)
    return a @ a.T / n + np.eye(n)


def conjugate_by(a, b):
    x, r = np.zeros_like(b), b.copy()
    p, rr = r.copy(), (r * r).sum()
    for _ in range(60):
        if rr <= np.finfo(b.dtype).tiny:
            break
        ap = (a * p).sum(axis=1)
        alpha = rr / (p * ap).sum()
        x, r = x + alpha * p, r - alpha * ap
        rr, before = (r * r).sum(), rr
        p = r + rr / before * p
    return x


def powers_by(a):
    v = np.ones_like(a[0])
    for _ in range(60):
        v = np.einsum("ij,j->i", a, v)
        v = v / np.sqrt((v * v).sum())
    return v


def powers_scaled(a):
    v = np.ones_like(a[0])
    for _ in range(60):
        v = a @ v
        v = v / v.max()
    return v / np.sqrt(v @ v)


COMPUTATIONS = (
    Computation(
        name="linear system",
        kind="solve",
        inputs=lambda r: {"a": r.randn(60, 60), "b": r.randn(60)},
        baseline=eliminated,
        honest={
            "LAPACK": np.linalg.solve,
            "inverse": lambda a, b: np.linalg.inv(a) @ b,
            "QR": lambda a, b: substituted((qr := np.linalg.qr(a)).R, qr.Q.T @ b),
            "extended": wide(eliminated),
        },
        faults={
            "last equation": lambda a, b: eliminated(a, np.append(b[:-1], b[-2])),
            "transposed": lambda a, b: eliminated(a.T, b),
            "float32 inside": single(eliminated),
        },
    ),
    Computation(
        name="triangular system",
        kind="solve",
        inputs=lambda r: {"a": np.triu(r.rand(80, 80)) + 8 * np.eye(80), "b": r.randn(80)},
        baseline=substituted,
        honest={"by columns": by_columns, "LAPACK": np.linalg.solve, "extended": wide(substituted)},
        faults={
            "edge": lambda a, b: np.append(substituted(a, b)[:-1], b[-1]),
            "last column missed": lambda a, b: substituted(np.triu(a) - np.diag(np.diag(a, 79), 79), b),
            "float32 inside": single(substituted),
        },
    ),
    Computation(
        name="Cholesky",
        kind="solve",
        inputs=lambda r: {"a": _positive(r, 40)},
        baseline=cholesky,
        honest={"outer products": cholesky_outer, "LAPACK": np.linalg.cholesky, "extended": wide(cholesky)},
        faults={
            "last row": lambda a: np.vstack([cholesky(a)[:-1], cholesky(a)[-2:-1]]),
            "a term dropped": lambda a: cholesky(
                a + np.diag(np.append(np.zeros(39, a.dtype), a[0, 0] * a.dtype.type(1e-4)))
            ),
            "float32 inside": single(cholesky),
        },
    ),
    Computation(
        name="Gram-Schmidt",
        kind="solve",
        inputs=lambda r: {"a": r.randn(60, 20)},
        baseline=gram_schmidt,
        honest={
            "by vector": gram_schmidt_by_vector,
            "Householder": lambda a: (qr := np.linalg.qr(a)).Q * np.sign(np.diag(qr.R)),
            "extended": wide(gram_schmidt),
        },
        faults={
            "last not orthogonal": lambda a: np.column_stack(
                [gram_schmidt(a)[:, :-1], a[:, -1] / np.sqrt((a[:, -1] ** 2).sum())]
            ),
            "sign": lambda a: -gram_schmidt(a),
            "float32 inside": single(gram_schmidt),
        },
    ),
    Computation(
        name="tridiagonal system",
        kind="solve",
        inputs=lambda r: {
            "lower": -r.rand(200),
            "diagonal": 2.1 + r.rand(200),
            "upper": -r.rand(200),
            "d": r.randn(200),
        },
        baseline=thomas,
        honest={"dense": dense, "extended": wide(thomas)},
        faults={
            "last right side": lambda lower, diagonal, upper, d: thomas(
                lower, diagonal, upper, np.append(d[:-1], d[-2])
            ),
            "sign": lambda lower, diagonal, upper, d: thomas(-lower, diagonal, upper, d),
            "float32 inside": single(thomas),
        },
    ),
    Computation(
        name="conjugate gradients",
        kind="iteration",
        inputs=lambda r: {"a": _positive(r, 50), "b": r.randn(50)},
        baseline=conjugate,
        honest={
            "LAPACK": np.linalg.solve,
            "einsum": conjugate_by,
            "extended": wide(conjugate),
        },
        faults={
            "fewer iterations": lambda a, b: conjugate(a, b, 3),
            "last of b": lambda a, b: conjugate(a, np.append(b[:-1], -b[-1])),
            "float32 inside": single(conjugate),
        },
    ),
    Computation(
        name="square roots by Newton",
        kind="iteration",
        inputs=lambda r: {"x": 1 + 3 * r.rand(300)},
        baseline=newton,
        honest={"sqrt": np.sqrt, "power": lambda x: x ** x.dtype.type(0.5), "more iterations": lambda x: newton(x, 8)},
        faults={
            "fewer iterations": lambda x: newton(x, 2),
            "last not done": lambda x: np.append(newton(x)[:-1], x[-1]),
            "float32 inside": single(newton),
        },
    ),
    Computation(
        name="power iteration",
        kind="iteration",
        inputs=lambda r: {"a": r.rand(40, 40)},
        baseline=powers,
        honest={
            "einsum": powers_by,
            "scaled by the largest": powers_scaled,
            "extended": wide(powers),
        },
        faults={
            "fewer iterations": lambda a: powers(a, 3),
            "transposed": lambda a: powers(a.T),
            "float32 inside": single(powers),
        },
    ),
    Computation(
        name="Jacobi stencil",
        kind="iteration",
        inputs=lambda r: {"u": r.rand(40, 40)},
        baseline=jacobi,
        honest={"other order": jacobi_other, "by rows": jacobi_rows, "extended": wide(jacobi)},
        faults={
            "one step less": lambda u: jacobi(u, 39),
            "edge": lambda u: np.vstack([jacobi(u[:-1]), u[-1:]]),
            "float32 inside": single(jacobi),
        },
    ),
    Computation(
        name="heat in three dimensions",
        kind="iteration",
        inputs=lambda r: {"u": r.rand(12, 12, 12)},
        baseline=heat,
        honest={"other order": heat_other, "extended": wide(heat)},
        faults={
            "one step less": lambda u: heat(u, 29),
            "sign": lambda u: 2 * u - heat(u),
            "float32 inside": single(heat),
        },
    ),
    Computation(
        name="Gauss-Seidel stencil",
        kind="iteration",
        inputs=lambda r: {"u": r.rand(16, 16)},
        baseline=seidel,
        honest={"other order": seidel_plain, "extended": wide(seidel)},
        faults={
            "one sweep less": lambda u: seidel(u, 7),
            "edge": lambda u: np.vstack([seidel(u[:-1]), u[-1:]]),
            "float32 inside": single(seidel),
        },
    ),
    Computation(
        name="pendulums by leapfrog",
        kind="iteration",
        inputs=lambda r: {"x": r.rand(50), "v": r.rand(50)},
        baseline=leapfrog,
        honest={"merged steps": leapfrog_merged, "extended": wide(leapfrog)},
        faults={
            "one step less": lambda x, v: leapfrog(x, v, 499),
            "sign": lambda x, v: leapfrog(x, -v),
            "float32 inside": single(leapfrog),
        },
    ),
    Computation(
        name="Lorenz system",
        kind="iteration",
        inputs=lambda r: {"s": 1 + r.rand(3, 20)},
        baseline=lorenz,
        honest={"other order": lorenz_other, "extended": wide(lorenz)},
        faults={
            "one step less": lambda s: lorenz(s, 199),
            "last point": lambda s: np.concatenate([lorenz(s)[:, :-1], lorenz(s)[:, -2:-1]], axis=1),
            "float32 inside": single(lorenz),
        },
    ),
)
