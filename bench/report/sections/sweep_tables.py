"""The tables of a sweep: the fastest at each size, times, who overtakes whom, and how time grows."""

from collections.abc import Sequence
from math import inf

from ...analyse.growth import Growth
from ...analyse.sweep import Overtaking, Place, Sweep
from ...stats.intervals import Estimate
from ...store.worker_records import Outcome
from ...units import DASH, seconds_in, significant, time_text, time_unit
from ..estimates import bound_cells, bound_columns, value_cell, value_of
from ..parts import Cell, Column, Table, plain
from ..phrases import conditions_of, estimate_text, ratio_text

#: How the reason begins of what the budget did not pay for.
_UNPAID = "not measured: budget"

#: An exponent that is greater by so much from the last size but one is told.
_STEEPER = 0.1

#: Text for two or more that were not told apart.
OR = " ~ "


def _crossing_text(each: Overtaking) -> str:
    """Return as in ``260 [240, 290]``: three digits, the interval to the same place."""
    at, low, high = map(significant, (each.crossing.at, each.crossing.low, each.crossing.high))
    return f"{at} [{low}, {high}]"


def fastest_table(found: Sequence[Sweep]) -> Table:
    """Return sizes x conditions: the fastest, and those not told apart from it; alone, with time and speed-up."""
    alone = len(found) == 1
    unit = _time_unit(found)
    columns = [Column(name=found[0].parameter, header=plain(found[0].parameter))]
    for one in found:
        suffix = "" if alone else f"_{slug(one)}"
        columns += [
            Column(name=f"fastest{suffix}", header="fastest" if alone else conditions_of(one), right=False),
            Column(name=f"min_seconds_per_call{suffix}", header=f"min time [{unit}]", shown=alone),
            Column(name=f"speedup_over_baseline{suffix}", header="speed-up", shown=alone, bar=alone),
            Column(name=f"rounds{suffix}", header="rounds", shown=alone, dispensable=1),
        ]
    values = sorted({value for one in found for value in one.values})
    by_value = [{place.value: place for place in one.places} for one in found]
    rows = [
        (Cell.of(value), *(cell for places in by_value for cell in _fastest(places.get(value), unit)))
        for value in values
    ]
    return Table(
        name="fastest",
        title=f"The fastest by {plain(found[0].parameter)}; ~ joins those not told apart from it",
        columns=tuple(columns),
        rows=tuple(rows),
    )


