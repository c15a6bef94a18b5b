"""Sparse autoencoder: backpropagation over all samples.

The computation of https://stackoverflow.com/q/18516605, from the exercise "Sparse Autoencoder" of the UFLDL tutorial
(http://ufldl.stanford.edu/wiki/index.php/Backpropagation_Algorithm). The activations are given, the gradients are raw
sums over the samples: no 1/m, no weight decay. With samples i = 1..m as rows, ' the transpose and * element by element,

    delta3  = -(x - a3) * a3 * (1 - a3)                                           (m, n)
    delta2  = (delta3 theta2 + beta (-rho / rho_hat + (1 - rho) / (1 - rho_hat))) * a2 * (1 - a2)   (m, p)
    grad_w1 = delta2' a1        grad_b1 = sum_i delta2_i                          (p, n) and (p,)
    grad_w2 = delta3' a2        grad_b2 = sum_i delta3_i                          (n, p) and (n,)

x is what the network should return, a1 what it was given (equal to x for patches, but an array of its own), a2 and a3
the activations of the p hidden and n output units, theta2 the output units' weights, rho_hat the hidden units' mean
activation, rho the one wanted and beta the weight of that wish. Divided by m, the outputs are the derivatives of

    J = 1/m sum_i |a3_i - x_i|^2 / 2 + beta sum_j (rho ln(rho / rho_hat_j) + (1 - rho) ln((1 - rho) / (1 - rho_hat_j)))
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Array | float]

SIZES = {
    "S": {"m": 1_000, "n": 64, "p": 25},
    "M": {"m": 10_000, "n": 64, "p": 25},
    "L": {"m": 100_000, "n": 64, "p": 25},
}
DEFAULT_SIZE = "M"
DATA = ("patches", "patches-60", "patches-400", "random")
BASELINE = "loop_hoisted"
OUTPUTS = ("grad_w1", "grad_w2", "grad_b1", "grad_b2")
CLOCKS = ("octave_loop", "octave_vectorized")
LADDER = (
    "loop_per_sample",
    "loop_hoisted",
    "vectorized",
    "row_major",
    "inplace",
    "blocked",
    "numba_blocked",
    "c_fused",
)

BETA = 3.0
RHO = 0.01
PHOTOGRAPHS = ("brick", "camera", "grass")
"""Files in photos/, all of one size; their sources and licences are in photos/SOURCES.md."""
TRAINED_UNITS = (64, 25)
"""n and p of the parameters in trained/."""

PER_SAMPLE = ("x", "a1", "a2", "a3")
BLOCK = 1_000
"""Samples in one step of the reference, whose extended-precision arrays then stay in the cache."""


def inputs(size: Mapping[str, int], dtype: str, data: str, seed: int) -> dict[str, Array | float]:
    """Return what an implementation is given, made in float64 and then rounded to `dtype`.

    Parameters
    ----------
    size
        m samples, n input units, p hidden units; for `patches` n is the square of a whole number above 1.
    dtype
        Name of the arrays' dtype.
    data
        ``patches``: of photographs, at the exercise's initial weights; ``patches-60`` and ``patches-400``: at the
        parameters after so many iterations of its training; ``random``: uniform numbers.
    seed
        Of the patches' positions and the initial weights, or of the numbers. The same numbers with every NumPy.

    Returns
    -------
    dict
        x (m, n), a1 (m, n), a2 (m, p), a3 (m, n), theta2 (n, p), rho_hat (p,), beta, rho; arrays C-ordered.

    Raises
    ------
    ValueError
        If there is no such data, `n` is not a patch of the photographs, or the trained network has another size.
    """
    if data not in DATA:
        raise ValueError(f"data {data!r} is unknown: expected {', '.join(DATA[:-1])} or {DATA[-1]}")
    random = np.random.RandomState(seed)  # Generator's streams may change with NumPy, this one's do not (NEP 19)
    made = random_inputs(size, random) if data == "random" else patch_inputs(size, data, random)
    arrays = {name: np.array(array, dtype=dtype, order="C") for name, array in made.items()}
    return {**arrays, "beta": BETA, "rho": RHO}


def patch_inputs(size: Mapping[str, int], data: str, random: np.random.RandomState) -> dict[str, Array]:
    """Return the arrays for patches of the photographs, at the initial parameters or trained ones."""
    m, n, p = size["m"], size["n"], size["p"]
    x = normalised(patches(m, n, random))
    return at_parameters(x, **(initial(n, p, random) if data == "patches" else trained(data, n, p)))


def initial(n: int, p: int, random: np.random.RandomState) -> dict[str, Array]:
    """Return the exercise's initial parameters: w1 (p, n), b1 (p,), w2 (n, p), b2 (n,), the biases zero."""
    limit = math.sqrt(6) / math.sqrt(p + n + 1)
    w1 = random.uniform(-limit, limit, (p, n))
    w2 = random.uniform(-limit, limit, (n, p))
    return {"w1": w1, "b1": np.zeros(p), "w2": w2, "b2": np.zeros(n)}


