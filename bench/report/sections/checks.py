"""What verification alone says: a row for each case, right or wrong, and by how much."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ...problems.case import Case
from ...store.checks import Against, Closeness
from ...store.checks import Check as Kind
from ...store.records import Arm, Left, Round
from ...store.worker_records import Outcome
from ...units import significant
from ..checked import UNREFERENCED
from ..parts import Cell, Column, Table

EQUAL = Kind(closeness=Closeness.EQUAL)
ALIKE = Kind(against=Against.BASELINE, closeness=Closeness.MEASURED)
ABSENT = Kind(closeness=Closeness.ABSENT)


class Check(Struct, frozen=True, kw_only=True):
    """What verification alone says of a case."""

    id: str
    group: str
    implementation: str
    layout: str
    outcome: Outcome
    reason: str | None
    error_over_tolerance: float | None
    max_ulp: float | None
    check: str
    """Which kind of check it was, as in ``against a measured tolerance``."""
    reference: str
    """What its results were held against."""


def of(
    arms: Sequence[Arm], left: Sequence[Left], rounds: Sequence[Round], kinds: Mapping[str, Kind] | None = None
) -> tuple[Check, ...]:
    """Return a check for each case, those that could not be started last; `kinds` says how each group was checked."""
    kinds = kinds or {}
    workers = {worker.arm: worker for round_ in rounds for worker in round_.workers}
    found = [
        Check(
            **_named(arm.case, kinds),
            outcome=workers[arm.name].outcome,
            reason=workers[arm.name].reason,
            error_over_tolerance=max((v.error_over_tolerance for v in workers[arm.name].verification), default=None),
            max_ulp=max((v.max_ulp for v in workers[arm.name].verification), default=None),
        )
        for arm in arms
    ]
    return (
        *found,
        *(
            Check(
                **_named(skipped.case, kinds),
                outcome=skipped.outcome,
                reason=skipped.reason,
                error_over_tolerance=None,
                max_ulp=None,
            )
            for skipped in left
        ),
    )


def _named(case: Case, kinds: Mapping[str, Kind]) -> dict[str, str]:
    kind = kinds.get(case.group, Kind())
    return {
        "id": case.id,
        "group": case.group,
        "implementation": case.contender,
        "layout": case.layout,
        "check": kind.kind,
        "reference": kind.reference,
    }


def tables(found: Sequence[Check]) -> tuple[Table, ...]:
    """Return the checks as a table for each group."""
    groups = dict.fromkeys(one.group for one in found)
    return tuple(_table(group, [one for one in found if one.group == group]) for group in groups)


def _how(one: Check) -> str:
    """Return what the results of a group had to be, for its table's title."""
    if one.check == Kind().kind:
        return f"verified against {one.reference}; above 1 tolerance is wrong"
    if one.check == EQUAL.kind:
        return f"verified: equal to {one.reference}"
    if one.check.startswith("against"):
        return f"verified {one.check}, by {one.reference}; above 1 is wrong"
    if one.check == ALIKE.kind:
        return f"verified: the results {ALIKE.kind}, for {UNREFERENCED}"
    if one.check == ABSENT.kind:
        return ABSENT.kind
    return f"verified: {one.check}"


def _table(group: str, found: Sequence[Check]) -> Table:
    several = len({one.layout for one in found}) > 1
    return Table(
        name="checks",
        title=f"{group}: {_how(found[0])}",
        columns=(
            Column(name="case", header="case", shown=False),
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=several),
            Column(name="outcome", header="outcome", right=False),
            Column(name="error_over_tolerance", header="error [tolerances]"),
            Column(name="max_ulp", header="error [ulp]", dispensable=1),
            Column(name="reason", header="reason", right=False),
        ),
        rows=tuple(
            (
                Cell.of(one.id),
                Cell.of(one.implementation),
                Cell.of(one.layout),
                Cell.of(one.outcome),
                Cell(value=one.error_over_tolerance, text=significant(one.error_over_tolerance, 2)),
                Cell(value=one.max_ulp, text=significant(one.max_ulp, 2)),
                Cell(value=one.reason, text=one.reason or ""),
            )
            for one in found
        ),
    )


def refused(entry: str, outcome: Outcome, reason: str) -> Check:
    """Return the check of an entry of a collection that could not even be begun."""
    return Check(
        id=entry,
        group=entry,
        implementation="",
        layout="",
        outcome=outcome,
        reason=reason,
        error_over_tolerance=None,
        max_ulp=None,
        check="",
        reference="",
    )


#: Implementations that end so are no news in a table of many problems.
_NOT_HERE = frozenset({Outcome.UNAVAILABLE, Outcome.UNSUPPORTED})


def of_collection(found: Sequence[Check], *, lacking: bool = False) -> Table:
    """Return the checks of many problems as one table; `lacking`: with implementations that nobody could run here."""
    shown = [one for one in found if lacking or one.outcome not in _NOT_HERE or not one.implementation]
    problems: dict[str, list[Outcome]] = {_problem(one): [] for one in found}
    for one in shown:
        problems[_problem(one)].append(one.outcome)
    right = sum(set(outcomes) - _NOT_HERE == {Outcome.OK} for outcomes in problems.values())
    several = len({(one.implementation, one.group) for one in shown}) < len(shown)
    left_out = len(found) - len(shown)
    more = f"; {left_out} more need what is not here" if left_out else ""
    return Table(
        name="collection",
        title=f"{right} of {len(problems)} verified{more}",
        columns=(
            Column(name="problem", header="problem", right=False),
            Column(name="implementation", header="implementation", right=False),
            Column(name="layout", header="layout", right=False, shown=several),
            Column(name="outcome", header="outcome", right=False),
            Column(name="check", header="check", right=False, dispensable=1),
            Column(name="error_over_tolerance", header="error [tolerances]"),
            Column(name="reason", header="reason", right=False),
        ),
        rows=tuple(
            (
                Cell.of(_problem(one)),
                Cell.of(one.implementation),
                Cell.of(one.layout),
                Cell.of(one.outcome),
                Cell.of(one.check),
                Cell(value=one.error_over_tolerance, text=significant(one.error_over_tolerance, 2)),
                Cell(value=one.reason, text=one.reason or ""),
            )
            for one in shown
        ),
    )


def _problem(one: Check) -> str:
    return one.id.partition("[")[0]