def _time_unit(found: Sequence[Sweep]) -> str:
    """Return the unit of the middle one of the fastest's times, which may differ by orders of magnitude."""
    times = sorted(
        first.min_seconds_per_call.value
        for one in found
        for place in one.places
        if place.leaders and (first := place.timed[place.leaders[0]]).min_seconds_per_call
    )
    return time_unit(times[len(times) // 2 :][:1])


def _fastest(place: Place | None, unit: str) -> tuple[Cell, Cell, Cell, Cell]:
    if place is None or not place.leaders:
        return Cell.of(_why_none(place)), Cell.of(None), Cell.of(None), Cell.of(None)
    first = place.timed[place.leaders[0]]
    seconds = value_of(first.min_seconds_per_call)
    ratio = first.speedup_over_baseline
    return (
        Cell.of(OR.join(place.leaders)),
        Cell(value=seconds, text=seconds_in(unit, seconds)),
        value_cell(ratio, "1x" if first.arm.baseline else ratio_text(ratio)),
        Cell.of(first.rounds),
    )


def _why_none(place: Place | None) -> str | None:
    """Return that the budget did not pay for a size, if that is why nobody is the fastest there."""
    unpaid = place is not None and any(reason.startswith(_UNPAID) for reason in place.left.values())
    return _UNPAID if unpaid else None


def _missing(place: Place, name: str) -> str:
    """Return in a word why there is no time at a size, as ``not measured`` or ``unsupported``."""
    outcome = place.left.get(name, "").partition(":")[0]
    return DASH if outcome in ("", Outcome.OK.value) else outcome


def times_table(one: Sweep, found: Sequence[Sweep]) -> Table:
    """Return sizes x implementations: the min time of a call, and for programs its interval."""
    columns = [Column(name=one.parameter, header=plain(one.parameter))]
    ranks = _ranks(one)
    for name in one.names:
        stem = f"min_seconds_per_call_{name}"
        columns.append(Column(name=stem, header=plain(name), dispensable=ranks[name]))
        columns += bound_columns(stem)
    rows = []
    for place in one.places:
        cells = [Cell.of(place.value)]
        for name in one.names:
            time = _time(place, name)
            text = time_text(time.value) if time else _missing(place, name)
            cells += [value_cell(time, text), *bound_cells(time)]
        rows.append(tuple(cells))
    title = _titled("Min time of a call", one, found)
    return Table(name=_named("times", one, found), title=title, columns=tuple(columns), rows=tuple(rows))


def _ranks(one: Sweep) -> dict[str, int]:
    """Return what a narrow terminal leaves out first: the slowest at the largest sizes, but never the baseline."""

    def largest(name: str) -> tuple[float, float]:
        timed = [(place.value, time.value) for place in one.places if (time := _time(place, name))]
        return (-timed[-1][0], timed[-1][1]) if timed else (inf, inf)

    ranked = enumerate(sorted(one.names, key=largest))
    return {name: 0 if name == one.baseline else rank for rank, name in ranked}


def _time(place: Place, name: str) -> Estimate | None:
    """Return the min time of a call at a size, None where it has none."""
    return place.timed[name].min_seconds_per_call if name in place.timed else None


def overtaking_table(one: Sweep, found: Sequence[Sweep]) -> Table | None:
    """Return who overtakes whom, and where; None where nobody does."""
    if not one.overtakings:
        return None
    name = plain(one.parameter)
    return Table(
        name=_named("overtaking", one, found),
        title=_titled(f"Who overtakes whom as {name} grows", one, found),
        columns=(
            Column(name="winner", header="faster above", right=False),
            Column(name="loser", header="faster below", right=False),
            Column(name="after", header=f"between {name} ="),
            Column(name="before", header="and"),
            Column(name="at", header="interpolated", right=False),
            *bound_columns("at"),
            Column(name="changes_the_fastest", header="changes the fastest", right=False),
        ),
        rows=tuple(
            (
                Cell.of(each.winner),
                Cell.of(each.loser),
                Cell.of(round(each.crossing.after)),
                Cell.of(round(each.crossing.before)),
                Cell(value=each.crossing.at, text=_crossing_text(each)),
                Cell.of(each.crossing.low),
                Cell.of(each.crossing.high),
                Cell(value=each.fastest, text="yes" if each.fastest else DASH),
            )
            for each in one.overtakings
        ),
    )


def growth_table(one: Sweep, found: Sequence[Sweep]) -> Table | None:
    """Return the slope of each implementation over the largest decade."""
    if not one.growth:
        return None
    title = _titled(f"Growth: s of time ~ {plain(one.parameter)}^s over the largest decade", one, found)
    return Table(
        name=_named("growth", one, found),
        title=title,
        columns=(
            Column(name="implementation", header="implementation", right=False),
            Column(name="first", header="from"),
            Column(name="last", header="to"),
            Column(name="slope", header="s", right=False),
            *bound_columns("slope"),
            Column(name="rounds", header="rounds"),
        ),
        rows=tuple((Cell.of(each.name), *_slope(each), Cell.of(each.slope.rounds)) for each in one.growth),
    )


def growth_text(one: Sweep, each: Growth) -> str:
    """Return as in ``m^0.76 [0.75, 0.77] (m from 100 to 1000; from 500 to 1000 m^0.89)``.

    What follows the semicolon is told where time surely grows faster at the end: a fixed cost counts for less there.
    """
    name, whole = plain(one.parameter), each.slope
    last = next((step for step in one.steps if (step.name, step.last) == (each.name, each.last)), None)
    end = ""
    if last and last.slope.interval and last.slope.interval.low > whole.value + _STEEPER:
        end = f"; from {last.first} to {last.last} {name}^{significant(last.slope.value, 2)}"
    return f"{name}^{estimate_text(whole)} ({name} from {each.first} to {each.last}{end})"


def _slope(each: Growth) -> tuple[Cell, ...]:
    value = value_cell(each.slope, estimate_text(each.slope))
    return Cell.of(each.first), Cell.of(each.last), value, *bound_cells(each.slope)


def steps_table(one: Sweep, found: Sequence[Sweep]) -> Table | None:
    """Return steps from size to size x implementations: the local slope, and for programs its interval."""
    spans = sorted({(each.first, each.last) for each in one.steps})
    if not spans:
        return None
    by_span = {(each.name, each.first, each.last): each.slope for each in one.steps}
    columns = [Column(name="first", header="from"), Column(name="last", header="to")]
    for name in one.names:
        columns.append(Column(name=f"slope_{name}", header=plain(name)))
        columns += bound_columns(f"slope_{name}")
    rows = []
    for first, last in spans:
        cells = [Cell.of(first), Cell.of(last)]
        for name in one.names:
            slope = by_span.get((name, first, last))
            cells += [value_cell(slope, f"{slope.value:.2f}" if slope else DASH), *bound_cells(slope)]
        rows.append(tuple(cells))
    title = _titled("Growth from size to size: s between neighbours", one, found)
    return Table(name=_named("growth-steps", one, found), title=title, columns=tuple(columns), rows=tuple(rows))


def slug(one: Sweep) -> str:
    """Return the condition as part of a file's or a column's name."""
    return conditions_of(one).replace(", ", "-").replace(" ", "")


def _named(stem: str, one: Sweep, found: Sequence[Sweep]) -> str:
    return stem if len(found) == 1 else f"{stem}-{slug(one)}"


def _titled(title: str, one: Sweep, found: Sequence[Sweep]) -> str:
    return title if len(found) == 1 else f"{title}: {conditions_of(one)}"