def trained(data: str, n: int, p: int) -> dict[str, Array]:
    """Return parameters that ``.ci/train_parameters.py`` found: w1 (p, n), b1 (p,), w2 (n, p), b2 (n,).

    Raises
    ------
    ValueError
        If `n` and `p` are not those of the trained network.
    """
    if (n, p) != TRAINED_UNITS:
        raise ValueError(
            f"data {data!r} was trained with n = {TRAINED_UNITS[0]}, p = {TRAINED_UNITS[1]}, found n = {n}, p = {p}; "
            "data 'patches' and 'random' take others"
        )
    return split(np.load(Path(__file__).parent / "trained" / f"{data}.npy", allow_pickle=False), n, p)


def split(vector: Array, n: int, p: int) -> dict[str, Array]:
    """Return w1 (p, n), w2 (n, p), b1 (p,) and b2 (n,), which lie in `vector` in this order, row by row."""
    w1, w2, b1, b2 = np.split(vector, np.cumsum([p * n, n * p, p]))
    return {"w1": w1.reshape(p, n), "w2": w2.reshape(n, p), "b1": b1, "b2": b2}


def at_parameters(x: Array, *, w1: Array, b1: Array, w2: Array, b2: Array) -> dict[str, Array]:
    """Return the arrays that backpropagation at these weights and biases is given: the forward pass over `x`."""
    a2 = sigmoid(x @ w1.T + b1)
    a3 = sigmoid(a2 @ w2.T + b2)
    return {"x": x, "a1": x, "a2": a2, "a3": a3, "theta2": w2, "rho_hat": a2.mean(axis=0)}


def random_inputs(size: Mapping[str, int], random: np.random.RandomState) -> dict[str, Array]:
    """Return arrays of uniform numbers, as in the answer; a1 is not x, so that taking one for the other shows."""
    m, n, p = size["m"], size["n"], size["p"]
    return {
        "x": random.random_sample((m, n)),
        "a1": random.random_sample((m, n)),
        "a2": random.random_sample((m, p)),
        "a3": random.random_sample((m, n)),
        "theta2": random.random_sample((n, p)),
        "rho_hat": random.uniform(0.05, 0.95, p),  # in float32 a number just below 1 would round to 1: a division by 0
    }


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)); of complex numbers too, as the complex-step test needs it."""
    activation: Array = 1 / (1 + np.exp(-z))
    return activation


def patches(m: int, n: int, random: np.random.RandomState) -> NDArray[np.uint8]:
    """Return `m` square patches of `n` pixels from random places in the photographs, as rows: (m, n), uint8.

    Raises
    ------
    ValueError
        If `n` is not the square of a whole number, or the patch is a single pixel or larger than a photograph.
    """
    photographs = np.stack([read_pgm(Path(__file__).parent / "photos" / f"{name}.pgm") for name in PHOTOGRAPHS])
    side, largest = math.isqrt(n), min(photographs.shape[1:])
    if side * side != n or not 2 <= side <= largest:
        raise ValueError(
            f"n = {n} is not a square patch: for data 'patches' n must be the square of a whole number "
            f"from 2 to {largest} (64 = 8 x 8); data 'random' takes any n"
        )
    windows = sliding_window_view(photographs, (side, side), axis=(1, 2))
    # random_sample and not randint, whose stream depends on the platform's integer; rows, so that more patches go on
    # where fewer ended.
    photograph, row, column = (random.random_sample((m, 3)) * windows.shape[:3]).astype(np.int64).T
    return np.ascontiguousarray(windows[photograph, row, column].reshape(m, n))


def normalised(raw: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the patches in [0.1, 0.9], as ``sampleIMAGES.m`` of the exercise does it.

    Each patch loses its mean, all are cut off at three standard deviations of all pixels and squeezed.
    """
    centred = raw - raw.mean(axis=1, keepdims=True)
    limit = 3 * float(centred.std(ddof=1)) or 1.0  # MATLAB's std divides by the count - 1; 0 if every patch is flat
    squeezed: NDArray[np.float64] = (np.clip(centred, -limit, limit) / limit + 1) * 0.4 + 0.1
    return squeezed


def read_pgm(path: Path) -> NDArray[np.uint8]:
    """Return the pixels, (height, width), of a binary PGM file whose header is three lines without comments."""
    with path.open("rb") as file:
        magic, (width, height), maximum = file.readline(), map(int, file.readline().split()), file.readline()
        if (magic, maximum) != (b"P5\n", b"255\n"):
            raise ValueError(f"{path.name} is not a binary PGM file of one byte a pixel: it starts with {magic!r}")
        return np.frombuffer(file.read(), dtype=np.uint8).reshape(height, width)


def stored(inputs: Inputs, dtype: type, rows: slice = slice(None)) -> dict[str, Array]:
    """Return the given numbers as `dtype`, of the samples in `rows`; no digit is lost if `dtype` is wider."""
    return {
        name: np.asarray(np.asarray(value)[rows] if name in PER_SAMPLE else value, dtype=dtype)
        for name, value in inputs.items()
    }


