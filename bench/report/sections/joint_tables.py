"""The tables of several runs side by side: speed-ups, times of like machines, and what is not the same."""

import re
from collections.abc import Iterator, Sequence

from ...analyse.joint import Block, Result, Row, Together
from ...units import DASH, seconds_in, time_unit, times
from ..estimates import bound_cells, bound_columns, value_cell
from ..parts import Cell, Column, Table, plain
from ..phrases import counted, layout_text, margin_text, ratio_text
from . import environment

#: A digest or a commit, and how much of it people see.
_HEXADECIMAL, _DIGITS = re.compile(r"[0-9a-f]{32,}"), 12

#: Pairs of runs that a cell names.
_NAMED_PAIRS = 3

#: What identifies a run in words; it differs always, and stands first.
_ALWAYS = ("run", "made")

#: Subjects that begin so are no property of a run: the load at its beginning, and the work, named by the condition.
_PASSING = ("before ", "work of one call")


def labels(found: Together) -> tuple[str, ...]:
    """Return a short name for each run: its number, and what sets it apart from all others in one word.

    As in ``1: retain``: the first condition, or else fact, of which each run has another value.
    """
    facts = [environment.facts(run) for run in found.runs]
    known = [[plain(value) for value in values] for values in found.conditions.values()]
    known += [[one.get(subject, "") for one in facts] for subject in ("CPU", "BLAS", "NumPy", "Python")]
    known += [[plain(run.created[:16]).replace("T", " ") for run in found.runs]]
    known += [[plain(run.created) for run in found.runs]]
    chosen = next((one for one in known if all(one) and len(set(one)) == len(one)), [""] * len(facts))
    return tuple(f"{place}: {name}" if name else str(place) for place, name in enumerate(chosen, start=1))


def condition_text(block: Block) -> str:
    """Return what sets a block apart, as in ``m=500, float64, 2 threads``; empty where there is one only."""
    texts = {
        "threads": lambda value: counted(int(value), "thread") if value.isdigit() else f"{value} threads",
        "allocator": lambda value: f"allocator {value}",
        "data": lambda value: f"{value} data",
        "caches": lambda value: f"{value} caches",
    }
    return ", ".join(plain(texts.get(axis, str)(value)) for axis, value in block.condition.items())


def pairs_text(pairs: Sequence[tuple[int, int]]) -> str:
    """Return as in ``runs 1 and 2, 1 and 3``."""
    named = ", ".join(f"{first + 1} and {second + 1}" for first, second in pairs[:_NAMED_PAIRS])
    more = len(pairs) - _NAMED_PAIRS
    return f"runs {named}" + (f" and {more} more" if more > 0 else "")


def speedup_table(found: Together) -> Table:
    """Return cases x runs: speed-ups over each run's own baseline, or the outcome of what has none."""
    columns = [
        Column(name="condition", header="condition", right=False, shown=len(found.blocks) > 1),
        Column(name="case", header="case", right=False),
    ]
    for place, label in enumerate(labels(found), start=1):
        stem = f"speedup_over_baseline_{place}"
        columns.append(Column(name=stem, header=label))
        columns += bound_columns(stem, f"{stem}_")
        hidden = [f"{name}_{place}" for name in ("verdict", "outcome", "rounds")]
        columns += [Column(name=name, header=name, shown=False) for name in hidden]
    columns += [
        Column(name="largest_over_smallest", header="largest / smallest"),
        Column(name="intervals", header="intervals", right=False),
    ]
    rows = tuple(_row(block, row) for block in found.blocks for row in block.rows)
    return Table(name="speedups", title="Speed-up over the baseline by run", columns=tuple(columns), rows=rows)


