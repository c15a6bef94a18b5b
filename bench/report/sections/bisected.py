"""What a search for a commit has found: the answer, the commits that were compared, what threatens it."""

from collections.abc import Iterator

from ...analyse.verdict import Ratio
from ...units import DASH
from ...versions.ancestry import Commit
from ...versions.bisection import Bisection, State, Tried
from ..estimates import bound_cells, value_cell
from ..parts import Cell, Column, Section, Table, code, plain
from ..phrases import counted, gain_text, margin_text, ratio_text

_COLUMNS = (
    Column(name="commit", header="commit", right=False),
    Column(name="author_date", header="author date", right=False, dispensable=3),
    Column(name="subject", header="subject", right=False, dispensable=2),
    Column(name="ratio_commit_over_good", header="time COMMIT/GOOD"),
    Column(name="low", header="low", shown=False),
    Column(name="high", header="high", shown=False),
    Column(name="verdict", header="verdict", right=False),
    Column(name="rounds", header="rounds", dispensable=1),
    Column(name="reason", header="reason", right=False, shown=False),
)

#: As comparisons call the two, in their reasons.
_SIDES = "BASE is GOOD, HEAD the commit"


def sections(found: Bisection) -> tuple[Section, ...]:
    """Return the sections of a search, in reading order."""
    answer = Section(title="Answer", kind="answer", paragraphs=(sentence(found), *_details(found)))
    return (
        answer,
        Section(title="Commits", tables=(_table(found),), paragraphs=tuple(_skipped(found))),
        Section(title="What threatens these numbers", paragraphs=tuple(f"Warning: {plain(w)}" for w in found.warnings)),
    )


def sentence(found: Bisection) -> str:
    """Return the one sentence that answers which commit it was."""
    last = found.tried[len(found.path) - 1]
    case, good, bad = code(found.case), plain(found.good), plain(found.bad)
    if last.state == State.NOT_SLOWER:
        why = "the two are the same code" if last.log_ratio is None else f"time BAD/GOOD {_ratio(last)}"
        slower = f"slower by {margin_text(found.margin)} or more"
        return f"Nothing to find: {case} is not {slower} in BAD ({bad}) than in GOOD ({good}): {why}."
    if last.state != State.SLOWER:
        open_ = "is undecided" if last.state == State.UNDECIDED else "cannot be told"
        why = f"{plain(last.reason or '')}; BASE is GOOD, HEAD is BAD"
        return f"Nothing was searched: whether {case} is slower in BAD ({bad}) than in GOOD ({good}) {open_}: {why}."
    if found.first is None:
        named = ", ".join(code(found.path[place].short) for place in found.candidates)
        slower = f"{case} is slower than in GOOD ({good})"
        return f"Not decided: the first commit in which {slower} is one of {len(found.candidates)}: {named}."
    one = found.path[found.first]
    slower = f"{case} is slower than in GOOD ({good}): by {_slowdown(found.tried[found.first])}"
    return f"{code(one.short)} is the first commit in which {slower}, against a margin of {margin_text(found.margin)}."


def step(one: Commit, said: Tried, left: int) -> str:
    """Return what is told of a commit as soon as it has been compared; `left` may be the first that is slower."""
    told = f"by {_slowdown(said)}" if said.state == State.SLOWER else plain(said.reason or "")
    verdict = ", ".join(filter(None, [said.state.value, told]))
    rest = f" ({counted(left, 'commit')} left)" if left else ""
    return f"{one.short} {plain(one.subject)}: {verdict}{rest}"


def _details(found: Bisection) -> Iterator[str]:
    """Yield what stands beside the answer."""
    if found.first is not None:
        one = found.path[found.first]
        yield f"{code(one.short)}, by its author on {plain(one.author_date)}: {plain(one.subject)}"
        yield _before(found, found.first)
        if one.is_merge:
            yield (
                f"{code(one.short)} is a merge: with {code(one.parents[1][:10])} as BAD, the commits that it "
                "brought in are searched."
            )
    timed = f"{counted(found.measured, 'commit')} of {len(found.path)} {'was' if found.measured == 1 else 'were'}"
    yield f"{timed} measured, in {found.seconds:.0f} s."


def _before(found: Bisection, first: int) -> str:
    """Return what is known of the commit before the first that is slower."""
    if first == 0:
        return "The commit before it is GOOD."
    one, said = found.path[first - 1], found.tried[first - 1]
    why = f"time COMMIT/GOOD {_ratio(said)}" if said.log_ratio else plain(said.reason or "")
    return f"The commit before it, {code(one.short)}, is not slower: {why}."


def _table(found: Bisection) -> Table:
    """Return the commits that were compared, the oldest first, and those that may be the first that is slower."""
    places = sorted({*found.tried, *found.candidates})
    rows = tuple(_row(found.path[place], found.tried.get(place)) for place in places)
    return Table(name="bisection", title="Time of commits over time of GOOD", columns=_COLUMNS, rows=rows)


def _row(one: Commit, said: Tried | None) -> tuple[Cell, ...]:
    ratio = Ratio.of(said.log_ratio) if said and said.log_ratio else None
    return (
        Cell.of(one.short),
        Cell.of(one.author_date[:10]),
        Cell.of(one.subject),
        value_cell(ratio, ratio_text(ratio)),
        *bound_cells(ratio),
        Cell.of(said.state.value if said else None),
        Cell.of(said.compared.rounds if said and said.compared else None),
        Cell.of(said.reason if said else None),
    )


def _skipped(found: Bisection) -> Iterator[str]:
    """Yield which commits were skipped and why, and that others were not even compared."""
    for place, said in sorted(found.tried.items()):
        if said.state in (State.UNDECIDED, State.NOT_COMPARABLE) and place != len(found.path) - 1:
            what = f"{said.state.value} ({_SIDES})"
            yield f"Skipped, {what}: {code(found.path[place].short)}, {plain(said.reason or '')}."
    left = [code(found.path[place].short) for place in found.candidates if place not in found.tried]
    if left:
        rule = "the search has had all comparisons that share its level"
        yield f"Not compared, for {rule}: {', '.join(left)}; a larger --budget leaves fewer undecided."


def _ratio(said: Tried) -> str:
    return ratio_text(Ratio.of(said.log_ratio)) if said.log_ratio else DASH


def _slowdown(said: Tried) -> str:
    return gain_text(Ratio.of(said.log_ratio)) if said.log_ratio else DASH
