"""A tolerance that nobody has to derive: from how far a result moves when its inputs move by their rounding. Pure.

Stochastic arithmetic has it that the digits of a result that stay when all that is rounded moves at random by a unit in
the last place are those that can be relied on (J. Vignes, A stochastic arithmetic for reliable scientific computation,
Mathematics and Computers in Simulation 35, 1993: CESTAC, which repeats a computation a few times). Here only the inputs
are moved: by backward error analysis a good algorithm gives the right result of inputs near those given (N. J. Higham,
Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002, ch. 1), so what moving them does bounds its error up to
how far it is from that. How far is taken from two measurements: on how many numbers a result depends, for the error of
a sum of n terms in any order is of the order of sqrt(n) roundings (ch. 4), and what the algorithm's own error is, where
two precisions of it can be compared.
"""

from collections.abc import Mapping, Sequence
from math import log, sqrt

import numpy as np

#: Tolerances are so many times what was measured; found by `.ci/tolerance_experiment` (docs/tolerance.md).
CONSTANT = 16.0

#: An algorithm's own error counts up to so many gauges: what is worse than that is no measure of others.
MOST_GROWTH = 1e6

Arrays = Mapping[str, np.ndarray]


def unit_roundoff(dtype: np.dtype) -> float:
    """Return u of a floating-point dtype: half the spacing of its numbers at 1."""
    return float(np.finfo(dtype).eps) / 2


def gauge(centre: np.ndarray, moved: Sequence[np.ndarray], step: float, units: tuple[float, float]) -> np.ndarray:
    """Return how far each number of a result is moved by roundings: of the inputs, and its own.

    Parameters
    ----------
    centre
        The result.
    moved
        The result of inputs that were moved by a few units in the last place, several times.
    step
        By how many units, as a root mean square.
    units
        u of the numbers that were moved, and of the result's.

    Returns
    -------
    ndarray
        float64, of the shape of the result. The root mean square over the times, in proportion to the units, and u
        times the number itself. Of a number that is 0 and stays it, u times the largest: nobody asks for more digits.
    """
    inputs_unit, own_unit = units
    there = np.isfinite(centre)
    size = np.where(there, np.abs(centre), 0).astype(np.float64)
    with np.errstate(all="ignore"):
        steps = [np.abs(np.where(there, one, 0) - np.where(there, centre, 0)) for one in moved]
        squares = [step.astype(np.float64) ** 2 for step in steps]
    known = [np.where(np.isfinite(one), one, 0) for one in squares]
    spread = np.sqrt(np.mean(known, axis=0)) * (own_unit / inputs_unit / step) if known else np.zeros_like(size)
    found = spread + own_unit * size
    return np.asarray(np.where(found > 0, found, own_unit * size.max(initial=0)))


def growth(narrow: np.ndarray, wide: np.ndarray, gauges: np.ndarray, units: tuple[float, float]) -> float:
    """Return how many gauges the error of an algorithm is, from the same computation in two precisions.

    It is the root mean square over the numbers, or a quarter of the largest, whichever is more: whatever it is that was
    measured, its own result is right.

    Parameters
    ----------
    narrow, wide
        The result in both.
    gauges
        As `gauge` returns them, of the result.
    units
        u of the narrow precision, and of the one that the gauges are of.
    """
    there = np.isfinite(narrow) & np.isfinite(wide) & (gauges > 0)
    if not there.any():
        return 0.0
    error = np.abs(narrow[there].astype(wide.dtype) - wide[there]).astype(np.float64)
    ratios = error / (gauges[there] * (units[0] / units[1]))
    return float(min(max(np.sqrt(np.mean(ratios**2)), ratios.max() / 4), MOST_GROWTH))


def terms(changed: int, size: int, shrunk_share: float) -> float | None:
    """Return on how many numbers a result depends, None if on too many to tell.

    Parameters
    ----------
    changed, size
        How many results changed, of how many.
    shrunk_share
        Share of the numbers that were changed, p: of results that depend on n of them, 1 - (1 - p)^n change.
    """
    changed_share = (changed + 2) / (size + 2)  # rather too many: of few results none may change by chance
    if changed_share > 0.95:
        return None
    return max(1.0, log(1 - changed_share) / log(1 - shrunk_share))


def tolerance(gauges: np.ndarray, count: float, own_growth: float) -> np.ndarray:
    """Return the tolerance of each number of a result.

    Parameters
    ----------
    gauges
        As `gauge` returns them.
    count
        On how many numbers one of the result depends.
    own_growth
        As `growth` returns it.
    """
    return CONSTANT * max(sqrt(max(count, 1.0)), own_growth) * gauges
