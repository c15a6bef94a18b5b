"""What HEAD does otherwise than BASE: a sentence for each benchmark, and a table of the largest changes."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from ...analyse.amounts import Unit
from ...units import DASH, percent, significant, time_text, times
from ...versions.changes import Change, Changes, Sort
from ...versions.comparison import Compared, Comparison
from ...versions.memory import MemoryStanding
from ...versions.standing import Standing
from ..parts import Cell, Column, Section, Table, code, plain
from ..phrases import TIMES_FROM, WRITTEN, listed

#: A table shows so many changes; `compare --json` has all.
_MOST_SHOWN = 10

#: Of so few benchmarks it is told what changed, however they stand.
_FEW = 3

#: A sum is told in the place of a call where so many times the time goes with it.
_MUCH_LARGER = 3

#: What somebody wants explained.
_EXPLAINED = (Standing.SLOWER, Standing.FASTER, Standing.UNDECIDED)

_COLUMNS = (
    Column(name="what", header="of one call", right=False),
    Column(name="base", header="BASE"),
    Column(name="head", header="HEAD"),
    Column(name="head_over_base", header="HEAD/BASE"),
)

_METHOD = (
    "Counts are of one call, and exact; of NumPy those calls are counted that were seen, not what is done inside "
    "compiled code, or to new arrays (`np.zeros`) until they meet an input. Own times are estimates, from a pass "
    "under a profiler: of a Python function, with the compiled code that it calls. The largest change, by the time "
    "that goes with it, comes first."
)


def hint(found: Comparison) -> Iterator[str]:
    """Yield how to learn why, where something is slower, larger or undecided and nobody has asked."""
    if found.command and not found.is_explained and (found.larger or any(map(_is_unwelcome, found.compared))):
        yield f"Why: {code(shlex.join([*found.command, '--explain']))}"


def _is_unwelcome(one: Compared) -> bool:
    return one.standing == Standing.SLOWER or (one.standing == Standing.UNDECIDED and one.log_ratio is not None)


def sections(found: Comparison) -> tuple[Section, ...]:
    """Return what changed; nothing where nobody asked, or no benchmark wants it."""
    timed = [one for one in found.compared if one.log_ratio is not None]
    wanted = [one for one in timed if len(timed) <= _FEW or _wants(one)]
    if not found.is_explained or not wanted:
        return ()
    tables = tuple(_table(one, one.changes) for one in wanted if one.changes and one.changes.found)
    told = (*map(_sentence, wanted), _METHOD) if tables else tuple(map(_sentence, wanted))
    return (Section(title="What changed", paragraphs=told, tables=tables, folds=True),)


def _wants(one: Compared) -> bool:
    larger = one.memory is not None and one.memory.standing == MemoryStanding.LARGER
    return one.standing in _EXPLAINED or larger


def _sentence(one: Compared) -> str:
    """Return the largest changes of a benchmark in words."""
    name, found = code(one.name), one.changes
    if found is None:
        return f"{name} could not be explained: looking at what it does took too long (`--timeout`), or ended a worker."
    unseen = f" Not seen: {listed([*found.unseen], len(found.unseen))}." if found.unseen else ""
    clauses = [*_clauses(one, found)]
    if clauses:
        return f"{name}: {'; '.join(clauses)}.{unseen}"
    told = "nothing that was seen goes with its time" if found.found else "nothing that was seen has changed"
    return f"{name}: {told}; what compiled code does within itself is not seen.{unseen}"


def _slower(one: Compared) -> bool | None:
    """Return whether HEAD takes longer; None where that cannot be told."""
    ends = one.log_ratio.interval if one.log_ratio else None
    if one.log_ratio is None or (ends and ends.low <= 0 <= ends.high):
        return None
    return one.log_ratio.value > 0


def _clauses(one: Compared, found: Changes) -> Iterator[str]:
    """Yield the largest count, and the largest own time, that changed in the direction of the time.

    Of a call that is on one side alone, what is so on the other is told beside it: one may stand in the other's place.
    """
    slower = _slower(one)
    along = [change for change in found.found if slower in (None, change.grown)]
    count = _count(along)
    if count is not None:
        yield _clause(count)
        against = (change for change in found.found if change.sort == Sort.CALL and change.grown != count.grown)
        other = next(filter(_is_on_one_side, against), None)
        if count.sort == Sort.CALL and _is_on_one_side(count) and other is not None:
            yield _clause(other)
    calls = [change for change in along if change.sort == Sort.FUNCTION]
    own = _first(along, Sort.OWN_TIME) if slower is not None else None
    if own is not None:
        often = next((change for change in calls if (change.name, change.where) == (own.name, own.where)), None)
        yield _own_time(own) + (f", called {_instead(often)}" if often and often.factor else "")
    elif calls:
        yield _clause(calls[0])


def _count(along: Sequence[Change]) -> Change | None:
    """Return the largest change of a call; that of a sum where it is much larger than any."""
    call, total = _first(along, Sort.CALL), _first(along, Sort.COUNT)
    return total if total and (call is None or total.ns > _MUCH_LARGER * call.ns) else call


def _first(along: Iterable[Change], sort: Sort) -> Change | None:
    return next((change for change in along if change.sort == sort), None)


def _is_on_one_side(change: Change) -> bool:
    return change.base == 0 or change.head == 0


def _clause(change: Change) -> str:
    if change.sort == Sort.COUNT:
        base, head = _written(change, change.base), _written(change, change.head)
        return f"{change.name}: {head} instead of {base}"
    name = code(change.name)
    subject = f"{name} on {plain(change.where)}" if change.sort == Sort.CALL else f"{name} ({plain(change.where)})"
    if not change.head:
        return f"{subject} is no longer seen ({_often(change, change.base)} in BASE)"
    if not change.base:
        return f"{subject} is called {_often(change, change.head)} (not seen in BASE)"
    return f"{subject} is called {_instead(change)}"


def _instead(change: Change) -> str:
    """Return as in ``200 times instead of 100``."""
    return f"{_often(change, change.head)} instead of {_written(change, change.base)}"


def _often(change: Change, number: float | None) -> str:
    return "once" if number == 1 else f"{_written(change, number)} times"


def _own_time(change: Change) -> str:
    name, factor = f"{code(change.name)} ({plain(change.where)})", change.factor
    if factor is None:
        if change.grown:
            return f"{name} takes {time_text(change.head)} itself (not seen in BASE)"
        return f"{name} is no longer seen ({time_text(change.base)} in BASE)"
    if factor >= TIMES_FROM:
        return f"{name} takes {significant(factor, 2)} times as long itself"
    return f"{name} takes {percent(abs(factor - 1))} {'longer' if factor > 1 else 'less'} itself"


def _table(one: Compared, found: Changes) -> Table:
    shown = found.found[:_MOST_SHOWN]
    more = f", the largest {len(shown)} of {len(found.found)} changes" if len(found.found) > len(shown) else ""
    return Table(
        name=f"changes-{one.name}",
        title=f"{plain(one.name)}{more}",
        columns=_COLUMNS,
        rows=tuple(map(_row, shown)),
    )


def _row(change: Change) -> tuple[Cell, ...]:
    return (
        Cell.of(change.what),
        Cell(value=change.base, text=_written(change, change.base)),
        Cell(value=change.head, text=_written(change, change.head)),
        Cell(value=change.factor, text=_factor(change)),
    )


def _factor(change: Change) -> str:
    """Return as in ``2.00x``; of functions, which are all seen, ``new`` or ``gone`` where they are on one side only."""
    if change.factor is None and change.sort in (Sort.FUNCTION, Sort.OWN_TIME):
        return "new" if change.base == 0 else "gone" if change.head == 0 else DASH
    return times(change.factor)


def _written(change: Change, value: float | None) -> str:
    if value is None:
        return DASH
    if change.unit == Unit.NUMBER and value != int(value):
        return significant(value)
    return DASH if change.sort == Sort.OWN_TIME and not value else WRITTEN[change.unit](value)
