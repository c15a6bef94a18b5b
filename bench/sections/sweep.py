"""A run over many sizes: who is the fastest from where to where, who overtakes whom, and how time grows."""

from collections.abc import Sequence

from ..document import Cell, Column, Section, Table, code, plain
from ..measurement import Run
from ..stats import MIN_ROUNDS, Estimate, Interval
from ..sweep import Growth, Overtaking, Place, Sweep, sweeps
from ..units import DASH, seconds_in, significant, time_text, time_unit
from ..verdict import GroupFindings
from . import sweep_figures
from .wording import blas_text, counted, margin_text, ratio_text

#: Text for two or more that were not told apart.
_OR = " ~ "

_EXPLAINED = (
    "One overtakes another where the ratio of their times, measured in the same rounds at each size and interpolated "
    "between sizes on log axes, is 1; in brackets the sizes at which its 95 % interval holds 1. It counts only if a "
    "difference above the margin of {margin} was shown on both sides."
)
_ALL_SIZES = (
    "Each size has its table of cases below; figures of single sizes (speed-ups, samples, accuracy) are left out of "
    "a report over many."
)
_GROWTH = (
    "Growth is s of time ~ {parameter}^s: in each round the least-squares slope of log time on log {parameter}, over "
    "rounds the Hodges-Lehmann estimate with its signed-rank interval. Times of different sizes are paired by the "
    "index of the round, which measures the sizes one after the other; a drift within a round is in the interval."
)


def section(run: Run, groups: tuple[GroupFindings, ...]) -> Section | None:
    """Return the sweeps of a run; None where it has none."""
    found = sweeps(run, groups)
    if not found:
        return None
    growth = any(one.steps for one in found)
    explained = [_ALL_SIZES, _EXPLAINED.format(margin=margin_text(groups[0].margin))]
    explained += [_GROWTH.format(parameter=found[0].parameter)] if growth else []
    tables = [fastest_table(found)]
    for one in found:
        tables += [table for table in (_times(one, found), overtaking_table(one, found), _growth(one, found)) if table]
        tables += [table for table in (_steps(one, found),) if table]
    return Section(
        title=f"Over sizes: {found[0].parameter}",
        paragraphs=(*(text for one in found for text in (*_left_out(one), *_grows(one))), *explained),
        tables=tuple(tables),
        figures=sweep_figures.figures(run, found),
    )


def brief(run: Run, groups: tuple[GroupFindings, ...]) -> Section | None:
    """Return what a terminal shows of the sweeps in place of a table for each size."""
    found = sweeps(run, groups)
    if not found:
        return None
    tables = [fastest_table(found).for_people()]
    tables += [table.for_people() for one in found if (table := overtaking_table(one, found))]
    return Section(
        title="Over sizes",
        paragraphs=tuple(text for one in found for text in (*_left_out(one), *_grows(one))),
        tables=tuple(tables),
    )


def condition(run: Run, one: Sweep) -> str:
    """Return what all sizes have in common, as in ``n=64, p=25, float64, 1 thread``."""
    fixed = [f"{plain(key)}={value}" for key, value in one.fixed.items()]
    arm = next((finding.arm.name for place in one.places for finding in place.timed.values()), "")
    blas = blas_text(run, arm)
    return ", ".join([*fixed, conditions(one), *([blas] if blas else [])])


def conditions(one: Sweep) -> str:
    """Return dtype, threads, and allocator and data where they are not the usual ones."""
    case = one.case
    parts = [
        case.dtype,
        None if case.threads is None else counted(case.threads, "thread"),
        None if case.allocator == "default" else f"allocator {plain(case.allocator)}",
        f"{plain(case.data)} data" if case.data else None,
    ]
    return ", ".join(part for part in parts if part)


def sentences(run: Run, found: Sequence[Sweep]) -> list[str]:
    """Return the answer of a run over sizes: who is the fastest from where to where, who overtakes whom, and doubts."""
    return [text for one in found for text in (_ruling(run, one), _overtaking(one), *_doubts(one)) if text]


def _ruling(run: Run, one: Sweep) -> str:
    """Return who is the fastest from where to where."""
    name, values = plain(one.parameter), one.values
    where = f"{name} from {values[0]} to {values[-1]} ({condition(run, one)})"
    if not one.reigns:
        return f"No implementation of {plain(run.problem.name)} has a time for {where}."
    parts = []
    for reign in one.reigns:
        first, last = values[reign.first], values[reign.last]
        span = f"at {name}={first}" if first == last else f"from {name}={first} to {last}"
        parts.append(f"{span} {_names(reign.names)}")
    if len(one.reigns) == 1 and one.reigns[0].last - one.reigns[0].first == len(values) - 1:
        return f"The fastest for every {where}: {_names(one.reigns[0].names)}."
    return f"The fastest for {where}: {'; '.join(parts)}."


