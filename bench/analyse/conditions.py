"""What changing one condition does to the same implementation: more threads, another dtype or allocator. Pure.

Different conditions are different groups, whose workers never run in the same round of a group. But each round of a run
measures all its groups one after the other, in shuffled order: so their times are paired by the index of the round.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ..problems.case import DEFAULT_ALLOCATOR, DTYPES, Case, Size
from ..stats.sequential import FIXED, Stopping
from .findings import GroupFindings, estimate
from .sweep import case_of
from .verdict import Ratio

#: The conditions, in the order in which they are shown.
AXES = ("threads", "dtype", "allocator")


class Effect(Struct, frozen=True, kw_only=True):
    """One implementation under two conditions that differ in one axis."""

    axis: str
    before: str | int
    after: str | int
    case: Case
    """The one after the change."""
    speedup: Ratio
    """Time before / time after."""
    rounds: int

    @property
    def size(self) -> Size:
        """Size of both."""
        return self.case.size

    @property
    def efficiency(self) -> Ratio | None:
        """Speed-up of t threads over one, divided by t; None for other axes."""
        if self.axis != "threads":
            return None
        more = int(self.after) / int(self.before)
        return self.speedup.mapped(lambda speedup: speedup / more)


def effects(groups: Sequence[GroupFindings], axis: str, stopping: Stopping = FIXED) -> tuple[Effect, ...]:
    """Return what each value of an axis does against its first: one thread, float64, the default allocator.

    Parameters
    ----------
    groups
        What is said of a run.
    axis
        One of AXES.
    stopping
        Of the run: see `sequential`.

    Notes
    -----
    In each round that has both, d = log(time before) - log(time after), each the median over passes of the burst
    minima; over rounds the Hodges-Lehmann estimate with its signed-rank interval, as for every other ratio. A drift
    within a round does not cancel as it does between neighbours in a pass, and makes the interval wider.
    """
    found = []
    alike: dict[tuple[object, ...], list[GroupFindings]] = {}
    for group in groups:
        alike.setdefault(_others(case_of(group), axis), []).append(group)
    for same in alike.values():
        first, *rest = sorted(same, key=lambda group: _place(case_of(group), axis))
        before = _times(first) if rest else {}
        for group in rest:
            for key, (case, after) in _times(group).items():
                if key in before:
                    earlier = before[key][1]
                    logs = {index: earlier[index] - value for index, value in after.items() if index in earlier}
                    log_ratio = estimate(logs, stopping)
                    if log_ratio is not None:
                        found.append(
                            Effect(
                                axis=axis,
                                before=_value(case_of(first), axis),
                                after=_value(case, axis),
                                case=case,
                                speedup=Ratio.of(log_ratio),
                                rounds=log_ratio.rounds,
                            )
                        )
    return tuple(found)


def _value(case: Case, axis: str) -> str | int:
    value: str | int | None = getattr(case, axis)
    return value if value is not None else "unknown"


def _place(case: Case, axis: str) -> tuple[int, str]:
    """Return a key that puts few threads, float64 and the default allocator first."""
    value = _value(case, axis)
    if isinstance(value, int):
        return value, ""
    return (0 if value in (DTYPES[0], DEFAULT_ALLOCATOR) else 1), value


def _others(case: Case, axis: str) -> tuple[object, ...]:
    """Return what two groups have in common that differ in one axis."""
    size = tuple(case.size.values.items())
    return (size, case.data, case.cache, case.machine, *(_value(case, other) for other in AXES if other != axis))


def _times(group: GroupFindings) -> Mapping[tuple[str, str, str], tuple[Case, Mapping[int, float]]]:
    """Return variant -> case, and round -> log of its seconds per call."""
    arms = [finding.arm for finding in group.ok]
    return {arm.case.variant: (arm.case, group.rounds.log_seconds(arm)) for arm in arms}
