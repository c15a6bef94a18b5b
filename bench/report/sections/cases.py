"""The main table: every case with its time, its ratio to the baseline, and its outcome."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...analyse.analysis import Analysis
from ...analyse.findings import Finding, GroupFindings
from ...analyse.verdict import Ratio, Verdict
from ...problems.case import Case
from ...stats.intervals import Estimate, Uncertain
from ...store.worker_records import Outcome
from ...units import DASH, seconds_in, significant, time_text, time_unit
from ..charts import speedup
from ..checked import in_full
from ..estimates import bound_cells, bound_columns, value_cell, value_of
from ..parts import Cell, Column, Section, Table, plain
from ..phrases import below_text, group_label, named, ratio_text, titled
from . import answer, beside_time
from .subject import Subject


class _Row(Struct, frozen=True, kw_only=True):
    """A case, whether it was started or not."""

    case: Case
    title: str
    outcome: Outcome
    reason: str | None
    finding: Finding | None = None

    @property
    def ok(self) -> Finding | None:
        """The finding of a case that has a time."""
        return self.finding if self.outcome == Outcome.OK else None

    @property
    def speedup(self) -> Ratio | None:
        """Time of the baseline / time; 1 for the baseline."""
        return self.ok.speedup if self.ok else None


#: A column and what stands in it.
_Field = tuple[Column, Callable[[_Row], Cell]]

_WHAT = Column(name="title", header="what it is", right=False)
_FAULTS = Column(name="minor_faults_per_call", header="faults")


def section(analysis: Analysis) -> Section | None:
    """Return one table for each group, fastest first, what has no time below."""
    if not analysis.groups:
        return None
    groups, run = analysis.groups, analysis.run
    text = (
        "Speed-up is time of the baseline / time of the case, from burst minima paired within rounds; in brackets the "
        f"95 % interval over rounds. In the verdict, {below_text(groups)}. The min time is "
        "of the same burst minima: their median over the passes of a round, then over rounds. The median time is what "
        f"a call usually took, disturbed or not, with its own speed-up.{beside_time.memory_sentence(groups)}"
        f"{in_full(run.checks, run.problem.outputs)}"
    )
    return Section(
        title="Cases",
        paragraphs=(text,),
        tables=tuple(
            _table((named("cases", group, groups), titled("Cases", group, groups)), _rows(group), _full(group))
            for group in groups
        ),
    )


def summary_table(group: GroupFindings) -> Table:
    """Return the columns that a terminal shows; those that fit 80 characters are not dispensable."""
    title = group_label(group)
    return _table(("summary", title), _rows(group), _brief(group))


def live_table(group: GroupFindings, title: str) -> Table:
    """Return what is shown while the group is measured: who has started, with the time of a first call at least."""
    rows = [row for row in _rows(group) if row.finding is not None]
    shown = [field for field in [*_names(group), *_time("min", group), *_speedup()] if field[0].shown]
    rounds = Column(name="rounds", header="rounds", dispensable=1)
    fields: list[_Field] = [
        *shown,
        (Column(name="verdict", header="verdict", right=False), _verdict_so_far),
        (rounds, lambda row: Cell.of(row.finding.rounds if row.finding else None)),
    ]
    return _table(("live", title), rows, fields)


def _table(names: tuple[str, str], rows: Sequence[_Row], columns: Sequence[_Field]) -> Table:
    """Return a table of that name and title."""
    return Table(
        name=names[0],
        title=names[1],
        columns=tuple(column for column, _cell in columns),
        rows=tuple(tuple(cell(row) for _column, cell in columns) for row in rows),
    )


def _rows(group: GroupFindings) -> list[_Row]:
    """Return the cases with a time, fastest first; then those measured in vain; then those not started."""
    found = [
        _Row(case=one.arm.case, title=one.arm.title, outcome=one.outcome, reason=one.reason, finding=one)
        for one in (*group.ok, *group.not_ok)
    ]
    return found + [
        _Row(case=skipped.case, title=skipped.title, outcome=skipped.outcome, reason=skipped.reason)
        for skipped in group.left
    ]


def _full(group: GroupFindings) -> list[_Field]:
    """Return the columns of the report, numbers first, with those for programs only."""
    return [
        _hidden("case", lambda row: row.case.id),
        *_names(group),
        *_time("min", group),
        *_speedup(),
        (Column(name="verdict", header="verdict", right=False), _verdict_and_reason),
        *_quality(group),
        (replace(_WHAT, shown=_is_described(group)), _what),
        *((replace(column, further=True), cell) for column, cell in (*_time("median", group), *_beside(group))),
        _hidden("outcome", lambda row: row.outcome.value),
        _hidden("reason", lambda row: row.reason),
        _hidden("size", lambda row: str(row.case.size)),
        _hidden("dtype", lambda row: row.case.dtype),
        _hidden("threads", lambda row: row.case.threads),
        _hidden("allocator", lambda row: row.case.allocator),
        _hidden("cache", lambda row: row.case.cache),
        _hidden("environment", lambda row: row.case.environment or None),
        _hidden("machine", lambda row: row.case.machine or None),
        _hidden("prepare_seconds", lambda row: row.finding.prepare_s if row.finding else None),
        _hidden("first_call_seconds", lambda row: row.finding.first_call_s if row.finding else None),
    ]


def _beside(group: GroupFindings) -> list[_Field]:
    """Return what stands beside the times, for who asks for it."""
    return [
        (Column(name="speedup_of_medians", header="speed-up of medians"), _of_medians),
        (replace(_FAULTS, header="page faults a call"), _faults),
        *_memory(group),
        (Column(name="error_over_tolerance", header="error/tolerance"), lambda row: beside_time.error(row.finding)),
        (Column(name="max_ulp", header="error [ulp]"), lambda row: beside_time.ulp(row.finding)),
        (Column(name="rounds", header="rounds"), lambda row: Cell.of(row.finding.rounds if row.finding else None)),
    ]


def _brief(group: GroupFindings) -> list[_Field]:
    """Return the columns of the terminal: verdict and outcome share one."""
    shown = [field for field in [*_names(group), *_time("min", group), *_speedup()] if field[0].shown]
    return [
        *shown,
        (Column(name="verdict", header="verdict", right=False), _verdict_or_outcome),
        *_quality(group),
        (replace(_FAULTS, dispensable=1), _faults),
        *([(replace(_WHAT, dispensable=2), _what)] if _is_described(group) else []),
    ]


def _hidden(name: str, value: Callable[[_Row], str | float | int | None]) -> _Field:
    """Return a column for programs only."""
    return Column(name=name, header=name, shown=False), lambda row: Cell.of(value(row))


def _names(group: GroupFindings) -> list[_Field]:
    """Return implementation, and layout: shown where there are several."""
    several = len(group.layouts) > 1
    name = Column(name="implementation", header="implementation", right=False)
    layout = Column(name="layout", header="layout", right=False, shown=several)
    fastest = answer.shown_fastest(group)

    def named_cell(row: _Row) -> Cell:
        return replace(Cell.of(row.case.contender), strong=row.finding is not None and row.finding is fastest)

    return [(name, named_cell), (layout, lambda row: Cell.of(row.case.layout))]


#: A statistic of a call's time -> the column for programs, and the estimate.
_TIMES: Mapping[str, tuple[str, Callable[[Finding], Estimate | None]]] = {
    "min": ("min_seconds_per_call", lambda one: one.min_seconds_per_call),
    "median": ("seconds_per_call", lambda one: one.seconds_per_call),
}


def _time(statistic: str, group: GroupFindings) -> list[_Field]:
    """Return a statistic of the time per call, in one unit for all rows, and its interval for programs."""
    name, of = _TIMES[statistic]
    unit = time_unit(value_of(of(finding)) for finding in group.ok)

    def time(row: _Row) -> Uncertain | None:
        return of(row.ok) if row.ok else None

    def time_cell(row: _Row) -> Cell:
        return value_cell(time(row), seconds_in(unit, value_of(time(row))))

    return [(Column(name=name, header=f"{statistic} time [{unit}]"), time_cell), *_bounds(name, time)]


def _speedup() -> list[_Field]:
    """Return the speed-up, and its interval for programs."""
    name = "speedup_over_baseline"
    column = Column(name=name, header="speed-up", bar=True)
    cell = (column, lambda row: value_cell(row.speedup, _speedup_text(row)))
    return [cell, *_bounds(name, lambda row: row.speedup)]


def _bounds(name: str, of: Callable[[_Row], Uncertain | None]) -> list[_Field]:
    """Return the two ends of an interval, for programs."""
    low, high = bound_columns(name, f"{name}_")
    return [(low, lambda row: bound_cells(of(row))[0]), (high, lambda row: bound_cells(of(row))[1])]


def _speedup_text(row: _Row) -> str:
    return "1x" if row.ok and row.ok.arm.baseline else ratio_text(row.speedup)


def _of_medians(row: _Row) -> Cell:
    """Return the speed-up from burst medians; it differs where a slowdown lives in the tail only."""
    logs = row.ok.log_ratio_of_medians if row.ok and not row.ok.arm.baseline else None
    ratio = Ratio.of(logs).inverse() if logs else None
    return value_cell(ratio, f"{significant(ratio.value)}x" if ratio else DASH)


def _verdict(row: _Row) -> Cell:
    if row.ok is None:
        return Cell.of(None)
    return Cell.of("baseline" if row.ok.arm.baseline else row.ok.verdict.value if row.ok.verdict else None)


def _verdict_or_outcome(row: _Row) -> Cell:
    """Return the verdict of an ok case in at most 13 characters, else the outcome."""
    if row.ok is None:
        return Cell.of(row.outcome.value)
    found = _verdict(row)
    return Cell(value=found.value, text="within margin") if found.value == Verdict.SLOWER_WITHIN.value else found


def _verdict_so_far(row: _Row) -> Cell:
    """Return the verdict or the outcome; of what was not timed yet how long its first call was, if that is known."""
    if row.outcome != Outcome.NOT_MEASURED or row.finding is None:
        return _verdict_or_outcome(row)
    called_s = row.finding.first_call_s
    return Cell(value=called_s, text="first call " + time_text(called_s) if called_s is not None else "waits")


def _quality(group: GroupFindings) -> list[_Field]:
    """Return the problem's own figure of how good results are, where it has one."""
    if all(one.quality is None for one in group.findings):
        return []
    return [(Column(name="quality", header="quality"), lambda row: beside_time.quality(row.ok))]


