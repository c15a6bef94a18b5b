"""Which of many is the best: the answer of a run that was made to find that out, and who was out when."""

from collections.abc import Iterator, Sequence

from ...analyse.analysis import Analysis
from ...analyse.findings import GroupFindings
from ...analyse.verdict import Ratio
from ...stats.intervals import Estimate
from ...stats.racing import Race
from ...store.records import Run
from ..estimates import bound_cells, bound_columns, value_cell
from ..parts import Cell, Column, Section, Table, code, plain
from ..phrases import condition, counted, label, margin_text, named, ratio_text, times_text, titled
from .subject import Subject

#: So many of those that are left are named in a sentence.
_MOST_NAMED = 8

_COLUMNS = (
    Column(name="implementation", header="implementation", right=False),
    Column(name="out_after_rounds", header="out after"),
    Column(name="ratio", header="times as long"),
    *bound_columns("ratio"),
    Column(name="as", header="as", right=False),
)


#: A case, after how many rounds it was out, and its ratio over another.
_Standing = tuple[str, int | None, Estimate | None, str]


def section(analysis: Analysis) -> Section | None:
    """Return a table of who was out when, and by whom; None where the run was not made to find the best."""
    groups = analysis.groups
    races = [(group, race) for group in groups if (race := analysis.race(group)) is not None]
    if not races:
        return None
    text = (
        "Each case was measured until it was shown to be slower than another by more than the margin: the first two "
        "rounds by size alone, ten times as slow in the first or twice in both, the others by the interval of their "
        "ratio. So what took part for longer is known more exactly."
    )
    return Section(
        title="Who was out when",
        paragraphs=(text,),
        tables=tuple(_table(group, race, groups) for group, race in races),
    )


def sentences(run: Run, group: GroupFindings, race: Race) -> Iterator[str]:
    """Yield the answer for a group, with its error; and how many were out when."""
    names = [_name(name, group) for name in race.left]
    shown = ", ".join(names[:_MOST_NAMED]) + (f" and {len(names) - _MOST_NAMED} more" if names[_MOST_NAMED:] else "")
    first = next(one for one in group.ok if one.arm.name == race.left[0])
    many = f"{len(race.left) + len(race.eliminated)} that compute {plain(run.problem.name)}"
    where = condition(run, group, first)
    if len(names) == 1:
        yield f"{shown} is the fastest of {many} ({where})."
    elif race.settled:
        margin = margin_text(group.margin)
        yield f"The fastest of {many} are {shown}: all within {margin} of {names[0]} ({where})."
    else:
        yield (
            f"The fastest of {many} is one of {shown} ({where}): the time ended before they were told apart "
            "(`--budget` gives it more)."
        )
    error = margin_text(run.settings.best or 0.0)
    yield f"That it is another has a probability of {error} at most. {_out(group, race)}"


def _out(group: GroupFindings, race: Race) -> str:
    """Return how many were out when, and who was the last."""
    rounds = [one.rounds for one in race.eliminated]
    if not rounds:
        return "None of the others was shown to be slower."
    counts = [f"{rounds.count(each)} after {counted(each, 'round')}" for each in dict.fromkeys(rounds)]
    last = race.eliminated[-1]
    name, by, ratio = _name(last.name, group), _name(last.by, group), times_text(Ratio.of(last.log_ratio))
    return f"Out: {', '.join(counts)}; the last, {name}, took {ratio} as long as {by}."


def _name(arm: str, group: GroupFindings) -> str:
    return code(_plain_name(arm, group))


def _plain_name(arm: str, group: GroupFindings) -> str:
    return next(label(one.arm.case, group) for one in group.ok if one.arm.name == arm)


def _table(group: GroupFindings, race: Race, groups: Sequence[GroupFindings]) -> Table:
    """Return a row for each case, those that are left first."""
    leader = next(iter(race.left), "")
    rows: list[_Standing] = [(name, None, race.log_ratios.get(name), leader) for name in race.left]
    rows += [(one.name, one.rounds, one.log_ratio, one.by) for one in race.eliminated]
    return Table(
        name=named("out", group, groups),
        title=titled("Who was out when", group, groups),
        columns=_COLUMNS,
        rows=tuple(_row(group, each) for each in rows),
    )


def _row(group: GroupFindings, of: _Standing) -> tuple[Cell, ...]:
    name, rounds, log_ratio, other = of
    ratio = Ratio.of(log_ratio) if log_ratio else None
    return (
        Cell.of(_plain_name(name, group)),
        Cell.whole(rounds),
        value_cell(ratio, ratio_text(ratio)),
        *bound_cells(ratio),
        Cell.of(None if other == name else _plain_name(other, group)),
    )


SUBJECT = Subject(
    id="best",
    title="Who was out when",
    section=section,
    place=25,
)