def _names(names: Sequence[str]) -> str:
    if len(names) == 1:
        return code(names[0])
    return f"{' or '.join(map(code, names))} (not told apart)"


def _overtaking(one: Sweep) -> str:
    """Return the crossings that matter to who wants the fastest."""
    if one.turns:
        texts = [f"{code(each.winner)} overtakes {code(each.loser)} at {_at(one, each)}" for each in one.turns]
        return f"{'; '.join(texts)}."
    if len(one.names) < 2 or not any(len(place.timed) > 1 for place in one.places):
        return ""
    return "No implementation was shown to overtake the baseline or the fastest within these sizes."


def _at(one: Sweep, each: Overtaking) -> str:
    """Return as in ``m = 260 [240, 290]``: three digits, the interval to the same place."""
    crossing = each.crossing
    return (
        f"{plain(one.parameter)} = {significant(crossing.at)} "
        f"[{significant(crossing.low)}, {significant(crossing.high)}]"
    )


def _doubts(one: Sweep) -> list[str]:
    """Return at which sizes there were too few rounds, and at which the machine was too noisy."""
    short = [p.value for p in one.places if p.timed and max(t.rounds for t in p.timed.values()) < MIN_ROUNDS]
    noisy = [place.value for place in one.places if place.group.too_noisy]
    texts = []
    if short:
        texts.append(
            f"Fewer than {MIN_ROUNDS} rounds, hence no interval and no verdict, at {_at_sizes(one, short)}: the "
            "fastest there is the one with the shortest times, and more time (`--budget`) may say otherwise."
        )
    if noisy:
        margin = margin_text(one.places[0].group.margin)
        texts.append(
            f"The machine was too noisy for a margin of {margin} at {_at_sizes(one, noisy)}: there the baseline, "
            "measured twice, differed from itself by too much."
        )
    return texts


def _at_sizes(one: Sweep, values: Sequence[int]) -> str:
    """Return as in ``m=100, 200, 500``."""
    return f"{plain(one.parameter)}={', '.join(map(str, values))}"


def _left_out(one: Sweep) -> list[str]:
    """Return which implementations have no time at which sizes, with the reason at the first of them."""
    alike: dict[tuple[str, str], list[str]] = {}
    for name in one.names:
        without = [place for place in one.places if name in place.left]
        if without:
            everywhere = len(without) == len(one.places)
            sizes = "at any size" if everywhere else f"at {_at_sizes(one, [place.value for place in without])}"
            alike.setdefault((sizes, plain(without[0].left[name])), []).append(code(name))
    return [
        f"{', '.join(names)} {'has' if len(names) == 1 else 'have'} no time {sizes}: {reason}."
        for (sizes, reason), names in alike.items()
    ]


def _grows(one: Sweep) -> list[str]:
    """Return how the time of each grows over the largest decade."""
    if not one.growth:
        return []
    name = plain(one.parameter)
    parts = [
        f"{code(each.name)} {name}^{estimate_text(each.slope)} ({name} from {each.first} to {each.last})"
        for each in one.growth
    ]
    return [f"Time grows as: {', '.join(parts)}."]


def estimate_text(found: Estimate) -> str:
    """Return as in ``1.02 [1.01, 1.04]``."""
    if found.interval is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} [{found.interval.low:.2f}, {found.interval.high:.2f}]"


