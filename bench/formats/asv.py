"""A results folder of asv (airspeed velocity), version 2: what ``asv show`` prints and ``asv publish`` makes a site of.

One benchmark a problem, its parameters those that tell cases apart; one file a machine and commit.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import nan
from statistics import median, quantiles
from typing import Any

from ..analyse.findings import BAD, findings
from ..errors import ImplbenchError
from ..problems.case import Case
from ..report.parts import file_name, plain
from ..stats.intervals import median_interval
from ..store.records import Run
from .timed_cases import UNKNOWN, Timed, created, known, text, timed

#: asv passes over results of another version than the benchmark's, so that it stays as it is for ever.
VERSION = "implbench-1"

#: asv names a results file by commit and environment.
ENVIRONMENT = "implbench"

#: What tells the cases of a problem apart, last fastest in all lists.
PARAMETERS = ("implementation", "size", "dtype", "layout", "threads", "allocator", "data", "cache")

#: The columns of a result; asv itself drops those at the end that are empty.
_COLUMNS = (
    *("result", "params", "version", "started_at", "duration", "stats_ci_99_a", "stats_ci_99_b"),
    *("stats_q_25", "stats_q_75", "stats_number", "stats_repeat", "samples", "profile"),
)

#: The values of each of PARAMETERS.
_Grid = tuple[tuple[str, ...], ...]


def export(runs: Sequence[Run]) -> Mapping[str, bytes]:
    """Return the files of a results folder.

    Raises
    ------
    ImplbenchError
        If a run has no commit, under which asv files results, or two runs of one commit and machine have one case.
    """
    found = timed(runs)
    grids = _grids(found)
    files = {"benchmarks.json": _json({**{name: _benchmark(name, grids[name]) for name in grids}, "version": 2})}
    places: dict[tuple[str, str], list[Timed]] = {}
    for one in found:
        places.setdefault((_machine_name(one.run), _commit(one.run)), []).append(one)
    for (machine, commit), cases in places.items():
        files[f"{machine}/machine.json"] = _json(_machine(cases[0].run))
        files[f"{machine}/{commit[:8]}-{ENVIRONMENT}.json"] = _json(_results(cases, grids))
    return files


def _json(value: object) -> bytes:
    """Return JSON as asv reads it, in which NaN means skipped."""
    return json.dumps(value, indent=1).encode() + b"\n"


def _commit(run: Run) -> str:
    commit = text(run, "commit", "id")
    if not commit or not commit.isalnum():
        raise ImplbenchError(f"{plain(run.id)} was made outside a repository: asv files results by commit")
    return commit


def _machine_name(run: Run) -> str:
    return file_name(text(run, "fingerprint") or UNKNOWN)


def _machine(run: Run) -> dict[str, str | int]:
    memory = text(run, "memory_bytes")
    return {
        "machine": _machine_name(run),
        "os": " ".join(filter(None, [text(run, "system", "os"), text(run, "system", "release")])) or UNKNOWN,
        "arch": text(run, "system", "architecture") or UNKNOWN,
        "cpu": text(run, "cpu", "model") or UNKNOWN,
        "num_cpu": text(run, "cpu", "logical") or UNKNOWN,
        "ram": memory or UNKNOWN,
        "version": 1,
    }


def _name(case: Case) -> str:
    return f"{file_name(case.problem)}.time"


def _key(case: Case) -> tuple[str, ...]:
    """Return the values of the case's parameters as asv writes them: the repr of each."""
    values = (
        *(case.contender, case.size.name, case.dtype, case.layout),
        *(case.threads, case.allocator, case.data, case.cache),
    )
    return tuple(repr(plain(value) if isinstance(value, str) else value) for value in values)


def _grids(found: Sequence[Timed]) -> dict[str, _Grid]:
    """Return for each benchmark the values that each of its parameters takes, in the order in which they come."""
    keys: dict[str, list[tuple[str, ...]]] = {}
    for one in found:
        keys.setdefault(_name(one.finding.arm.case), []).append(_key(one.finding.arm.case))
    return {name: tuple(tuple(dict.fromkeys(column)) for column in zip(*of, strict=True)) for name, of in keys.items()}


def _benchmark(name: str, grid: _Grid) -> dict[str, Any]:
    return {
        "code": "",
        "name": name,
        "param_names": list(PARAMETERS),
        "params": [list(values) for values in grid],
        "type": "time",
        "unit": "seconds",
        "version": VERSION,
        "timeout": 60.0,
    }


def _results(cases: Sequence[Timed], grids: Mapping[str, _Grid]) -> dict[str, Any]:
    """Return the results of one machine and commit."""
    last = max((one.run for one in cases), key=created)
    names = dict.fromkeys(_name(one.finding.arm.case) for one in cases)
    dirty = any(known(one.run, "commit", "dirty") for one in cases)
    return {
        "commit_hash": _commit(last),
        "env_name": ENVIRONMENT,
        "date": _milliseconds(last),
        "params": {"machine": _machine_name(last), "dirty": "yes" if dirty else "no"},
        "python": text(last, "python", "version") or UNKNOWN,
        "requirements": {},
        "env_vars": {},
        "result_columns": list(_COLUMNS),
        "results": {name: _row(name, cases, grids[name]) for name in names},
        "durations": {},
        "version": 2,
    }


def _milliseconds(run: Run) -> int:
    """Return when the run was made, in place of the commit's time, which a run does not know; asv plots by revision."""
    return round(created(run).timestamp() * 1000)


def _row(name: str, cases: Sequence[Timed], grid: _Grid) -> list[Any]:
    """Return one benchmark's values: a list each, over all combinations of parameters, null failed, NaN not asked."""
    of: dict[tuple[str, ...], Timed] = {}
    for one in cases:
        if _name(one.finding.arm.case) == name:
            key = _key(one.finding.arm.case)
            if key in of:
                runs = f"{plain(of[key].run.id)} and {plain(one.run.id)}"
                raise ImplbenchError(f"{one.name} has a time in both {runs}, of one commit: export one of them")
            of[key] = one
    failed = {_key(case) for case in _failed(cases) if _name(case) == name}
    found = {key: of.get(key) for key in product(*grid)}
    values = [median(one.seconds) if one else None if key in failed else nan for key, one in found.items()]
    statistics = zip(*map(_statistics, found.values()), strict=True)
    started = min(_milliseconds(one.run) for one in of.values())
    return [values, [list(column) for column in grid], VERSION, started, None, *map(list, statistics)]


def _failed(cases: Sequence[Timed]) -> Iterator[Case]:
    """Yield the cases of these runs that were started and have no time."""
    for run in {id(one.run): one.run for one in cases}.values():
        yield from (finding.arm.case for group in findings(run) for finding in group.findings if finding.outcome in BAD)


def _statistics(one: Timed | None) -> tuple[Any, ...]:
    """Return the 99 % interval, the quartiles, calls, repeats and samples: one a round, as for asv they are equal."""
    if one is None:
        return (None,) * 7
    several = len(one.seconds) > 1
    low, _, high = quantiles(one.seconds, n=4, method="inclusive") if several else (one.seconds[0],) * 3
    return (
        *median_interval(one.seconds, 0.99).bounds,
        *(low, high),
        *(one.processes[0].calls, len(one.seconds), list(one.seconds)),
    )
