"""Number by number: exp and log, roots, polynomials, differences of what is nearly equal."""

from math import erf, pi, sqrt

import numpy as np
from computation import Computation, in_order, single, wide


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_sum_exp(x):
    m = x.max(axis=1)
    return m + np.log(np.exp(x - m[:, None]).sum(axis=1))


def likelihood(x, mu, sigma):
    z = (x - mu) / sigma
    return -(z * z).sum() / 2 - x.dtype.type(len(x)) * np.log(sigma * x.dtype.type(sqrt(2 * pi)))


def entropy(p):
    return -(p * np.log(p)).sum(axis=1)


def cross_entropy(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


def black_scholes(s, k, t):
    r, v = s.dtype.type(0.02), s.dtype.type(0.3)
    d1 = (np.log(s / k) + (r + v * v / 2) * t) / (v * np.sqrt(t))
    d2 = d1 - v * np.sqrt(t)
    return s * _normal(d1) - k * np.exp(-r * t) * _normal(d2)


def _normal(x):
    return (np.array([erf(one / sqrt(2)) for one in x.tolist()]) / 2 + 0.5).astype(x.dtype)


COEFFICIENTS = (1.0, -6.0, 15.0, -20.0, 15.0, -6.0, 1.0)


def horner(x):
    total = np.zeros_like(x)
    for c in COEFFICIENTS:
        total = total * x + x.dtype.type(c)
    return total


def estrin(x):
    c = [x.dtype.type(one) for one in COEFFICIENTS[::-1]]
    y = x * x
    return (c[0] + c[1] * x) + (c[2] + c[3] * x) * y + ((c[4] + c[5] * x) + c[6] * y) * (y * y)


def roots(b, c):
    d = np.sqrt(b * b - c)
    return b + d, c / (b + d)


def cross(u, v):
    return np.stack([u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]])


def second_difference(x):
    return x[2:] - 2 * x[1:-1] + x[:-2]


def forces(x):
    d = x[:, None] - x
    r2 = (d * d).sum(axis=2) + x.dtype.type(0.01)
    return (d / (r2 * np.sqrt(r2))[:, :, None]).sum(axis=1)


def trapezoid(x):
    y = np.exp(-x * x)
    return ((y[1:] + y[:-1]) * (x[1:] - x[:-1])).sum() / 2


def black_scholes_forward(f, k, t):
    v = f.dtype.type(0.3)
    d1 = (np.log(f / k) + v * v / 2 * t) / (v * np.sqrt(t))
    return f * _normal(d1) - k * _normal(d1 - v * np.sqrt(t))


def _force(x, i):
    d = x[i] - x
    r2 = np.einsum("ij,ij->i", d, d) + x.dtype.type(0.01)
    return np.einsum("ij,i->j", d, 1 / (r2 * np.sqrt(r2)))


def _pull(x, j):
    d = x - x[j]
    r2 = (d * d).sum(axis=1) + x.dtype.type(0.01)
    return d / (r2 * np.sqrt(r2))[:, None]