def fastest_table(found: Sequence[Sweep]) -> Table:
    """Return sizes x conditions: the fastest, and those not told apart from it; alone, with time and speed-up."""
    alone = len(found) == 1
    unit = _time_unit(found)
    columns = [Column(name=found[0].parameter, header=plain(found[0].parameter))]
    for one in found:
        suffix = "" if alone else f"_{_slug(one)}"
        columns += [
            Column(name=f"fastest{suffix}", header="fastest" if alone else conditions(one), right=False),
            Column(name=f"seconds_per_call{suffix}", header=f"time [{unit}]", shown=alone),
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
        first.seconds_per_call.value
        for one in found
        for place in one.places
        if place.leaders and (first := place.timed[place.leaders[0]]).seconds_per_call
    )
    return time_unit(times[len(times) // 2 :][:1])


def _fastest(place: Place | None, unit: str) -> tuple[Cell, Cell, Cell, Cell]:
    if place is None or not place.leaders:
        return Cell.of(None), Cell.of(None), Cell.of(None), Cell.of(None)
    first = place.timed[place.leaders[0]]
    seconds = first.seconds_per_call.value if first.seconds_per_call else None
    ratio = first.speedup_over_baseline
    return (
        Cell.of(_OR.join(place.leaders)),
        Cell(value=seconds, text=seconds_in(unit, seconds)),
        Cell(value=ratio.value if ratio else None, text="1x" if first.arm.baseline else ratio_text(ratio)),
        Cell.of(first.rounds),
    )


def _times(one: Sweep, found: Sequence[Sweep]) -> Table:
    """Return sizes x implementations: the time of a call, and for programs its interval."""
    columns = [Column(name=one.parameter, header=plain(one.parameter))]
    for name in one.names:
        stem = f"seconds_per_call_{name}"
        columns.append(Column(name=stem, header=plain(name)))
        columns += [Column(name=f"{stem}_{end}", header=end, shown=False) for end in ("low", "high")]
    rows = []
    for place in one.places:
        cells = [Cell.of(place.value)]
        for name in one.names:
            time = place.timed[name].seconds_per_call if name in place.timed else None
            value = time.value if time else None
            cells += [Cell(value=value, text=time_text(value)), *_ends(time.interval if time else None)]
        rows.append(tuple(cells))
    title = _titled("Time of a call", one, found)
    return Table(name=_named("times", one, found), title=title, columns=tuple(columns), rows=tuple(rows))


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
            Column(name="at", header=f"at {name} =", right=False),
            Column(name="at_low", header="low", shown=False),
            Column(name="at_high", header="high", shown=False),
            Column(name="changes_the_fastest", header="changes the fastest", right=False),
        ),
        rows=tuple(
            (
                Cell.of(each.winner),
                Cell.of(each.loser),
                Cell(value=each.crossing.at, text=_at(one, each).partition(" = ")[2]),
                *_ends(Interval(low=each.crossing.low, high=each.crossing.high)),
                Cell(value=each.fastest, text="yes" if each.fastest else DASH),
            )
            for each in one.overtakings
        ),
    )


def _growth(one: Sweep, found: Sequence[Sweep]) -> Table | None:
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
            Column(name="slope_low", header="low", shown=False),
            Column(name="slope_high", header="high", shown=False),
            Column(name="rounds", header="rounds"),
        ),
        rows=tuple((Cell.of(each.name), *_slope(each), Cell.of(each.slope.rounds)) for each in one.growth),
    )


def _slope(each: Growth) -> tuple[Cell, ...]:
    value = Cell(value=each.slope.value, text=estimate_text(each.slope))
    return Cell.of(each.first), Cell.of(each.last), value, *_ends(each.slope.interval)


def _steps(one: Sweep, found: Sequence[Sweep]) -> Table | None:
    """Return steps from size to size x implementations: the local slope, and for programs its interval."""
    spans = sorted({(each.first, each.last) for each in one.steps})
    if not spans:
        return None
    by_span = {(each.name, each.first, each.last): each.slope for each in one.steps}
    columns = [Column(name="first", header="from"), Column(name="last", header="to")]
    for name in one.names:
        columns.append(Column(name=f"slope_{name}", header=plain(name)))
        columns += [Column(name=f"slope_{name}_{end}", header=end, shown=False) for end in ("low", "high")]
    rows = []
    for first, last in spans:
        cells = [Cell.of(first), Cell.of(last)]
        for name in one.names:
            slope = by_span.get((name, first, last))
            value = slope.value if slope else None
            cells.append(Cell(value=value, text=DASH if value is None else f"{value:.2f}"))
            cells += _ends(slope.interval if slope else None)
        rows.append(tuple(cells))
    title = _titled("Growth from size to size: s between neighbours", one, found)
    return Table(name=_named("growth-steps", one, found), title=title, columns=tuple(columns), rows=tuple(rows))


def _ends(interval: Interval | None) -> tuple[Cell, Cell]:
    return Cell.of(interval.low if interval else None), Cell.of(interval.high if interval else None)


def _slug(one: Sweep) -> str:
    """Return the condition as part of a file's or a column's name."""
    return conditions(one).replace(", ", "-").replace(" ", "")


def _named(stem: str, one: Sweep, found: Sequence[Sweep]) -> str:
    return stem if len(found) == 1 else f"{stem}-{_slug(one)}"


def _titled(title: str, one: Sweep, found: Sequence[Sweep]) -> str:
    return title if len(found) == 1 else f"{title}: {conditions(one)}"
