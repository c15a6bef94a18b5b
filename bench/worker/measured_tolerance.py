"""Measuring a tolerance: a few evaluations on inputs that are moved by their own rounding, within a bounded time."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from msgspec import Struct

from . import tolerance
from .outcome import Unfit
from .outputs import Arrays
from .values import changing
from .values.leaves import Leaf, Numbers, Unreadable

Values = Mapping[str, Any]

#: Evaluations on moved inputs: so many, and once they have taken so long but a few; one of what is slow.
EVALUATIONS, FEWEST, LONGEST_S, TOO_SLOW_S = 12, 4, 0.5, 20.0

#: All evaluations for one content take so long, but for the last.
LONGEST_IN_ALL_S = 2.0

#: On a busy machine things take up to so many times as long, and no less is done for it.
SLOWED = 4

#: Shares of the numbers that are changed to see on how many a result depends, the next where all results change.
SHARES = (2.0**-4, 2.0**-8, 2.0**-12, 2.0**-16)


class Algorithm(Struct, frozen=True, kw_only=True):
    """What computes the results that a tolerance is for."""

    evaluate: Callable[[Values], Mapping[str, Leaf]]
    """From inputs to leaves."""
    narrow: Mapping[str, Leaf] | None
    """What it gives in its own precision, where what is right was computed by it in extended precision."""
    native: Mapping[str, Leaf] | None
    """What it gives in its own precision; None where that is what is right."""
    took_s: float
    """How long an evaluation took."""


class Measured(Struct, frozen=True, kw_only=True):
    """A tolerance and what it was made of."""

    tolerance: Arrays
    terms: float
    """On how many numbers one of the results depends."""
    growth: Mapping[str, float]
    """Path -> error of the algorithm itself, in gauges."""
    evaluations: int


def measured_tolerance(
    algorithm: Algorithm,
    inputs: Values,
    right: Mapping[str, Leaf],
    dtypes: Mapping[str, str],
    *,
    seed: int,
    known: Measured | None = None,
) -> Measured:
    """Return the tolerance of each leaf of floating-point numbers.

    Parameters
    ----------
    algorithm
        What computes them.
    inputs
        Name -> value.
    right
        What is right, taken apart.
    dtypes
        Path -> dtype that results are kept in.
    seed
        Of what is drawn.
    known
        What was found for other contents of the inputs: terms and growth are the algorithm's and are kept.

    Raises
    ------
    Unfit
        If the algorithm is random: how far its results move says nothing of their rounding then.
    """
    trial = _Trial(algorithm, inputs, right, np.random.default_rng(seed))
    if not known:
        trial.require_repeatable()
    units = {path: tolerance.unit_roundoff(_real(dtypes[path])) for path in trial.paths}
    inputs_unit = _inputs_unit(inputs, units)
    gauges = {
        path: tolerance.gauge(
            trial.centre[path],
            [one[path] for one in trial.moved],
            changing.TYPICAL_STEP,
            (inputs_unit, units[path]),
        )
        for path in trial.paths
    }
    terms = known.terms if known else trial.terms()
    growth = trial.growth_beyond(gauges, units)
    if known:
        growth = {path: max(known.growth.get(path, 0.0), growth.get(path, 0.0)) for path in trial.paths}
    elif not growth:
        growth = trial.growth_of_single(gauges, units)
    return Measured(
        tolerance={path: tolerance.tolerance(gauges[path], terms, growth.get(path, 0.0)) for path in trial.paths},
        terms=terms,
        growth=growth,
        evaluations=trial.evaluations,
    )


def _real(dtype: str) -> np.dtype:
    return np.finfo(dtype).dtype


def _inputs_unit(inputs: Values, units: Mapping[str, float]) -> float:
    """Return u of the widest floating-point numbers among the inputs; that of the results where there are none."""
    found: list[float] = []

    def note(array: np.ndarray) -> np.ndarray:
        found.append(tolerance.unit_roundoff(_real(str(array.dtype))))
        return array

    for value in inputs.values():
        changing.changed(value, note)
    return max(found, default=max(units.values(), default=1.0))


class Stopwatch:
    """How long something takes, whatever else the machine does meanwhile."""

    def __init__(self) -> None:
        """Start it."""
        self._cpu_s, self._wall_s = time.process_time(), time.monotonic()

    @property
    def seconds(self) -> float:
        """CPU time; of what waits for something else than a CPU a part of the time that goes by."""
        return max(time.process_time() - self._cpu_s, (time.monotonic() - self._wall_s) / SLOWED)


class _Trial:
    """Evaluations on changed inputs, within the time there is for them."""

    def __init__(
        self, algorithm: Algorithm, inputs: Values, right: Mapping[str, Leaf], random: "np.random.Generator"
    ) -> None:
        self._algorithm = algorithm
        self._inputs = inputs
        self._random = random
        self._spent = Stopwatch()
        self._each_s = algorithm.took_s
        self.evaluations = 0
        self.paths = [
            path for path, leaf in right.items() if isinstance(leaf, Numbers) and leaf.array.dtype.kind in "fc"
        ]
        self._right = right
        centre = right if algorithm.native is None else algorithm.native
        self.centre = {path: leaf.array for path in self.paths if isinstance(leaf := centre[path], Numbers)}
        self.moved = list(self._all_moved())

    def _all_moved(self) -> Iterator[Arrays]:
        found = 0
        while found < EVALUATIONS and (
            self._has(LONGEST_S)
            or (found < FEWEST and self._has(LONGEST_IN_ALL_S))
            or (not found and self._each_s < TOO_SLOW_S)
        ):
            one = self._evaluated(lambda value: changing.changed(value, changing.moved(self._random)))
            found += 1
            if one is not None:
                yield one

    def _has(self, longest_s: float) -> bool:
        """Return whether another evaluation ends within so long."""
        return self._spent.seconds + self._each_s < longest_s

    def _evaluated(self, change: Callable[[Any], Any]) -> Arrays | None:
        """Return what the algorithm gives for changed inputs; None where it takes them no longer, or it is another."""
        took = Stopwatch()
        self.evaluations += 1
        try:
            with np.errstate(all="ignore"):
                leaves = self._algorithm.evaluate({name: change(value) for name, value in self._inputs.items()})
        except (Unfit, Unreadable, MemoryError):
            return None
        except Exception:  # noqa: BLE001  # inputs that are not quite the problem's own may be refused in any way
            return None
        self._each_s = took.seconds
        arrays = {path: leaf.array for path in self.paths if isinstance(leaf := leaves.get(path), Numbers)}
        fits = all(path in arrays and arrays[path].shape == _shape(self._right[path]) for path in self.paths)
        return arrays if fits else None

    def require_repeatable(self) -> None:
        """Raise Unfit if the same inputs give results that differ by more than their rounding explains."""
        if not (self._has(LONGEST_IN_ALL_S) or self._each_s < TOO_SLOW_S / 4):
            return
        again = self._evaluated(lambda value: changing.changed(value, np.copy))
        if again and not all(_is_near(again[path], self.centre[path]) for path in self.paths):
            raise Unfit(
                "failed",
                "what is right cannot be told: called twice with the same inputs it gives two results; seed what is "
                "random from the inputs, or let accept() judge its distribution",
            )

    def terms(self) -> float:
        """Return on how many numbers of the inputs one of the results depends."""
        count = sum(map(changing.count_of_numbers, self._inputs.values()))
        share = 1.0
        for share in SHARES:
            is_first = share == SHARES[0] and self._each_s < TOO_SLOW_S / 4
            if share * count < 1 or not (is_first or self._has(LONGEST_IN_ALL_S)):
                break
            shrink = changing.some_shrunk(self._random, share)
            one = self._evaluated(lambda value, shrink=shrink: changing.changed(value, shrink))  # type: ignore[misc]
            found = None if one is None else tolerance.terms(*self._changed(one), share)
            if found is not None:
                return min(found, float(count))
        return float(count)

    def _changed(self, arrays: Arrays) -> tuple[int, int]:
        """Return how many results are others than before, of how many."""
        differing = sum(int(np.count_nonzero(arrays[path] != self.centre[path])) for path in self.paths)
        return differing, sum(self.centre[path].size for path in self.paths)

    def growth_beyond(self, gauges: Arrays, units: Mapping[str, float]) -> dict[str, float]:
        """Return path -> error of the algorithm itself, in gauges, where what is right has more digits."""
        narrow = self._algorithm.narrow or {}
        found = {}
        for path in self.paths if narrow else ():
            own, right = narrow[path], self._right[path]
            if isinstance(own, Numbers) and isinstance(right, Numbers):
                found[path] = tolerance.growth(own.array, right.array, gauges[path], (units[path], units[path]))
        return found

    def growth_of_single(self, gauges: Arrays, units: Mapping[str, float]) -> dict[str, float]:
        """Return the same from how it does in single precision; nothing where it does not compute in that."""
        if not self._has(LONGEST_IN_ALL_S):
            return {}
        single = self._evaluated(lambda value: changing.changed(value, changing.narrowed))
        unit = tolerance.unit_roundoff(np.dtype(np.float32))
        if single is None or any(single[path].dtype.char not in "fF" for path in self.paths):
            return {}
        return {
            path: tolerance.growth(single[path], self.centre[path], gauges[path], (unit, units[path]))
            for path in self.paths
        }


def _is_near(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether numbers agree to half their digits, as they do where only the order of additions is by chance."""
    scale = np.abs(other[np.isfinite(other)]).max(initial=0)
    within = np.sqrt(np.finfo(other.dtype).eps) * scale
    return bool(np.allclose(one, other, rtol=0, atol=within, equal_nan=True))


def _shape(leaf: Leaf) -> tuple[int, ...]:
    return leaf.array.shape if isinstance(leaf, Numbers) else ()