def reference(inputs: Inputs) -> dict[str, Array]:
    """Return the outputs in extended precision, from the given inputs as they are stored.

    Where longdouble is no wider than float64 (MSVC, macOS on arm64) the error is that of float64, still far inside the
    tolerance.
    """
    m = len(np.asarray(inputs["x"]))
    blocks = (_block(stored(inputs, np.longdouble, slice(start, start + BLOCK))) for start in range(0, m, BLOCK))
    total = next(blocks)
    for block in blocks:
        total = {name: total[name] + block[name] for name in OUTPUTS}
    return total


def _block(given: Mapping[str, Array]) -> dict[str, Array]:
    """Return the outputs over some of the samples, written as in the formula."""
    x, a1, a2, a3 = (given[name] for name in PER_SAMPLE)
    theta2, rho_hat, beta, rho = given["theta2"], given["rho_hat"], given["beta"], given["rho"]
    sparsity = beta * (-rho / rho_hat + (1 - rho) / (1 - rho_hat))
    delta3 = -(x - a3) * a3 * (1 - a3)
    delta2 = (delta3 @ theta2 + sparsity) * a2 * (1 - a2)
    return {
        "grad_w1": delta2.T @ a1,
        "grad_w2": delta3.T @ a2,
        "grad_b1": delta2.sum(axis=0),
        "grad_b2": delta3.sum(axis=0),
    }


def tolerance(inputs: Inputs, unit_roundoff: float) -> dict[str, NDArray[np.float64]]:
    """Return how far each number of an output may be from the reference: u (c A + k G).

    A sum of m products may be computed in any order: its error is below gamma_m A, with A the sum of the products'
    magnitudes (Higham, Accuracy and Stability of Numerical Algorithms, ch. 3), and usually of the order of sqrt(m) u A;
    c = 4 sqrt(m) + 16. The deltas are themselves rounded, where a3 - x and the two parts of the sparsity term cancel: G
    is A with the magnitudes before they cancel, k = 8 (or sqrt(n), the sum over the output units, if that is more).

    Parameters
    ----------
    inputs
        As an implementation is given them.
    unit_roundoff
        u, half the spacing of the numbers at 1, of the dtype that must do the arithmetic.

    Notes
    -----
    Measured with gemm and with sequential loops the error stays below a quarter of this; one sample of 10 000 dropped
    exceeds it, in float32 too. One of 100 000 dropped is seen in float64 only.
    """
    given = stored(inputs, np.float64)
    m, n = given["x"].shape
    c, k = 4 * math.sqrt(m) + 16, max(8.0, math.sqrt(n))
    delta2, delta3, gauge2, gauge3 = _magnitudes(given)
    a1, a2 = np.abs(given["a1"]), np.abs(given["a2"])
    return {
        "grad_w1": unit_roundoff * (c * delta2.T + k * gauge2.T) @ a1,
        "grad_w2": unit_roundoff * (c * delta3.T + k * gauge3.T) @ a2,
        "grad_b1": unit_roundoff * (c * delta2 + k * gauge2).sum(axis=0),
        "grad_b2": unit_roundoff * (c * delta3 + k * gauge3).sum(axis=0),
    }


def _magnitudes(given: Mapping[str, Array]) -> tuple[Array, Array, Array, Array]:
    """Return |delta2|, |delta3|, and both as they would be if nothing in them cancelled."""
    x, a2, a3, theta2, rho_hat = (given[name] for name in ("x", "a2", "a3", "theta2", "rho_hat"))
    beta, rho = given["beta"], given["rho"]
    slope2, slope3 = np.abs(a2 * (1 - a2)), np.abs(a3 * (1 - a3))
    wanted, unwanted = rho / rho_hat, (1 - rho) / (1 - rho_hat)
    delta3 = (a3 - x) * slope3
    delta2 = np.abs(delta3 @ theta2 + beta * (unwanted - wanted)) * slope2
    gauge3 = (np.abs(a3) + np.abs(x)) * slope3
    gauge2 = (gauge3 @ np.abs(theta2) + abs(beta) * (np.abs(wanted) + np.abs(unwanted))) * slope2
    return delta2, np.abs(delta3), gauge2, gauge3


def work(size: Mapping[str, int], dtype: str) -> dict[str, float]:
    """Return the floating-point operations of one evaluation, and the bytes that any must read and write.

    Three products at 2 m n p; four operations for each number of delta3 and of delta2, one to sum each.
    """
    m, n, p = size["m"], size["n"], size["p"]
    read = 3 * m * n + m * p + n * p + p
    written = 2 * n * p + n + p
    return {
        "flops": 3.0 * 2 * m * n * p + 5.0 * m * (n + p),
        "bytes": float(np.dtype(dtype).itemsize * (read + written)),
    }
