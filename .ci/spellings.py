"""Is one spelling of a computation as much faster in a worker as it is with plain timeit? A benchmark, not a test.

In one process, for pairs of functions of NumPy, SciPy and Numba: samples on a worker's own inputs and samples of timeit
on arrays made here take turns. Prints the ratio of the two spellings' times in either, from the minima of each repeat;
ends with 1 where the two disagree by more than TOLERANCE.
"""

import statistics
import sys
import tempfile
import time
import timeit
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.machine import affinity
from bench.worker.inputs import Arena
from bench.worker.sampling import Sampler, clock_resolution_ns
from bench.worker.value_files import load_values, save_values

REPEATS, SAMPLES = 15, 7

#: What is copied because the inputs are not as a program has them shows as a factor, not as some per cent.
TOLERANCE = 0.10

N = 50_000
Arrays = dict[str, np.ndarray]
Spelling = Callable[[Arrays], object]

PAIRS: dict[str, tuple[Spelling, Spelling]] = {
    "add.at / bincount": (
        lambda a: np.add.at(np.zeros(64), a["i"], a["x"]),
        lambda a: np.bincount(a["i"], weights=a["x"], minlength=64),
    ),
    "fancy index / take": (lambda a: a["x"][a["i"]], lambda a: np.take(a["x"], a["i"])),
    "searchsorted / interp": (lambda a: np.searchsorted(a["s"], a["x"]), lambda a: np.interp(a["x"], a["s"], a["s"])),
    "correlate / convolve": (lambda a: np.correlate(a["x"], a["k"]), lambda a: np.convolve(a["x"], a["k"])),
    "argsort / sort": (lambda a: np.argsort(a["x"]), lambda a: np.sort(a["x"])),
    "sort / partition": (lambda a: np.sort(a["x"]), lambda a: np.partition(a["x"], 10)),
    "digitize / searchsorted": (lambda a: np.digitize(a["x"], a["s"]), lambda a: np.searchsorted(a["s"], a["x"])),
    "histogram / bincount": (
        lambda a: np.histogram(a["x"], 64, (0, 1)),
        lambda a: np.bincount((a["x"] * 64).astype(int), minlength=64),
    ),
    "unique / bincount": (lambda a: np.unique(a["i"]), lambda a: np.nonzero(np.bincount(a["i"]))),
    "einsum / dot": (lambda a: np.einsum("ij,jk->ik", a["m"], a["m"]), lambda a: np.dot(a["m"], a["m"])),
    "outer / multiply": (lambda a: np.outer(a["k"], a["x"]), lambda a: a["k"][:, None] * a["x"]),
    "where / mask": (lambda a: np.where(a["b"], a["x"], 0), lambda a: a["x"] * a["b"]),
    "median / mean": (lambda a: np.median(a["x"]), lambda a: np.mean(a["x"])),
    "roll / concatenate": (lambda a: np.roll(a["x"], 3), lambda a: np.concatenate((a["x"][-3:], a["x"][:-3]))),
    "fft / rfft": (lambda a: np.fft.fft(a["x"]), lambda a: np.fft.rfft(a["x"])),
    "inv / solve": (lambda a: np.linalg.inv(a["m"]) @ a["m"], lambda a: np.linalg.solve(a["m"], a["m"])),
    "diff / slices": (lambda a: np.diff(a["x"]), lambda a: a["x"][1:] - a["x"][:-1]),
    "cumsum / sum": (lambda a: np.cumsum(a["x"]), lambda a: np.sum(a["x"])),
    "power / product": (lambda a: a["x"] ** 3, lambda a: a["x"] * a["x"] * a["x"]),
}


