"""pyperf's JSON, version 1.0: `export` writes one file an implementation, `read` takes its result files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from ..case import Case
from ..document import plain
from ..errors import ImplbenchError
from ..measurement import Run
from ..report import file_name
from . import foreign
from .foreign import Foreign, Origin
from .timed import Process, Timed, created, known, once_each, one_place, text

VERSION = "1.0"

#: Metadata of a benchmark that begin so are a case's parameters.
MARK = "implbench_"


def export(runs: Sequence[Run]) -> Mapping[str, bytes]:
    """Return one file an implementation, its benchmarks named by the rest of the case, so that ``compare_to`` pairs.

    Each run, pyperf's word for a process, has one value: the median of one round. pyperf takes all values of all
    processes for independent; with one a process they are.
    """
    found = once_each(runs)
    common = _common(one_place(runs))
    by_implementation: dict[str, list[Timed]] = {}
    for one in found:
        by_implementation.setdefault(plain(one.finding.arm.case.implementation), []).append(one)
    files: dict[str, bytes] = {}
    for name, cases in by_implementation.items():
        path = f"{file_name(name)}.json"
        if path in files:
            raise ImplbenchError(f"two implementations would be written to {path}: rename {name!r}")
        document = {"version": VERSION, "metadata": common, "benchmarks": [_benchmark(one) for one in cases]}
        files[path] = json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"
    return files


def _common(run: Run) -> dict[str, str | int]:
    found: dict[str, Any] = {
        "unit": "second",
        "cpu_model_name": text(run, "cpu", "model"),
        "cpu_count": known(run, "cpu", "logical"),
        "platform": " ".join(filter(None, [text(run, "system", "os"), text(run, "system", "architecture")])),
        "python_implementation": (text(run, "python", "implementation") or "").lower(),
        "python_version": text(run, "python", "version"),
        "implbench_fingerprint": text(run, "fingerprint"),
        "implbench_commit": text(run, "commit", "id"),
    }
    return {name: value for name, value in found.items() if value}


def _benchmark(one: Timed) -> dict[str, Any]:
    case = one.finding.arm.case
    metadata: dict[str, Any] = {
        "name": plain(f"{case.problem}-{case.name.removeprefix(f'{case.implementation}-')}"),
        "loops": one.processes[0].calls,
        f"{MARK}case": one.name,
        f"{MARK}run": plain(one.run.id),
        **{f"{MARK}{name}": value for name, value in one.parameters.items()},
    }
    return {
        "metadata": {name: value for name, value in metadata.items() if value != ""},
        "runs": [_run(one, process) for process in one.processes],
    }


def _run(one: Timed, process: Process) -> dict[str, Any]:
    """Return one process; its date is the run's, moved by the time since the first round."""
    since_ns = process.round.start_ns - one.run.rounds[0].start_ns
    date = created(one.run).replace(tzinfo=None) + timedelta(microseconds=max(0, since_ns) // 1000)
    return {
        "values": [process.seconds_per_call],
        "metadata": {"date": date.isoformat(sep=" "), "duration": process.round.duration_ns * 1e-9},
    }


class _Process(msgspec.Struct):
    values: list[float] = []
    metadata: dict[str, Any] = {}


class _Benchmark(msgspec.Struct):
    runs: list[_Process]
    metadata: dict[str, Any] = {}


class _File(msgspec.Struct):
    version: str
    benchmarks: list[_Benchmark]
    metadata: dict[str, Any] = {}


def read(data: bytes, origin: Origin) -> Run:
    """Return the run in a file: a round for each process, those that only calibrate left out.

    Raises
    ------
    ImplbenchError
        If it lacks what a run needs; msgspec.DecodeError or ValidationError if it is no such file at all.
    """
    file = msgspec.json.decode(data, type=_File)
    if file.version != VERSION:
        raise ImplbenchError(
            f"is of pyperf's format {plain(file.version)!r}, expected {VERSION!r}: "
            "convert it by `python -m pyperf convert`"
        )
    found = list(_foreign(file))
    first = {**file.metadata, **file.benchmarks[0].metadata, **_first(file.benchmarks[0])} if found else {}
    dates = [_date(process) for one in file.benchmarks for process in one.runs]
    version = first.get("perf_version")
    return foreign.run(
        origin.made_by(
            f"pyperf {plain(version)}" if isinstance(version, str) else "pyperf",
            min((date for date in dates if date), default=None),
        ),
        "pyperf",
        found,
        environment=_environment(first),
    )


def _first(benchmark: _Benchmark) -> Mapping[str, Any]:
    """Return the metadata of the first process."""
    return benchmark.runs[0].metadata if benchmark.runs else {}


def _date(process: _Process) -> str | None:
    date = process.metadata.get("date")
    return foreign.utc(date) if isinstance(date, str) else None


def _foreign(file: _File) -> Iterator[Foreign]:
    """Yield the benchmarks; processes are counted over the whole file, as no two of them ran side by side."""
    index = 0
    for one in file.benchmarks:
        metadata = {**file.metadata, **one.metadata, **_first(one)}
        name = metadata.get("name")
        if not isinstance(name, str) or not plain(name):
            raise ImplbenchError("holds a benchmark without a name; expected one in its metadata")
        if metadata.get("unit", "second") != "second":
            raise ImplbenchError(f"{plain(name)!r} is in {plain(str(metadata['unit']))}s; only times can be imported")
        processes = {}
        for process in one.runs:
            if process.values:
                calls = _calls({**metadata, **process.metadata}, name)
                processes[index] = [(calls, foreign.nanoseconds(process.values, calls, name))]
                index += 1
        if not processes:
            raise ImplbenchError(f"{plain(name)!r} has no values; it was only calibrated")
        yield Foreign(case=_case(name, metadata), title=name, processes=processes)


def _calls(metadata: Mapping[str, Any], name: str) -> int:
    """Return the calls in one sample: the outer times the inner loops."""
    loops, inner = metadata.get("loops", 1), metadata.get("inner_loops", 1)
    if not isinstance(loops, int) or not isinstance(inner, int) or loops < 1 or inner < 1:
        raise ImplbenchError(f"{plain(name)!r} has {loops!r} x {inner!r} loops; expected whole numbers of at least 1")
    return loops * inner


def _case(name: str, metadata: Mapping[str, Any]) -> Case:
    identity = metadata.get(f"{MARK}case")
    ours = {key.removeprefix(MARK): value for key, value in metadata.items() if key.startswith(MARK)}
    found = foreign.restored(identity, ours) if isinstance(identity, str) else None
    return found or foreign.case(name, "pyperf")


def _environment(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return foreign.environment(
        cpu={"model": metadata.get("cpu_model_name"), "logical": metadata.get("cpu_count")},
        system={"os": metadata.get("platform"), "release": None, "architecture": None},
        python={"version": metadata.get("python_version"), "implementation": metadata.get("python_implementation")},
        commit={"id": metadata.get(f"{MARK}commit"), "dirty": None},
    )
