"""Five kernels of other kinds than linear algebra, each a problem of its own, with any amount of extra work."""

from collections.abc import Callable
from dataclasses import dataclass

PROBLEM = '''"""{title}"""

import numpy as np

SIZES = {{"M": {size}}}
DEFAULT_SIZE = "M"
DATA = ("random",)
BASELINE = "kernel"
OUTPUTS = ("result",)
GROUPS = 100


def inputs(size, dtype, data, seed):
    """Return the arrays, each with a row for each piece of work."""
    random = np.random.RandomState(seed)
    n, m = size["n"], size.get("m", 1)
    return {inputs}


def reference(inputs):
    """Return the result in extended precision."""
    first, *rest = (np.asarray(value, np.longdouble) for value in inputs.values())
    {reference}


def tolerance(inputs, unit_roundoff):
    """Return a bound that leaves room for any order of summation."""
    result = reference(inputs)["result"]
    return {{"result": np.full(result.shape, 1e4 * unit_roundoff * max(1.0, float(np.abs(result).max())))}}


def work(size, dtype):
    """Return the least work."""
    return {{"flops": float({flops}), "bytes": 16.0 * size["n"] * size.get("m", 1)}}
'''

ROWS = '''"""{title}"""

import numpy as np
{imports}
#: Rows that are computed twice.
EXTRA = {amount}


def compute({arguments}):
    """Return the result."""
    {compute}


def prepare(inputs):
    """Return the step over the inputs."""
    whole = tuple(inputs.values())
    part = tuple(array[:EXTRA] for array in whole)

    def step():
        if EXTRA:
            compute(*part)
        return compute(*whole)

    return step
'''

CALL = '''"""{title}"""

import numpy as np


def prepare(inputs):
    """Return the step over the inputs."""
    x, y = inputs.values()

    def step():
{extra}        return np.multiply(x, y)

    return step
'''

#: The extra work of a call of NumPy: comparisons of two names, a few ns each.
SMALL = "        x is y\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kernel: what it computes, and its code with an amount of extra work."""

    problem: str
    """Text of problem.py."""
    kernel: Callable[[int], str]
    """Amount of extra work -> text of kernel.py; 0 for none."""
    most: int
    """The amount that makes a call take about twice as long."""


def _rows(arguments: str, compute: str, *, title: str, most: int, imports: str = "", **problem: str) -> Kind:
    """Return a kind whose extra work is to compute the first rows twice."""
    parts = {"title": title, "imports": imports, "arguments": arguments, "compute": compute}
    return Kind(
        problem=PROBLEM.format(title=title, **problem),
        kernel=lambda amount: ROWS.format(amount=amount, **parts),
        most=most,
    )


def _call(numbers: int, title: str) -> Kind:
    """Return a kind that is one call of NumPy on so many numbers."""
    problem = PROBLEM.format(
        title=title,
        size=f'{{"n": {numbers}}}',
        inputs='{"x": random.rand(n), "y": random.rand(n)}',
        reference='return {"result": first * rest[0]}',
        flops='size["n"]',
    )
    return Kind(problem=problem, kernel=lambda amount: CALL.format(title=title, extra=SMALL * amount), most=200)


KEYED = {
    "inputs": '{"keys": np.floor(random.rand(n) * GROUPS), "values": random.rand(n)}',
    "reference": """sums = np.zeros(GROUPS, np.longdouble)
    np.add.at(sums, first.astype(int), rest[0])
    return {"result": sums}""",
    "flops": 'size["n"]',
}

KINDS = {
    "dict_loop": _rows(
        "keys, values",
        """found = dict.fromkeys(map(float, range(100)), 0.0)
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        found[key] += value
    return np.array(list(found.values()))""",
        title="Sums by key, in a loop over a dictionary.",
        most=20_000,
        size='{"n": 20_000}',
        **KEYED,
    ),
    "groupby": _rows(
        "keys, values",
        "return pd.Series(values).groupby(keys).sum().reindex(np.arange(100.0), fill_value=0.0).to_numpy(copy=True)",
        title="Sums by key, by pandas.",
        imports="import pandas as pd\n",
        most=1_000_000,
        size='{"n": 1_000_000}',
        **KEYED,
    ),
    "stencil": _rows(
        "grid",
        "return (grid[:-2, 1:-1] + grid[2:, 1:-1] + grid[1:-1, :-2] + grid[1:-1, 2:]) / 4",
        title="Mean of the four neighbours on a grid.",
        most=400,
        size='{"n": 400, "m": 400}',
        inputs='{"grid": random.rand(n, m)}',
        reference="""rows, columns = first[:, 1:-1], first[1:-1]
    return {"result": (rows[:-2] + rows[2:] + columns[:, :-2] + columns[:, 2:]) / 4}""",
        flops='4 * size["n"] * size["m"]',
    ),
    "fft": _rows(
        "rows",
        "return np.fft.irfft(np.fft.rfft(rows, axis=1) * TAPS, n=rows.shape[1], axis=1)",
        title="Each row smoothed over three neighbours, by FFT.",
        imports="\nTAPS = np.fft.rfft(np.array([1 / 2, 1 / 4] + 1021 * [0.0] + [1 / 4]))\n",
        most=200,
        size='{"n": 200, "m": 1024}',
        inputs='{"rows": random.rand(n, m)}',
        reference="""return {"result": first / 2 + np.roll(first, 1, axis=1) / 4 + np.roll(first, -1, axis=1) / 4}""",
        flops='100 * size["n"] * size["m"]',
    ),
    "call": _call(1_000, "One call of NumPy, about 1 us."),
}

#: Not among those that are slowed down.
SHORT = _call(4_000, "One call of NumPy, about 2 us.")