def with_scipy() -> dict[str, tuple[Spelling, Spelling]]:
    """Return pairs of SciPy's functions; none where it is not installed."""
    try:
        from scipy import ndimage, signal
    except ImportError:
        return {}
    return {
        "lfilter / convolve": (
            lambda a: signal.lfilter(a["k"], [1.0], a["x"]),
            lambda a: np.convolve(a["x"], a["k"]),
        ),
        "convolve2d / fftconvolve": (
            lambda a: signal.convolve2d(a["m"], a["m"][:5, :5], "same"),
            lambda a: signal.fftconvolve(a["m"], a["m"][:5, :5], "same"),
        ),
        "convolve / uniform_filter": (
            lambda a: ndimage.convolve(a["m"], a["m"][:3, :3]),
            lambda a: ndimage.uniform_filter(a["m"], 3),
        ),
        "medfilt / median_filter": (lambda a: signal.medfilt(a["x"], 3), lambda a: ndimage.median_filter(a["x"], 3)),
    }


def with_numba() -> dict[str, tuple[Spelling, Spelling]]:
    """Return pairs of compiled loops; none where Numba is not installed."""
    try:
        import numba
    except ImportError:
        return {}

    @numba.njit
    def scattered(i: np.ndarray, x: np.ndarray) -> np.ndarray:
        found = np.zeros(64)
        for place in range(len(i)):
            found[i[place]] += x[place]
        return found

    @numba.njit("float64(float64[::1])")
    def squared(x: np.ndarray) -> float:
        total = 0.0
        for value in x:
            total += value * value
        return total

    return {
        "bincount / numba": (
            lambda a: np.bincount(a["i"], weights=a["x"], minlength=64),
            lambda a: scattered(a["i"], a["x"]),
        ),
        "numba / dot": (lambda a: squared(a["x"]), lambda a: a["x"] @ a["x"]),
    }


def made() -> Arrays:
    """Return arrays as a program makes them."""
    random = np.random.RandomState(3)
    return {
        "x": random.random_sample(N),
        "i": random.randint(0, 64, N),
        "s": np.sort(random.random_sample(1000)),
        "m": random.random_sample((96, 96)),
        "k": random.random_sample(9),
        "b": random.random_sample(N) < 0.5,
    }


def placed(value: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return a copy that begins at the same place of a cache line as another array.

    Where an array lies in a program is chance, and makes a third of a BLAS product's time.
    """
    memory = np.empty(value.nbytes + 64, np.uint8)
    start = (like.ctypes.data - memory.ctypes.data) % 64
    copy = memory[start : start + value.nbytes].view(value.dtype).reshape(value.shape)
    copy[...] = value
    return copy


def ratios(pair: tuple[Spelling, Spelling], own: Arrays, held: Arrays) -> tuple[float, float]:
    """Return first / second spelling with plain timeit and in a worker: medians over the repeats."""
    samplers = [Sampler(lambda f=f: f(held), time.perf_counter_ns, clock_resolution_ns()) for f in pair]
    timers = [timeit.Timer(lambda f=f: f(own)) for f in pair]
    numbers = [sampler.calls_in_a_sample()[0] for sampler in samplers]
    plain, worker = [], []
    for _ in range(REPEATS):
        pairs = [
            (min(timer.repeat(SAMPLES, number)) / number, min(sampler.samples(number, SAMPLES)) / number)
            for timer, sampler, number in zip(timers, samplers, numbers, strict=True)
        ]
        plain.append(pairs[0][0] / pairs[1][0])
        worker.append(pairs[0][1] / pairs[1][1])
    return statistics.median(plain), statistics.median(worker)


def main() -> int:
    """Print the table; return 1 where a ratio is another in a worker."""
    affinity.pin(0, (0,))
    own, far = made(), 0
    print(f"{'spellings':28} {'timeit':>8} {'worker':>8} {'apart':>8}")
    with tempfile.TemporaryDirectory() as folder:
        save_values(Path(folder) / "inputs", own)
        held = Arena(load_values, {}, first=Path(folder) / "inputs").inputs
        own = {name: placed(value, held[name]) for name, value in own.items()}
        for name, pair in {**PAIRS, **with_scipy(), **with_numba()}.items():
            plain, worker = ratios(pair, own, held)
            far += abs(worker / plain - 1) > TOLERANCE
            print(f"{name:28} {plain:8.3f} {worker:8.3f} {worker / plain - 1:+8.1%}", flush=True)
    print(f"{far} ratios differ by more than {TOLERANCE:.0%}")
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
