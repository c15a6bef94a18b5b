"""What speed costs in accuracy, or does not: the errors of each case beside its speed-up."""

from msgspec.structs import replace

from ...analyse.analysis import Analysis
from ...store.worker_records import Outcome
from ...units import significant
from ..charts import accuracy
from ..charts.drawn import left_out
from ..checked import of_errors
from ..parts import Figure, Section, code, plain
from ..phrases import label, named, titled
from .subject import Subject

#: Where every error is at most this part of its tolerance, errors differ by the order of summation alone.
_ALIKE = 0.5


def section(analysis: Analysis) -> Section | None:
    """Return one figure for each group in which at least two cases have a time and are verified, and one is off."""
    figures = tuple(found for place in range(len(analysis.groups)) if (found := _figure(analysis, place)) is not None)
    text = (
        f"Errors are those of the worst component, output and round. {of_errors(analysis.run.checks)}: within it, "
        "errors differ by the order of summation, not by right and wrong."
    )
    return Section(title="Accuracy beside speed", paragraphs=(text,), figures=figures) if figures else None


def told(analysis: Analysis) -> str | None:
    """Return the gist where all cases are about as accurate, dtype by dtype; None where they are not."""
    errors = _errors(analysis)
    largest = {dtype: max(found.values()) for dtype, found in errors.items()}
    if sum(map(len, errors.values())) < 2 or max(largest.values()) > _ALIKE:
        return None
    wrong = any(one.outcome == Outcome.WRONG for group in analysis.groups for one in group.findings)
    who = "All that have a time" if wrong else "All"
    if not any(largest.values()):
        return f"{who} are exact: no result differs from what is expected."
    several = len(errors) > 1
    parts = [
        f"{significant(most, 2)} of its tolerance ({max(errors[dtype], key=errors[dtype].__getitem__)}"
        f"{f', {plain(dtype)}' if several else ''})"
        for dtype, most in largest.items()
    ]
    each = ", each dtype by its own tolerance" if several else ""
    return f"{who} are accurate{each}: the largest error is {' and '.join(parts)}. No speed was bought with accuracy."


def _errors(analysis: Analysis) -> dict[str, dict[str, float]]:
    """Return dtype -> case -> its largest error over its tolerance, of every case that has a time."""
    found: dict[str, dict[str, float]] = {}
    for group in analysis.groups:
        for one in group.ok:
            if one.error_over_tolerance is not None:
                errors, name = found.setdefault(one.arm.case.dtype, {}), code(label(one.arm.case, group))
                errors[name] = max(errors.get(name, 0.0), one.error_over_tolerance)
    return found


def _figure(analysis: Analysis, place: int) -> Figure | None:
    charts, group = accuracy.beside_speed(analysis, place), analysis.groups[place]
    if not charts or not any(one.error_over_tolerance for one in accuracy.verified(group)):
        return None
    numbers = "; ".join(
        f"{code(label(one.arm.case, group))} {significant(one.error_over_tolerance, 2)} and "
        f"{significant(one.max_ulp, 2)} ulp"
        for one in accuracy.verified(group)
    )
    title = titled(f"Accuracy of {plain(analysis.run.problem.name)} beside speed", group, analysis.groups)
    caption = (
        f"{title}, fastest on top, log axes: speed-up, largest error over its tolerance, and largest error in units in "
        f"the last place.{left_out(group)} {numbers}."
    )
    panels = tuple(replace(one, title="") for one in charts)
    return Figure(name=named("accuracy", group, analysis.groups), caption=caption, charts=panels, columns=len(panels))


SUBJECT = Subject(
    id="accuracy",
    title="Accuracy beside speed",
    section=section,
    charts=accuracy.charts,
    place=110,
    shown="title",
    told=told,
    is_of_one_size=True,
    charts_of_one_size=True,
)
