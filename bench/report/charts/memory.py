"""Memory: the most that an evaluation holds at one time, what it allocates, and the page faults of a timed call."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...store.worker_records import Counts
from ...units import amount
from ..chart import Axis, Chart, Kind, Point, Series, Unit
from ..phrases import label, titled
from .drawn import drawn, left_out

_Number = Callable[[Finding, Counts | None], float | None]


class _Subject(Struct, frozen=True, kw_only=True):
    """One of the charts."""

    id: str
    title: str
    says: str
    unit: Unit
    number: _Number


_SUBJECTS = (
    _Subject(
        id="peak",
        title="Peak memory",
        says="the most memory at one time in one evaluation, beyond what was there before",
        unit="B",
        number=lambda _one, counts: counts.peak_bytes if counts else None,
    ),
    _Subject(
        id="allocated",
        title="Allocated",
        says="bytes of all arrays that NumPy allocates in one evaluation",
        unit="B",
        number=lambda _one, counts: counts.allocated_bytes if counts else None,
    ),
    _Subject(
        id="faults",
        title="Page faults",
        says="minor page faults of a timed call, median over rounds",
        unit="count",
        number=lambda one, _counts: one.faults_per_call,
    ),
)

EXPLAINED = (
    "Page faults are those of the timed calls themselves; memory and allocations are counted behind the first round, "
    "of one evaluation that is not timed. Of what another program computes, and of code that allocates by itself, "
    "nothing is known."
)


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each subject and group of which anything is known, and where not all of it is 0."""
    counts = {worker.arm: worker.counts for one in analysis.run.rounds for worker in one.workers if worker.counts}
    own = {worker.arm for one in analysis.run.rounds for worker in one.workers if worker.own_clock}
    made = []
    for place, group in enumerate(analysis.groups):
        for subject in _SUBJECTS:
            numbers = [
                subject.number(one, None if one.arm.name in own else counts.get(one.arm.name)) for one in drawn(group)
            ]
            if any(numbers):
                made.append(_chart(f"{subject.id}-{place}", subject, numbers, (group, analysis.groups)))
    return tuple(made)


def explained(drawn: Sequence[Chart]) -> tuple[str, ...]:
    """Return how the charts are read."""
    return (EXPLAINED,) if drawn else ()


def _chart(
    name: str,
    subject: _Subject,
    numbers: Sequence[float | None],
    among: tuple[GroupFindings, Sequence[GroupFindings]],
) -> Chart:
    group, groups = among
    names = [label(one.arm.case, group) for one in drawn(group)]
    title = titled(subject.title, group, groups)
    # Bytes go over decades, where a bar would have no end to begin at.
    kind: Kind = "points" if subject.unit == "B" else "bars"
    return Chart(
        id=name,
        title=title,
        caption=f"{title}: {subject.says}; fastest on top.{left_out(group)}",
        x=Axis(label=subject.title.lower(), unit=subject.unit, scale="log" if subject.unit == "B" else "linear"),
        y=Axis(label="", scale="category", categories=tuple(names)),
        series=tuple(
            Series(name=each, colour=0, kind=kind, points=(_point(row, each, subject.unit, number),))
            for row, (each, number) in enumerate(zip(names, numbers, strict=True))
        ),
    )


def _point(row: int, name: str, unit: Unit, number: float | None) -> Point:
    text = "not known" if number is None else amount(number, "B") if unit == "B" else f"{number:,.0f}"
    none_on_log = unit == "B" and number == 0
    return Point(x=None if none_on_log else number, y=row, tip=f"{name}: {text}", label=text)
