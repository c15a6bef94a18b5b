"""pytest-benchmark's JSON, version 5: `export` for its ``compare``, `read` for files of its ``--benchmark-json``."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ..document import plain
from ..errors import ImplbenchError
from ..measurement import Run
from ..verdict import Finding
from . import foreign
from .foreign import Foreign, Origin
from .timed import UNKNOWN, Timed, created, known, once_each, one_place, text

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
    return json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"


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


def _benchmark(one: Timed) -> dict[str, Any]:
    from pytest_benchmark.stats import Stats

    stats: Any = Stats()  # type: ignore[no-untyped-call]
    for seconds in one.seconds:
        stats.update(seconds)
    return {
        "group": plain(one.group.name),
        "name": one.name,
        "fullname": one.name,
        "params": one.parameters,
        "param": plain(one.finding.arm.case.name),
        "extra_info": _extra_info(one),
        "options": {
            "disable_gc": True,
            "timer": "perf_counter_ns",
            "min_rounds": len(one.processes),
            "max_time": None,
            "min_time": None,
            "warmup": True,
        },
        "stats": {**stats.as_dict(), "data": list(one.seconds), "iterations": one.processes[0].calls},
    }


def _extra_info(one: Timed) -> dict[str, Any]:
    finding: Finding = one.finding
    speedup = finding.speedup_over_baseline
    interval = speedup.interval if speedup else None
    return {
        "implbench_run": plain(one.run.id),
        "data": "one value a round: the median of a fresh process",
        "verdict": finding.verdict,
        "speedup_over_baseline": speedup.value if speedup else None,
        "speedup_interval": [interval.low, interval.high] if interval else None,
        "error_over_tolerance": finding.error_over_tolerance,
        "minor_faults_per_call": finding.faults_per_call,
        SAMPLES: [
            {
                "round": process.round.index,
                "bursts": [
                    {"calls": burst.number, "sample_ns": list(burst.sample_ns)} for burst in process.worker.bursts
                ],
            }
            for process in one.processes
        ],
    }


class _Stats(msgspec.Struct):
    iterations: int
    data: list[float] | None = None


class _Burst(msgspec.Struct):
    calls: int
    sample_ns: list[int]


class _Process(msgspec.Struct):
    round: int
    bursts: list[_Burst]


class _Benchmark(msgspec.Struct):
    fullname: str
    name: str
    stats: _Stats
    group: str | None = None
    params: dict[str, Any] | None = None
    extra_info: dict[str, Any] = {}


class _File(msgspec.Struct):
    benchmarks: list[_Benchmark]
    datetime: str
    version: str
    machine_info: dict[str, Any] = {}
    commit_info: dict[str, Any] = {}


def read(data: bytes, origin: Origin) -> Run:
    """Return the run in a file: one process and so one round, or the rounds of implbench's own export.

    Raises
    ------
    ImplbenchError
        If it lacks what a run needs; msgspec.DecodeError or ValidationError if it is no such file at all.
    """
    file = msgspec.json.decode(data, type=_File)
    project = file.commit_info.get("project")
    problem = project if isinstance(project, str) and plain(project) else "pytest-benchmark"
    return foreign.run(
        origin.made_by(f"pytest-benchmark {plain(file.version)}", foreign.utc(file.datetime)),
        problem,
        [_foreign(one, problem) for one in file.benchmarks],
        environment=_environment(file.machine_info, file.commit_info),
    )


def _foreign(one: _Benchmark, problem: str) -> Foreign:
    case = foreign.restored(one.name, one.params or {}) or foreign.case(one.fullname, one.group or problem)
    held = one.extra_info.get(SAMPLES)
    if held is not None:
        processes = msgspec.convert(held, list[_Process])
        bursts = {process.round: [(burst.calls, burst.sample_ns) for burst in process.bursts] for process in processes}
        return Foreign(case=case, title=one.fullname, processes=bursts)
    if not one.stats.data:
        raise ImplbenchError(
            f"{plain(one.fullname)} has no samples; save them by --benchmark-json, or by --benchmark-save-data "
            "beside --benchmark-autosave"
        )
    samples = foreign.nanoseconds(one.stats.data, one.stats.iterations, one.fullname)
    return Foreign(case=case, title=one.fullname, processes={0: [(one.stats.iterations, samples)]})


def _environment(machine: Mapping[str, Any], commit: Mapping[str, Any]) -> dict[str, Any]:
    cpu = machine.get("cpu")
    cpu = cpu if isinstance(cpu, Mapping) else {}
    return foreign.environment(
        cpu={"model": cpu.get("brand_raw") or machine.get("processor"), "logical": cpu.get("count")},
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
