"""pytest-benchmark's JSON: `export` for its ``compare``, `read` for what it stores, with samples or without."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from ..analyse.findings import Finding
from ..errors import ImplbenchError
from ..report.json_run import interval_of
from ..report.parts import plain
from ..store.records import Run
from . import identifying, imported
from .imported import Foreign, Origin
from .taking import each, line, mapping
from .timed_cases import UNKNOWN, Timed, created, known, once_each, one_place, text

#: The version whose fields are written; statistics are its own.
VERSION = "5.3.1"

#: In extra_info: every sample of every round, which the one value a round under "data" cannot bring back.
SAMPLES = "implbench_samples"


def export(runs: Sequence[Run]) -> bytes:
    """Return one file with one value a round under "data": what the tool calls a round is a process here, too."""
    found = once_each(runs)
    run = one_place(runs)
    document = {
        "machine_info": _machine(run),
        "commit_info": _commit(run),
        "benchmarks": [_benchmark(one) for one in found],
        "datetime": created(run).isoformat(),
        "version": VERSION,
    }
    data = msgspec.json.encode(document)  # of millions of samples: json takes long
    return msgspec.json.format(data, indent=1) + b"\n"


def _machine(run: Run) -> dict[str, Any]:
    return {
        "node": text(run, "fingerprint") or UNKNOWN,
        "processor": text(run, "cpu", "model"),
        "machine": text(run, "system", "architecture"),
        "python_compiler": text(run, "python", "compiler"),
        "python_implementation": text(run, "python", "implementation"),
        "python_implementation_version": text(run, "python", "version"),
        "python_version": text(run, "python", "version"),
        "python_build": [],
        "release": text(run, "system", "release"),
        "system": text(run, "system", "os"),
        "cpu": {"brand_raw": text(run, "cpu", "model"), "count": known(run, "cpu", "logical")},
    }


def _commit(run: Run) -> dict[str, Any]:
    return {
        "id": text(run, "commit", "id"),
        "time": None,
        "author_time": None,
        "dirty": known(run, "commit", "dirty"),
        "project": plain(run.problem.name),
        "branch": None,
    }


def _benchmark(timed: Timed) -> dict[str, Any]:
    from pytest_benchmark.stats import Stats

    stats: Any = Stats()  # type: ignore[no-untyped-call]
    for seconds in timed.seconds:
        stats.update(seconds)
    return {
        "group": plain(timed.group.name),
        "name": timed.name,
        "fullname": timed.name,
        "params": timed.parameters,
        "param": plain(timed.finding.arm.case.name),
        "extra_info": _extra_info(timed),
        "options": {
            "disable_gc": True,
            "timer": "perf_counter_ns",
            "min_rounds": len(timed.processes),
            "max_time": None,
            "min_time": None,
            "warmup": True,
        },
        "stats": {**stats.as_dict(), "data": list(timed.seconds), "iterations": timed.processes[0].calls},
    }


def _extra_info(timed: Timed) -> dict[str, Any]:
    finding: Finding = timed.finding
    speedup = finding.speedup_over_baseline
    return {
        "implbench_run": plain(timed.run.id),
        "data": "one value a round: the median of a fresh process",
        "verdict": finding.verdict,
        "speedup_over_baseline": speedup.value if speedup else None,
        "speedup_interval": interval_of(speedup),
        "error_over_tolerance": finding.error_over_tolerance,
        "minor_faults_per_call": finding.faults_per_call,
        SAMPLES: [
            {
                "round": process.round.index,
                "bursts": [
                    {"calls": burst.number, "sample_ns": list(burst.sample_ns)} for burst in process.worker.bursts
                ],
            }
            for process in timed.processes
        ],
    }


class _Stats(msgspec.Struct):
    iterations: int = 1
    median: float | None = None
    data: list[float] | None = None


class _Burst(msgspec.Struct):
    calls: int
    sample_ns: list[int]


class _Process(msgspec.Struct):
    round: int
    bursts: list[_Burst]


class _Benchmark(msgspec.Struct):
    fullname: str
    stats: _Stats
    name: str = ""
    group: str | None = None
    params: dict[str, Any] | None = None
    extra_info: dict[str, Any] | None = None


def wrote(top: Mapping[str, Any]) -> bool:
    """Return whether a file is pytest-benchmark's, of any version."""
    return "machine_info" in top or "commit_info" in top


def read(top: Mapping[str, Any], origin: Origin) -> Run:
    """Return the run in a file: one process and so one round, or the rounds of implbench's own export.

    Parameters
    ----------
    top
        The file's JSON, with a list of benchmarks.
    origin
        Where it comes from.

    Raises
    ------
    ImplbenchError
        If none of its benchmarks can be imported.
    """
    machine, commit = mapping(top.get("machine_info")), mapping(top.get("commit_info"))
    problem = line(commit.get("project")) or "pytest-benchmark"
    taken = each(top["benchmarks"], partial(_foreign, problem=problem), name=_name, problem=problem)
    made = top.get("datetime")
    return imported.run(
        origin.made_by(
            " ".join(filter(None, ["pytest-benchmark", line(top.get("version"))])),
            identifying.utc(made) if isinstance(made, str) else None,
        ),
        problem,
        taken.found,
        skipped=taken.skipped,
        environment=_environment(machine, commit),
    )


def _name(item: object) -> str | None:
    about = mapping(item)
    return line(about.get("fullname")) or line(about.get("name"))


def _foreign(item: object, problem: str) -> Foreign:
    one = msgspec.convert(item, _Benchmark)
    case = identifying.restored(one.name, one.params or {}) or identifying.case(
        one.fullname, line(one.group) or problem
    )
    samples = (one.extra_info or {}).get(SAMPLES)
    if samples is not None:
        processes = msgspec.convert(samples, list[_Process])
        bursts = {process.round: [(burst.calls, burst.sample_ns) for burst in process.bursts] for process in processes}
        return Foreign(case=case, title=one.fullname, processes=bursts)
    stats = one.stats
    values = stats.data or ([] if stats.median is None else [stats.median])
    if not values:
        raise ImplbenchError(f"has neither samples nor their {imported.STATISTIC}")
    return Foreign(
        case=case,
        title=one.fullname,
        processes={0: [(stats.iterations, imported.nanoseconds(values, stats.iterations))]},
        statistic=None if stats.data else imported.STATISTIC,
    )


def _environment(machine: Mapping[str, Any], commit: Mapping[str, Any]) -> dict[str, Any]:
    cpu = mapping(machine.get("cpu"))
    return identifying.environment(
        machine.get("node"),
        cpu={"model": _model(machine, cpu), "logical": cpu.get("count")},
        system={
            "os": machine.get("system"),
            "release": machine.get("release"),
            "architecture": machine.get("machine"),
        },
        python={
            "version": machine.get("python_version"),
            "implementation": machine.get("python_implementation"),
            "compiler": machine.get("python_compiler"),
        },
        commit={"id": commit.get("id"), "dirty": commit.get("dirty")},
    )


def _model(machine: Mapping[str, Any], cpu: Mapping[str, Any]) -> str | None:
    """Return the name of the CPU: ``brand`` in older files; a ``processor`` of one word is but an architecture."""
    processor = line(machine.get("processor")) or ""
    named = line(cpu.get("brand_raw")) or line(cpu.get("brand"))
    return named or (processor if " " in processor else None)
