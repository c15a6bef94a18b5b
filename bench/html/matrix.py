"""Implementations by problems: how many times as fast as the baseline each is, in the latest run of each problem."""

from collections.abc import Mapping, Sequence
from math import exp, fsum, log

from msgspec import Struct

from ..analyse.analysis import Analysis
from ..report.parts import plain
from ..report.phrases import counted
from ..units import DASH, times

#: With fewer problems, or where no two of them have an implementation of the same name, there is no matrix.
_LEAST_PROBLEMS = 2

#: A speed-up of so many times, or of its inverse, has the strongest colour; between lie so many shades.
_STRONGEST, _SHADES = 30.0, 4


class Square(Struct, frozen=True, kw_only=True):
    """One place of the matrix."""

    text: str
    value: float | None = None
    shade: int = 0
    """-4 to 4: slower to faster than the baseline."""


class Matrix(Struct, frozen=True, kw_only=True):
    """What a table of all problems shows."""

    problems: tuple[tuple[str, str], ...]
    """Name, and the page of its latest run."""
    rows: tuple[tuple[str, tuple[Square, ...]], ...]
    """Implementation -> its geometric mean, then each problem; the best mean first."""
    told: str


def speedups(analysis: Analysis) -> dict[str, float]:
    """Return implementation -> speed-up over the baseline, at the last condition of a run and as its baseline ran.

    Those without an interval, as of too few rounds, are left out.
    """
    for group in reversed(analysis.groups):
        base = group.baseline
        if base is not None and base in group.ok:
            alike = [one for one in group.ok if one.arm.case.variant[1:] == base.arm.case.variant[1:]]
            known = [one for one in alike if one is base or (one.speedup and one.speedup.interval)]
            return {plain(one.arm.case.implementation): one.speedup.value for one in known if one.speedup}
    return {}


def matrix(latest: Mapping[str, tuple[str, Mapping[str, float]]]) -> Matrix | None:
    """Return the matrix of all problems; None where it would have nothing to compare.

    Parameters
    ----------
    latest
        Problem -> page of its latest run, and what `speedups` gave of it.
    """
    problems = [name for name, (_page, found) in latest.items() if found]
    names = dict.fromkeys(name for problem in problems for name in latest[problem][1])
    by_name = {name: [latest[problem][1].get(name) for problem in problems] for name in names}
    shared = {name: found for name, found in by_name.items() if sum(one is not None for one in found) > 1}
    if len(problems) < _LEAST_PROBLEMS or not shared:
        return None
    means = {name: _mean([one for one in found if one is not None]) for name, found in shared.items()}
    rows = tuple(
        (name, (_square(means[name]), *map(_square, shared[name])))
        for name in sorted(shared, key=lambda one: -means[one])
    )
    left = len(names) - len(shared)
    more = f" {counted(left, 'implementation')} of one problem alone: not shown." if left else ""
    return Matrix(
        problems=tuple((problem, latest[problem][0]) for problem in problems),
        rows=rows,
        told="Speed-up over each problem's own baseline in its latest run, at the last condition of that; the "
        f"mean is geometric, over the problems in which an implementation has a time.{more}",
    )


def _mean(values: Sequence[float]) -> float:
    return exp(fsum(map(log, values)) / len(values))


def _square(value: float | None) -> Square:
    if value is None:
        return Square(text=DASH)
    part = max(-1.0, min(1.0, log(value) / log(_STRONGEST)))
    return Square(text=times(value), value=value, shade=round(_SHADES * part))