COMPUTATIONS = (
    Computation(
        name="softmax",
        kind="exp/log",
        inputs=lambda r: {"x": 3 * r.randn(60, 30)},
        baseline=softmax,
        honest={
            "not shifted": lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
            "through the logarithm": lambda x: np.exp(x - log_sum_exp(x)[:, None]),
            "in order": lambda x: np.exp(x) / in_order(np.exp(x), axis=1)[:, None],
        },
        faults={
            "last column not summed": lambda x: np.exp(x) / np.exp(x[:, :-1]).sum(axis=1, keepdims=True),
            "sign": lambda x: softmax(-x),
            "float32 inside": single(softmax),
        },
    ),
    Computation(
        name="log of a sum of exp",
        kind="exp/log",
        inputs=lambda r: {"x": 5 * r.randn(100, 40)},
        baseline=log_sum_exp,
        honest={
            "not shifted": lambda x: np.log(np.exp(x).sum(axis=1)),
            "logaddexp": lambda x: np.logaddexp.reduce(x, axis=1),
            "in order": lambda x: np.log(in_order(np.exp(x), axis=1)),
        },
        faults={
            "first column dropped": lambda x: log_sum_exp(x[:, 1:]),
            "shift not added": lambda x: log_sum_exp(x) - x.max(axis=1),
            "float32 inside": single(log_sum_exp),
        },
    ),
    Computation(
        name="log-likelihood of a normal",
        kind="exp/log",
        inputs=lambda r: {"x": 2 + r.randn(3000), "mu": 2.1, "sigma": 0.9},
        baseline=likelihood,
        honest={
            "term by term": lambda x, mu, sigma: in_order(
                -(((x - mu) / sigma) ** 2) / 2 - np.log(x.dtype.type(sigma * sqrt(2 * pi)))
            ),
            "BLAS": lambda x, mu, sigma: (
                -((x - mu) @ (x - mu)) / x.dtype.type(2 * sigma * sigma)
                - x.dtype.type(len(x) * np.log(sigma * sqrt(2 * pi)))
            ),
        },
        faults={
            "one sample dropped": lambda x, mu, sigma: likelihood(x[:-1], mu, sigma),
            "sign of the constant": lambda x, mu, sigma: (
                likelihood(x, mu, sigma) + x.dtype.type(2 * len(x) * np.log(sigma * sqrt(2 * pi)))
            ),
            "float32 inside": single(lambda x, mu, sigma: likelihood(x, np.float32(mu), np.float32(sigma))),
        },
    ),
    Computation(
        name="entropy",
        kind="exp/log",
        inputs=lambda r: {"p": r.dirichlet(np.ones(30), 80)},
        baseline=entropy,
        honest={
            "einsum": lambda p: -np.einsum("ij,ij->i", p, np.log(p)),
            "log2": lambda p: -(p * np.log2(p)).sum(axis=1) * p.dtype.type(np.log(2.0)),
            "in order": lambda p: -in_order(p * np.log(p), axis=1),
        },
        faults={
            "last dropped": lambda p: entropy(p[:, :-1]),
            "sign": lambda p: -entropy(p),
            "float32 inside": single(entropy),
        },
    ),
    Computation(
        name="cross-entropy of a logit",
        kind="exp/log",
        inputs=lambda r: {"z": 4 * r.randn(500), "y": r.rand(500)},
        baseline=cross_entropy,
        honest={
            "logaddexp": lambda z, y: np.logaddexp(z.dtype.type(0), z) - z * y,
            "two branches": lambda z, y: np.where(
                z > 0, z - z * y + np.log1p(np.exp(-np.abs(z))), np.log1p(np.exp(-np.abs(z))) - z * y
            ),
        },
        faults={
            "sign": lambda z, y: cross_entropy(-z, y),
            "last not done": lambda z, y: np.append(cross_entropy(z, y)[:-1], z.dtype.type(0)),
            "float32 inside": single(cross_entropy),
        },
    ),
    Computation(
        name="price of an option",
        kind="exp/log",
        inputs=lambda r: {"s": 80 + 40 * r.rand(200), "k": 80 + 40 * r.rand(200), "t": 0.1 + r.rand(200)},
        baseline=black_scholes,
        honest={
            "forward": lambda s, k, t: (
                np.exp(s.dtype.type(-0.02) * t) * black_scholes_forward(s * np.exp(s.dtype.type(0.02) * t), k, t)
            ),
            "in pieces": lambda s, k, t: np.concatenate(
                [black_scholes(s[i : i + 7], k[i : i + 7], t[i : i + 7]) for i in range(0, 200, 7)]
            ),
        },
        faults={
            "sign of the rate": lambda s, k, t: black_scholes(s, k * np.exp(s.dtype.type(0.04) * t), t),
            "wrong last strike": lambda s, k, t: black_scholes(s, np.append(k[:-1], k[-2]), t),
            "float32 inside": single(black_scholes),
        },
    ),
    Computation(
        name="polynomial near its root",
        kind="cancellation",
        inputs=lambda r: {"x": 1 + 0.2 * r.rand(300)},
        baseline=horner,
        honest={
            "Estrin": estrin,
            "extended": wide(horner),
            "powers": lambda x: np.polyval(COEFFICIENTS, x).astype(x.dtype),
        },
        faults={
            "a coefficient's sign": lambda x: horner(x) + 2 * x,
            "one degree less": lambda x: horner(x) - x**6,
            "float32 inside": single(horner),
        },
    ),
    Computation(
        name="roots of a quadratic",
        kind="cancellation",
        inputs=lambda r: {"b": 1 + r.rand(300), "c": 0.9 * r.rand(300)},
        baseline=roots,
        honest={
            "other formula": lambda b, c: (b + np.sqrt((b * b) - c), c / (np.sqrt(b * b - c) + b)),
            "scaled": lambda b, c: (
                b * (1 + np.sqrt(1 - c / (b * b))),
                c / (b * (1 + np.sqrt(1 - c / (b * b)))),
            ),
        },
        faults={
            "sign": lambda b, c: (b - np.sqrt(b * b - c), c / (b + np.sqrt(b * b - c))),
            "plus c": lambda b, c: roots(b, -c),
            "float32 inside": single(roots),
        },
    ),
    Computation(
        name="cross products",
        kind="cancellation",
        inputs=lambda r: {"u": r.randn(3, 400), "v": r.randn(3, 400)},
        baseline=cross,
        honest={"numpy.cross": lambda u, v: np.cross(u, v, axis=0), "extended": wide(cross)},
        faults={
            "order": lambda u, v: cross(v, u),
            "wrong last": lambda u, v: np.concatenate([cross(u, v)[:, :-1], cross(u, v)[:, -2:-1]], axis=1),
            "float32 inside": single(cross),
        },
    ),
    Computation(
        name="second differences",
        kind="cancellation",
        inputs=lambda r: {"x": np.sin(np.linspace(0, 3, 400) + r.rand())},
        baseline=second_difference,
        honest={
            "numpy.diff": lambda x: np.diff(x, 2),
            "other order": lambda x: (x[2:] + x[:-2]) - 2 * x[1:-1],
            "convolution": lambda x: np.convolve(x, np.array([1, -2, 1], x.dtype), "valid"),
        },
        faults={
            "first difference": lambda x: x[2:] - x[1:-1],
            "wrong edge": lambda x: np.append(second_difference(x)[:-1], x.dtype.type(0)),
            "float32 inside": single(second_difference),
        },
    ),
    Computation(
        name="forces between bodies",
        kind="cancellation",
        inputs=lambda r: {"x": r.rand(40, 3)},
        baseline=forces,
        honest={
            "by body": lambda x: np.stack([_force(x, i) for i in range(len(x))]),
            "power": lambda x: (
                (x[:, None] - x) * (((x[:, None] - x) ** 2).sum(axis=2) + x.dtype.type(0.01))[:, :, None] ** -1.5
            ).sum(axis=1),
            "in order": lambda x: in_order(
                (x[:, None] - x) * (((x[:, None] - x) ** 2).sum(axis=2) + x.dtype.type(0.01))[:, :, None] ** -1.5,
                axis=1,
            ),
        },
        faults={
            "last body dropped": lambda x: forces(x) - _pull(x, len(x) - 1),
            "sign": lambda x: -forces(x),
            "float32 inside": single(forces),
        },
    ),
    Computation(
        name="trapezoidal rule",
        kind="one sign",
        inputs=lambda r: {"x": np.sort(r.rand(2000))},
        baseline=trapezoid,
        honest={
            "numpy.trapezoid": lambda x: np.trapezoid(np.exp(-x * x), x),
            "in order": lambda x: in_order((np.exp(-(x[1:] ** 2)) + np.exp(-(x[:-1] ** 2))) * (x[1:] - x[:-1]) / 2),
        },
        faults={
            "last interval dropped": lambda x: trapezoid(x[:-1]),
            "left rectangles": lambda x: (np.exp(-(x[:-1] ** 2)) * np.diff(x)).sum(),
            "float32 inside": single(trapezoid),
        },
    ),
)
