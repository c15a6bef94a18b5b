"""Runs of several machines, or of the parts of one run, made one run. Pure.

Ratios stay within a round, and so within a machine: where a case was measured on several, each machine's is a case of
its own. No time of one machine is ever put beside that of another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ..errors import ImplbenchError
from ..problems.case import Case
from .records import Arm, EnvironmentRecord, Left, Limit, MachineRecord, Round, Run, Settings

#: What may be another in each run: it says how long was measured, and where, and not what a verdict means.
_FREE = ("seed", "budget_s", "timeout_s", "command", "memory_bytes", "shard")

#: Places in the record of an environment that must be equal, for a difference between machines to be one of machines.
_SOFTWARE = (("python", "version"), ("distributions",), ("numeric_stack", "numpy"))

_Item = TypeVar("_Item")
_Value = TypeVar("_Value")


class Part(Struct, frozen=True, kw_only=True):
    """A run that is to be merged."""

    label: str
    """What its machine is called."""
    run: Run


def merged(parts: Sequence[Part], command: tuple[str, ...]) -> Run:
    """Return one run of several, without an id; those of one part each are in the order of the whole.

    Parameters
    ----------
    parts
        Of one problem; those of a label were measured on one machine.
    command
        What the user has typed to merge them.

    Raises
    ------
    ImplbenchError
        If there are fewer than two, one of them is no whole run, a part of the cases is missing, or was measured twice
        on one machine; or if they were not measured alike: at another state of the problem, with other settings or
        other versions.
    """
    _require_whole(parts)
    _require_alike(parts)
    _require_apart(parts)
    several = _are_several(parts)
    runs = [_named(one.run, one.label) if several else one.run for one in parts]
    first = runs[0]
    return replace(
        first,
        id="",
        created=max(run.created for run in runs),
        settings=replace(_common_settings(runs), command=command, shard=None),
        problem=replace(first.problem, work=_united(runs, lambda run: run.problem.work)),
        environment=_common([run.environment for run in runs]),
        warnings=tuple(dict.fromkeys(text for one in parts for text in _warnings(one))),
        arms=tuple(_interleaved([_by_group(run.arms, lambda arm: arm.case.group) for run in runs])),
        left=tuple(_interleaved([_by_group(run.left, lambda left: left.case.group) for run in runs])),
        rounds=tuple(round_ for run in runs for round_ in run.rounds),
        limits=tuple(limit for run in runs for limit in run.limits),
        doubts=_united(runs, lambda run: run.doubts),
        checks=_united(runs, lambda run: run.checks),
        stopped=_united(runs, lambda run: run.stopped),
        spent_s=_summed(run.spent_s for run in runs),
        environments=tuple({one.label: one for run in runs for one in run.environments}.values()),
        resumed=tuple(one for run in runs for one in run.resumed),
        machines=tuple(
            MachineRecord(
                label=one.label, run=one.run.id, created=one.run.created, environment=dict(one.run.environment)
            )
            for one in parts
        ),
        sources=_united(runs, lambda run: run.sources),
    )


def _require_whole(parts: Sequence[Part]) -> None:
    """Raise ImplbenchError unless there are several finished runs that make up whole ones."""
    if len(parts) < 2:
        raise ImplbenchError(f"there is one run alone of {parts[0].run.problem.name}: name the folders of the others")
    for one in parts:
        if one.run.machines:
            raise ImplbenchError(f"{one.run.id}: is merged already; merge the runs that it was made of")
        if one.run.interrupted:
            raise ImplbenchError(
                f"{one.run.id}: was interrupted; finish it first (implbench run --resume), or leave it out"
            )
    shards = [one.run.settings.shard for one in parts]
    if any(shards):
        counts = {shard[1] if shard else 1 for shard in shards}
        if len(counts) > 1:
            raise ImplbenchError(
                f"they are parts of {' and of '.join(map(str, sorted(counts)))}: merge those of one number"
            )
        (count,) = counts
        missing = sorted(set(range(1, count + 1)) - {shard[0] for shard in shards if shard})
        if missing:
            named = ", ".join(f"{number}/{count}" for number in missing)
            raise ImplbenchError(f"--shard {named}: is missing; measure it, or name its folder too")


def _require_alike(parts: Sequence[Part]) -> None:
    """Raise ImplbenchError unless all were measured at the same state, in the same way, with the same software."""
    first = parts[0]
    for other in parts[1:]:
        for what, of in _ALIKE.items():
            one, another = of(first.run), of(other.run)
            if one != another:
                differs = _difference(one, another) if isinstance(one, dict) else f"{one} and {another}"
                raise ImplbenchError(f"{first.label} and {other.label}: {what} differs ({differs}); measure them alike")
    known: dict[str, EnvironmentRecord] = {}
    for each in parts:
        for record in each.run.environments:
            if known.setdefault(record.label, record).packages != record.packages:
                raise ImplbenchError(f"{each.label}: {record.label} holds other packages there than elsewhere")


def _require_apart(parts: Sequence[Part]) -> None:
    """Raise ImplbenchError if two runs of one machine have a case in common."""
    groups = [(one.label, group) for one in parts for group in {case.group for case in _cases(one.run)}]
    for label, group in groups:
        if groups.count((label, group)) > 1:
            raise ImplbenchError(
                f"{group} was measured twice on {label}: name each run's machine by a folder of its own"
            )


def _of_settings(run: Run) -> dict[str, Any]:
    names = (name for name in Settings.__struct_fields__ if name not in _FREE)
    return {name: getattr(run.settings, name) for name in names}


def _software(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in _SOFTWARE:
        value: Any = run.environment
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        found |= value if isinstance(value, dict) else {path[0]: value}
    return found


_ALIKE: Mapping[str, Callable[[Run], Any]] = {
    "the problem": lambda run: run.problem.name,
    "the state of the problem's files": lambda run: run.problem.digest[:12],
    "what was asked for": _of_settings,
    "the software": _software,
}


def _difference(one: Mapping[str, Any], another: Mapping[str, Any]) -> str:
    names = [name for name in {**one, **another} if one.get(name) != another.get(name)]
    return ", ".join(f"{name} {one.get(name)} and {another.get(name)}" for name in names)


def _are_several(parts: Sequence[Part]) -> bool:
    """Return whether the machine is part of a case: a group was measured twice, or the machines are not alike."""
    groups = [group for one in parts for group in {case.group for case in _cases(one.run)}]
    machines = {str(one.run.environment.get("fingerprint")) for one in parts}
    return len(set(groups)) < len(groups) or len(machines) > 1


def _cases(run: Run) -> Iterable[Case]:
    return [*(arm.case for arm in run.arms), *(one.case for one in run.left)]


def _named(run: Run, label: str) -> Run:
    """Return a run whose cases say on which machine they were measured."""
    groups = {case.group: replace(case, machine=label).group for case in _cases(run)}
    arms = {arm.name: _arm(arm, label) for arm in (*run.arms, *(limit.arm for limit in run.limits))}
    return replace(
        run,
        problem=replace(run.problem, work=_keyed(run.problem.work, groups)),
        arms=tuple(arms[arm.name] for arm in run.arms),
        left=tuple(_left(one, label) for one in run.left),
        rounds=tuple(_round(one, groups, arms) for one in run.rounds),
        limits=tuple(_limit(one, groups, arms) for one in run.limits),
        doubts=_keyed(run.doubts, groups),
        checks=_keyed(run.checks, groups),
        stopped=_keyed(run.stopped, {name: arm.name for name, arm in arms.items()}),
    )


def _arm(arm: Arm, label: str) -> Arm:
    case = replace(arm.case, machine=label)
    rest = arm.name.removeprefix(arm.case.id)  # as the " (again)" of the second baseline
    return replace(arm, name=f"{case.id}{rest}" if rest != arm.name else f"{arm.name} on {label}", case=case)


def _left(left: Left, label: str) -> Left:
    return replace(left, case=replace(left.case, machine=label))


def _limit(limit: Limit, groups: Mapping[str, str], arms: Mapping[str, Arm]) -> Limit:
    return replace(limit, group=groups.get(limit.group, limit.group), arm=arms[limit.arm.name])


def _round(round_: Round, groups: Mapping[str, str], arms: Mapping[str, Arm]) -> Round:
    workers = tuple(replace(worker, arm=arms[worker.arm].name) for worker in round_.workers)
    return replace(round_, group=groups.get(round_.group, round_.group), workers=workers)


def _keyed(values: Mapping[str, _Value], names: Mapping[str, str]) -> dict[str, _Value]:
    return {names.get(name, name): value for name, value in values.items()}


def _united(runs: Sequence[Run], of: Callable[[Run], Mapping[str, _Value]]) -> dict[str, _Value]:
    return {name: value for run in runs for name, value in of(run).items()}


def _summed(values: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for one in values:
        for name, seconds in one.items():
            total[name] = total.get(name, 0.0) + seconds
    return total


def _common_settings(runs: Sequence[Run]) -> Settings:
    """Return the settings of the first, with nothing of what may be free and is not equal."""
    first = runs[0].settings
    alike = all(run.settings.budget_s == first.budget_s for run in runs)
    return first if alike else replace(first, budget_s=None)


def _warnings(part: Part) -> Iterable[str]:
    return [f"{part.label}: {text}" for text in part.run.warnings]


def _common(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is the same in all."""
    found: dict[str, Any] = {}
    for name, value in values[0].items():
        all_values = [value, *(other.get(name) for other in values[1:])]
        inner = [one for one in all_values if isinstance(one, Mapping)]
        if all(one == value for one in all_values):
            found[name] = value
        elif len(inner) == len(all_values):
            found[name] = _common(inner)
    return found


def _by_group(items: Sequence[_Item], group: Callable[[_Item], str]) -> list[list[_Item]]:
    found: dict[str, list[_Item]] = {}
    for one in items:
        found.setdefault(group(one), []).append(one)
    return list(found.values())


def _interleaved(runs: Sequence[Sequence[Sequence[_Item]]]) -> Iterable[_Item]:
    """Yield the first group of each run, then the second: so were they shared out."""
    for groups in zip_longest(*runs, fillvalue=()):
        for group in groups:
            yield from group
