"""What speed costs in accuracy, or does not: the errors of each case, a row each, the fastest on top."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...units import significant, times
from ..chart import Axis, Chart, Point, Rule, Series
from ..phrases import label, ratio_text, titled
from .drawn import drawn, left_out

#: What is exact stands this factor below the smallest error, on an axis that has no zero.
_BELOW = 3.0


class _Subject(Struct, frozen=True, kw_only=True):
    """One number of each case."""

    id: str
    title: str
    axis: Axis
    says: str
    number: Callable[[Finding], float | None]
    text: Callable[[float], str] = lambda number: significant(number, 2)
    rules: tuple[Rule, ...] = ()


_SPEED = _Subject(
    id="speed",
    title="Speed",
    axis=Axis(label="speed-up over the baseline", scale="log", unit="x"),
    says="speed-up over the baseline",
    number=lambda one: one.speedup_over_baseline.value if one.speedup_over_baseline else 1.0,
    text=times,
)
_ERRORS = (
    _Subject(
        id="accuracy",
        title="Error over tolerance",
        axis=Axis(label="error over tolerance", scale="log"),
        says="largest error of any component, output and round over its tolerance; above 1 is wrong",
        number=lambda one: one.error_over_tolerance,
        rules=(Rule(axis="x", at=1.0, label="above: wrong"),),
    ),
    _Subject(
        id="ulp",
        title="Error in units in the last place",
        axis=Axis(label="largest error [ulp]", scale="log"),
        says="largest error of any component, output and round in units in the last place",
        number=lambda one: one.max_ulp,
    ),
)


def charts(analysis: Analysis) -> tuple[Chart, ...]:
    """Return a chart for each kind of error and group in which at least two cases have a time and an error."""
    return tuple(chart for place in range(len(analysis.groups)) for chart in beside_speed(analysis, place)[1:])


def beside_speed(analysis: Analysis, place: int) -> tuple[Chart, ...]:
    """Return speed-ups and each kind of error, in the same rows, of the group at a place; none of fewer than two."""
    group = analysis.groups[place]
    subjects = (_SPEED, *_ERRORS) if len(verified(group)) > 1 else ()
    return tuple(
        _chart(f"{subject.id}-{place}", titled(subject.title, group, analysis.groups), subject, group)
        for subject in subjects
    )


def verified(group: GroupFindings) -> Sequence[Finding]:
    """Return the cases that can be drawn, fastest first."""
    return [one for one in drawn(group) if one.verification and (one.arm.baseline or one.speedup_over_baseline)]


def _chart(name: str, title: str, subject: _Subject, group: GroupFindings) -> Chart:
    found = verified(group)
    floor = min((number for one in found if (number := subject.number(one))), default=1.0) / _BELOW
    exact = any(not subject.number(one) for one in found)
    none = f"; hollow: no error at all, drawn at {significant(floor, 1)}" if exact else ""
    names = [label(one.arm.case, group) for one in found]
    return Chart(
        id=name,
        title=title,
        caption=f"{title}: {subject.says}, log axis, the fastest on top{none}.{left_out(group)}",
        x=subject.axis,
        y=Axis(label="", scale="category", categories=tuple(names)),
        rules=subject.rules,
        series=tuple(
            Series(
                name=each,
                colour="grey" if one.arm.baseline else 0,
                hollow=not number,
                points=(Point(x=number or floor, y=row, tip=f"{each}\n{_told(one)}", label=subject.text(number)),),
            )
            for row, (each, one) in enumerate(zip(names, found, strict=True))
            for number in [subject.number(one) or 0.0]
        ),
    )


def _told(one: Finding) -> str:
    speed = "baseline" if one.arm.baseline else f"speed-up {ratio_text(one.speedup_over_baseline)}"
    error, ulp = (significant(number, 2) for number in (one.error_over_tolerance, one.max_ulp))
    return f"{speed}\nerror/tolerance {error}, {ulp} ulp at most"