def _memory(group: GroupFindings) -> list[_Field]:
    """Return the peak of memory, and for programs its ratio to the baseline's; where anybody looked."""
    if not beside_time.has_memory([group]):
        return []
    ratio = "peak_ratio_to_baseline"
    return [
        (Column(name="peak_bytes", header="memory"), lambda row: beside_time.memory(row.ok)),
        *_bounds("peak_bytes", lambda row: row.ok.peak_bytes if row.ok else None),
        _hidden(ratio, lambda row: value_of(beside_time.memory_ratio(row.ok))),
        *_bounds(ratio, lambda row: beside_time.memory_ratio(row.ok)),
    ]


def _is_described(group: GroupFindings) -> bool:
    """Return whether somebody has said of a case what it is."""
    return any(_what(row).text for row in _rows(group))


def _what(row: _Row) -> Cell:
    return beside_time.what(row.title, row.finding, row.case.implementation)


def _faults(row: _Row) -> Cell:
    return beside_time.faults(row.ok)


def _verdict_and_reason(row: _Row) -> Cell:
    """Return the verdict, for people with what stands against it; of what has no time the outcome and why."""
    found = _verdict(row)
    if row.ok is None:
        why = f": {plain(row.reason)}" if row.reason else ""
        return Cell(value=found.value, text=row.outcome.value + why)
    return replace(found, text=f"{found.text} (on the reference BLAS)") if row.ok.reference_blas else found


SUBJECT = Subject(
    id="speedup",
    title="Speed-up over the baseline",
    section=section,
    charts=speedup.charts,
    place=30,
    charts_of_one_size=True,
)