def _row(block: Block, row: Row) -> tuple[Cell, ...]:
    cells = [Cell.of(condition_text(block) or None), Cell.of(row.name)]
    for result in row.results:
        speedup = result.speedup if result else None
        cells += [value_cell(speedup, _result_text(result)), *bound_cells(speedup)]
        cells += [Cell.of(value) for value in _said(result)]
    apart = row.apart
    text = None if apart is None else f"apart: {pairs_text(apart)}" if apart else "overlap"
    return (*cells, Cell(value=row.spread, text=times(row.spread)), Cell.of(text))


def _said(result: Result | None) -> tuple[str | None, str | None, int | None]:
    """Return verdict, outcome and rounds, for programs."""
    if result is None:
        return None, None, None
    return (
        "baseline" if result.baseline else result.verdict and result.verdict.value,
        result.outcome.value,
        result.rounds or None,
    )


def _result_text(result: Result | None) -> str:
    if result is None:
        return DASH
    if result.speedup is None:
        return result.outcome.value if result.min_seconds_per_call is None else DASH
    return "1x" if result.baseline else ratio_text(result.speedup)


def time_tables(found: Together) -> Iterator[Table]:
    """Yield one table for the runs of each machine that has several: min times, as the ratios are made from."""
    names = labels(found)
    for number, places in enumerate(found.of_one_machine, start=1):
        timed = [
            (block, row) for block in found.blocks for row in block.rows if any(_seconds(row, at) for at in places)
        ]
        unit = time_unit(_seconds(row, place) for _block, row in timed for place in places)
        columns = [
            Column(name="condition", header="condition", right=False, shown=len(found.blocks) > 1),
            Column(name="case", header="case", right=False),
            *(Column(name=f"min_seconds_per_call_{place + 1}", header=f"{names[place]} [{unit}]") for place in places),
        ]
        rows = tuple(
            (
                Cell.of(condition_text(block) or None),
                Cell.of(row.name),
                *(Cell(value=(value := _seconds(row, place)), text=seconds_in(unit, value)) for place in places),
            )
            for block, row in timed
        )
        stem = "times" if len(found.of_one_machine) == 1 else f"times-{number}"
        yield Table(
            name=stem,
            title="Min time of one call, from burst minima, median over rounds",
            columns=tuple(columns),
            rows=rows,
        )


def _seconds(row: Row, place: int) -> float | None:
    one = row.results[place]
    return one.min_seconds_per_call.value if one and one.min_seconds_per_call else None


def difference_table(found: Together) -> Table:
    """Return subjects x runs, only what is not the same in all of them."""
    return Table(
        name="differences",
        title="What is not the same in all runs",
        columns=(
            Column(name="subject", header="subject", right=False),
            *(
                Column(name=f"run_{place}", header=f"run {place}", right=False)
                for place in range(1, len(found.runs) + 1)
            ),
        ),
        rows=tuple(
            (Cell.of(subject), *(Cell(value=text or None, text=_shortened(text) or DASH) for text in texts))
            for subject, texts in _differences(found)
        ),
    )


def _shortened(text: str) -> str:
    """Return the beginning of a digest or a commit, which tells two apart; the file for programs has it whole."""
    return text[:_DIGITS] if _HEXADECIMAL.fullmatch(text) else text


def _differences(found: Together) -> Iterator[tuple[str, tuple[str, ...]]]:
    facts = [environment.facts(run) for run in found.runs]
    for subject in _ALWAYS:
        yield subject, tuple(one.get(subject, "") for one in facts)
    for axis, values in found.conditions.items():
        if len(set(values)) > 1:
            yield axis, tuple(layout_text(value) if axis == "layout" else plain(value) for value in values)
    margins = [analysis.margin for analysis in found.analyses]
    if len(set(margins)) > 1:
        yield "margin", tuple(map(margin_text, margins))
    shown = {*_ALWAYS, *found.conditions}
    for subject in dict.fromkeys(subject for one in facts for subject in one):
        texts = tuple(one.get(subject, "") for one in facts)
        if subject not in shown and not subject.startswith(_PASSING) and len(set(texts)) > 1:
            yield subject.removeprefix("distributions "), texts
