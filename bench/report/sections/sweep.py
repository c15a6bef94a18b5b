"""A run over many sizes: who is the fastest from where to where, who overtakes whom, and how time grows."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ...analyse.analysis import Analysis
from ...analyse.sweep import Place, Sweep
from ...stats.intervals import MIN_ROUNDS
from ...stats.scaling import Reign
from ...store.records import Run
from ...store.worker_records import Outcome
from ..charts import fastest, sweep
from ..parts import Figure, Section, Table, code, plain
from ..phrases import between_text, blas_text, conditions_of, leasts_text, margin_text
from . import startup
from .subject import Subject
from .sweep_tables import (
    fastest_table,
    growth_table,
    growth_text,
    overtaking_table,
    slug,
    steps_table,
    times_table,
)

_EXPLAINED = (
    "One overtakes another between two sizes where a difference above the margin of {margin} was shown at both, the "
    "one way and the other. Interpolated is where the ratio of their times, measured in the same rounds at each size, "
    "is 1 if it is a straight line on log axes from size to size; in brackets where its 95 % interval holds 1."
)
_ALL_SIZES = (
    "Each size has its table of cases below; figures of single sizes (speed-ups, samples, accuracy) are left out of "
    "a report over many."
)
_GROWTH = (
    "Growth is s of time ~ {parameter}^s: in each round the least-squares slope of log time on log {parameter}, over "
    "rounds the Hodges-Lehmann estimate with its signed-rank interval. Times of different sizes are paired by the "
    "number of the round, which has the sizes one after the other; a drift from one to the other is in the interval."
)

#: So many implementations have room beside each other in a table of times, in any terminal.
_FITTING = 4

#: So many sizes are named one by one.
_FEW = 3


def section(analysis: Analysis) -> Section | None:
    """Return the sweeps of a run; None where it has none."""
    found = analysis.sweeps
    if not found:
        return None
    growth = any(one.steps for one in found)
    explained = [_ALL_SIZES, _EXPLAINED.format(margin=leasts_text(analysis.groups))]
    explained += [_GROWTH.format(parameter=found[0].parameter)] if growth else []
    tables = [fastest_table(found)]
    for one in found:
        tables += [
            table
            for table in (times_table(one, found), overtaking_table(one, found), growth_table(one, found))
            if table
        ]
        tables += [table for table in (steps_table(one, found),) if table]
    return Section(
        title=f"Over sizes: {found[0].parameter}",
        paragraphs=(
            *(text for one in found for text in (*_left_out(one), *_grows(one))),
            *startup.compiled(analysis),
            *explained,
        ),
        tables=tuple(tables),
        figures=tuple(_figures(analysis)),
    )


def _figures(analysis: Analysis) -> Iterator[Figure]:
    """Yield a figure of times for each sweep, the map of who is the fastest, and speed-ups by condition."""
    for place, one in enumerate(analysis.sweeps):
        suffix = "" if len(analysis.sweeps) == 1 else f"-{slug(one)}"
        behind = sweep.behind_chart(analysis, place)
        panels = (sweep.time_chart(analysis, place), *([behind] if behind else []))
        caption = _about_times(analysis, one, is_near=behind is not None)
        yield Figure(name=f"times{suffix}", caption=caption, charts=panels)
    leaders = fastest.chart(analysis)
    yield Figure(name="fastest", caption=leaders.caption, charts=(leaders,))
    by_condition = sweep.speedup_charts(analysis)
    if by_condition:
        caption = (
            f"Speed-up of {plain(analysis.run.problem.name)} over the baseline of the same condition, by "
            f"{plain(analysis.sweeps[0].parameter)}: log axes, with 95 % intervals: a panel each for dtype, threads, "
            "allocator and layout."
        )
        yield Figure(name="speedup-by-size", caption=caption, charts=by_condition, columns=2)


def _about_times(analysis: Analysis, one: Sweep, *, is_near: bool) -> str:
    name, marked = plain(one.parameter), _turns(one)
    return (
        f"Min time of a call of {plain(analysis.run.problem.name)} against {name} ({conditions_of(one)}), log axes, "
        "with 95 % intervals"
        + (f"; below, times as long as the fastest at that size, of those within {sweep.FARTHEST:g}" if is_near else "")
        + ". "
        + (f"Dashed, with the interval shaded: {marked}." if marked else "Nobody was shown to overtake anybody.")
    )


def brief(analysis: Analysis) -> Section | None:
    """Return what a terminal shows of the sweeps in place of a table for each size."""
    found = analysis.sweeps
    if not found:
        return None
    tables = [fastest_table(found)]
    for one in found:
        tables += [_all_times(one, found), *filter(None, [overtaking_table(one, found)])]
    return Section(
        title="Over sizes",
        paragraphs=tuple(text for one in found for text in (*_left_out(one), *_grows(one))),
        tables=tuple(table.for_people() for table in tables),
    )


def _all_times(one: Sweep, found: Sequence[Sweep]) -> Table:
    """Return what each takes at each size; its title says what a narrow terminal leaves out."""
    table = times_table(one, found)
    if len(one.names) <= _FITTING:
        return table
    return replace(table, title=f"{table.title} (where not all fit, without the slowest)")


def so_far(analysis: Analysis) -> Section | None:
    """Return the fastest at each size that has a time, while they are measured; None where the run has no sweep."""
    found = analysis.sweeps
    if not found:
        return None
    table = fastest_table(found).for_people()
    timed = {place.value for one in found for place in one.places if place.leaders}
    rows = tuple(row for row in table.rows if row[0].value in timed)
    return Section(title="So far", tables=(replace(table, rows=rows),) if rows else ())


def condition(run: Run, one: Sweep) -> str:
    """Return what all sizes have in common, as in ``n=64, p=25, float64, 1 thread``."""
    fixed = [f"{plain(key)}={value}" for key, value in one.fixed.items()]
    arm = next((finding.arm.name for place in one.places for finding in place.timed.values()), "")
    blas = blas_text(run, arm) if one.takes_arrays else None
    return ", ".join([*fixed, conditions_of(one), *([blas] if blas else [])])


def sentences(run: Run, found: Sequence[Sweep]) -> list[str]:
    """Return the answer of a run over sizes: who is the fastest from where to where, who overtakes whom, and doubts."""
    texts = [(_ruling(run, one), *_wrong(one), _overtaking(one), *_doubts(one)) for one in found]
    return [text for each in texts for text in each if text]


def _ruling(run: Run, one: Sweep) -> str:
    """Return who is the fastest at which of the sizes that were measured; nothing is said of those between."""
    name, under = plain(one.parameter), f"({condition(run, one)})"
    measured = [place.value for place in one.places if place.leaders]
    if not measured:
        where = f"{name} from {one.values[0]} to {one.values[-1]}"
        return f"No implementation of {plain(run.problem.name)} has a time for {where} {under}."
    told = [f"{_names(reign.names)}{_beside(one, reign)}" for reign in one.reigns]
    where = (
        f"measured, {name} from {measured[0]} to {measured[-1]}"
        if len(measured) > 1
        else f"measured, {name}={measured[0]}"
    )
    if len(told) == 1:
        return f"The fastest at each size {where}: {told[0]} {under}."
    parts = [f"{_span(one, reign)} {text}" for reign, text in zip(one.reigns, told, strict=True)]
    return f"The fastest at the {len(measured)} sizes {where}: {'; '.join(parts)} {under}."


def _span(one: Sweep, reign: Reign) -> str:
    """Return the measured sizes of a reign, as in ``at m=1, 2, 5`` or ``at the 5 sizes from m=1 to 20``."""
    values = [place.value for place in one.places[reign.first : reign.last + 1] if place.leaders]
    if len(values) <= _FEW:
        return f"at {at_sizes(one, values)}"
    return f"at the {len(values)} sizes from {plain(one.parameter)}={values[0]} to {values[-1]}"


def _wrong(one: Sweep) -> Iterator[str]:
    """Yield at which sizes one that is the fastest at others gives wrong results."""
    for name in dict.fromkeys(name for reign in one.reigns for name in reign.names):
        sizes = [place.value for place in one.places if place.left.get(name, "").startswith(Outcome.WRONG.value)]
        if sizes:
            yield f"{code(name)} is wrong at {at_sizes(one, sizes)}: do not use it, though it leads elsewhere."


def _beside(one: Sweep, reign: Reign) -> str:
    """Return, after a space, where others are as fast as far as is known; nothing where none is."""
    tied: dict[str, list[int]] = {}
    for place in one.places[reign.first : reign.last + 1]:
        for name in place.leaders:
            if name not in reign.names:
                tied.setdefault(name, []).append(place.value)
    said = [f"{code(name)} at {', '.join(map(str, values))}" for name, values in tied.items()]
    return f" (not told apart: {', '.join(said)})" if said else ""


def _names(names: Sequence[str]) -> str:
    if len(names) == 1:
        return code(names[0])
    return f"{' or '.join(map(code, names))} (not told apart)"


def _turns(one: Sweep) -> str:
    """Return between which sizes who overtakes whom; nothing where nobody does."""
    return "; ".join(
        f"{code(each.winner)} overtakes {code(each.loser)} {between_text(one, each)}" for each in one.turns
    )


def _overtaking(one: Sweep) -> str:
    """Return the crossings that matter to who wants the fastest."""
    if one.turns:
        return f"{_turns(one)}."
    if len(one.names) < 2 or len(one.reigns) == 1 or not any(len(place.timed) > 1 for place in one.places):
        return ""
    return "No implementation was shown to overtake the baseline or the fastest within these sizes."


def _doubts(one: Sweep) -> list[str]:
    """Return at which sizes there were too few rounds, and at which the machine was too noisy."""
    short = [p.value for p in one.places if p.timed and max(t.rounds for t in p.timed.values()) < MIN_ROUNDS]
    noisy = [place.value for place in one.places if place.group.too_noisy]
    texts = []
    if short:
        texts.append(
            f"Fewer than {MIN_ROUNDS} rounds, hence no interval and no verdict, at {at_sizes(one, short)}: the "
            "fastest there is the one with the shortest times, and more time (`--budget`) may say otherwise."
        )
    if noisy:
        margin = margin_text(one.places[0].group.margin)
        texts.append(
            f"The machine was too noisy for a margin of {margin} at {at_sizes(one, noisy)}: there the baseline, "
            "measured twice, differed from itself by too much."
        )
    return texts


def at_sizes(one: Sweep, values: Sequence[int]) -> str:
    """Return as in ``m=100, 200, 500``."""
    return f"{plain(one.parameter)}={', '.join(map(str, values))}"


def _left_out(one: Sweep) -> list[str]:
    """Return which implementations have no time at which sizes, those alike together, with the reason at the first."""
    alike: dict[tuple[str, str], list[str]] = {}
    for name in one.names:
        by_outcome: dict[str, list[Place]] = {}
        for place in one.places:
            if name in place.left:
                by_outcome.setdefault(place.left[name].partition(": ")[0], []).append(place)
        for places in by_outcome.values():
            everywhere = len(places) == len(one.places)
            sizes = "at any size" if everywhere else f"at {at_sizes(one, [place.value for place in places])}"
            alike.setdefault((sizes, plain(places[0].left[name])), []).append(code(name))
    return [
        f"{', '.join(names)} {'has' if len(names) == 1 else 'have'} no time {sizes}: {reason}."
        for (sizes, reason), names in alike.items()
    ]


def _grows(one: Sweep) -> list[str]:
    """Return how the time of each grows over the largest decade, where the rounds give that an interval."""
    if not one.growth:
        return []
    parts = [f"{code(each.name)} {growth_text(one, each)}" for each in one.growth]
    return [f"Time grows as: {', '.join(parts)}."]


SUBJECT = Subject(
    id="sizes",
    title="Over sizes",
    section=section,
    charts=sweep.charts,
    place=20,
    shown="charts",
)
