"""Where the time of a call goes: a stacked bar for each implementation, the fastest on top, with its time beside it."""

from collections.abc import Iterator, Sequence

from ...analyse.analysis import Analysis
from ...analyse.diagnosis import Cause, Share
from ...analyse.explanation import Ladder, Rung
from ...analyse.findings import GroupFindings
from ...units import time_text
from ..chart import Axis, Chart, Colour, Point, Series
from ..phrases import label, share_text, titled
from .drawn import MOST_CASES

#: Cause -> its colour and what it is called.
_PARTS: dict[Cause, tuple[Colour, str]] = {
    Cause.OVERHEAD: (4, "calls and indexing"),
    Cause.FAULTS: (1, "page faults"),
    Cause.MEMORY: (5, "memory traffic"),
    Cause.INSIDE: (3, "what NumPy computes"),
    Cause.ARITHMETIC: (2, "arithmetic"),
}
_REST = "not explained"

#: What is less of a whole is what rounding leaves of 0.
_PLACES = 12


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return ``parts-<place of the group>`` for each group in which it was counted what implementations do."""
    places = {group.name: place for place, group in enumerate(analysis.groups)}
    return tuple(_chart(places[one.group.name], one, analysis.groups) for one in analysis.ladders if _rows(one))


def _rows(ladder: Ladder) -> list[Rung]:
    """Return the rungs that have a row, fastest first; those of which nothing could be seen have none."""
    timed = [rung for rung in ladder.rungs if rung.diagnosis and rung.finding.min_seconds_per_call]
    return sorted(timed, key=_seconds)[:MOST_CASES]


def _seconds(rung: Rung) -> float:
    found = rung.finding.min_seconds_per_call
    return found.value if found else 0.0


def _chart(place: int, ladder: Ladder, groups: Sequence[GroupFindings]) -> Chart:
    title = titled("Where the time goes", ladder.group, groups)
    rows = _rows(ladder)
    shown = {one.finding.arm.name for one in rows}
    unseen = ", ".join(_name(ladder, one) for one in ladder.rungs if one.finding.arm.name not in shown)
    return Chart(
        id=f"parts-{place}",
        title=title,
        caption=f"{title}: estimated shares of the time of a call, fastest on top."
        + (f" Not seen: {unseen}." if unseen else ""),
        x=Axis(label="share of the time of a call", unit="%", low=0.0, high=100.0),
        y=Axis(label="", scale="category", categories=tuple(label(one.finding.arm.case, ladder.group) for one in rows)),
        series=tuple(_series(ladder, rows)),
    )


def _series(ladder: Ladder, rows: Sequence[Rung]) -> Iterator[Series]:
    """Yield a series for each part that takes a visible share anywhere, then what is not explained."""
    ends = [0.0] * len(rows)
    for cause, (colour, name) in _PARTS.items():
        points = []
        for row, rung in enumerate(rows):
            share = rung.diagnosis.shares[cause] if rung.diagnosis else None
            if share is not None and share.value > 0:
                tip = f"{_name(ladder, rung)}\n{name}: {share_text(share)}"
                points.append(_part(row, ends[row], share.value, tip=tip))
                ends[row] += share.value
        if points:
            yield Series(name=name, colour=colour, kind="parts", points=tuple(points))
    rest = [Share(value=left, low=left, high=left) for left in (max(0.0, round(1.0 - end, _PLACES)) for end in ends)]
    yield Series(
        name=_REST,
        colour="grey",
        kind="parts",
        points=tuple(
            _part(
                row,
                1.0 - share.value,
                share.value,
                tip=f"{_name(ladder, rung)}\n{_REST}: {share_text(share)}",
                label=time_text(_seconds(rung)),
            )
            for row, (rung, share) in enumerate(zip(rows, rest, strict=True))
        ),
    )


def _name(ladder: Ladder, rung: Rung) -> str:
    return label(rung.finding.arm.case, ladder.group)


def _part(row: int, start: float, length: float, *, tip: str, label: str | None = None) -> Point:
    low, high = 100.0 * start, 100.0 * min(1.0, start + length)
    return Point(x=(low + high) / 2, y=row, low=low, high=high, tip=tip, label=label)
