"""pyperf's JSON: `export` writes one file an implementation, `read` takes its result files of all formats since 5."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import msgspec

from ..errors import ImplbenchError
from ..problems.case import Case
from ..report.parts import file_name, plain
from ..store.records import Run
from . import identifying, imported
from .imported import Foreign, Origin
from .taking import each, line, mapping
from .timed_cases import Process, Timed, created, known, once_each, one_place, text

VERSION = "1.0"

#: The formats that pyperf itself reads, and so does `read`.
FORMATS = (5, 6, VERSION)

#: The unit of times, and of what names none.
SECOND = "second"

#: What `platform.machine` says of the machines that run Python.
_ARCHITECTURES = {
    *("x86_64", "amd64", "i386", "i586", "i686", "x86", "arm64", "aarch64", "armv6l", "armv7l"),
    *("ppc64", "ppc64le", "s390x", "riscv64", "loongarch64", "wasm32"),
}

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
        "unit": SECOND,
        "cpu_model_name": text(run, "cpu", "model"),
        "cpu_count": known(run, "cpu", "logical"),
        "platform": " ".join(filter(None, [text(run, "system", "os"), text(run, "system", "architecture")])),
        "python_implementation": (text(run, "python", "implementation") or "").lower(),
        "python_version": text(run, "python", "version"),
        "implbench_fingerprint": text(run, "fingerprint"),
        "implbench_commit": text(run, "commit", "id"),
    }
    return {name: value for name, value in found.items() if value}


def _benchmark(timed: Timed) -> dict[str, Any]:
    case = timed.finding.arm.case
    metadata: dict[str, Any] = {
        "name": plain(f"{case.problem}-{case.name.removeprefix(f'{case.implementation}-')}"),
        "loops": timed.processes[0].calls,
        f"{MARK}case": timed.name,
        f"{MARK}run": plain(timed.run.id),
        **{f"{MARK}{name}": value for name, value in timed.parameters.items()},
    }
    return {
        "metadata": {name: value for name, value in metadata.items() if value != ""},
        "runs": [_run(timed, process) for process in timed.processes],
    }


def _run(timed: Timed, process: Process) -> dict[str, Any]:
    """Return one process; its date is the run's, moved by the time since the first round."""
    since_ns = process.round.start_ns - timed.run.rounds[0].start_ns
    date = created(timed.run).replace(tzinfo=None) + timedelta(microseconds=max(0, since_ns) // 1000)
    return {
        "values": [process.seconds_per_call],
        "metadata": {"date": date.isoformat(sep=" "), "duration": process.round.duration_ns * 1e-9},
    }


class _Process(msgspec.Struct):
    values: list[float] = []
    samples: list[float] = []
    """What format 5 calls the values."""
    metadata: dict[str, Any] = {}


class _Benchmark(msgspec.Struct):
    runs: list[_Process]


def read(top: Mapping[str, Any], origin: Origin) -> Run:
    """Return the run in a file: a round for each process, those that only calibrate left out.

    Parameters
    ----------
    top
        The file's JSON, with a list of benchmarks.
    origin
        Where it comes from.

    Raises
    ------
    ImplbenchError
        If it is of another format, or none of its benchmarks can be imported.
    """
    if top.get("version") not in FORMATS:
        found = plain(repr(top["version"])) if "version" in top else "no version"
        expected = ", ".join(map(repr, FORMATS))
        raise ImplbenchError(
            f"is no result of pytest-benchmark, nor of pyperf in a format that can be read: found {found}, expected "
            f"{expected} (`python -m pyperf convert` converts others)"
        )
    taken = each(
        top["benchmarks"],
        partial(_foreign, top, count()),  # counted over the whole file, as no two processes of it ran side by side
        name=lambda item: line(_metadata(top, item).get("name")),
        problem="pyperf",
    )
    about = _metadata(top, next(iter(top["benchmarks"]), None))
    version = line(about.get("perf_version"))
    return imported.run(
        origin.made_by(f"pyperf {version}" if version else "pyperf", min(_dates(top), default=None)),
        "pyperf",
        taken.found,
        skipped=taken.skipped,
        environment=_environment(about),
    )


def _metadata(top: Mapping[str, Any], item: object, process: object = None) -> dict[str, Any]:
    """Return what is known of a process of a benchmark, by default of its first one."""
    about = mapping(item)
    runs = about.get("runs")
    first = runs[0] if process is None and isinstance(runs, list) and runs else process
    common = (top.get("metadata"), about.get("common_metadata"), about.get("metadata"))
    return {name: value for part in (*common, mapping(first).get("metadata")) for name, value in mapping(part).items()}


def _dates(top: Mapping[str, Any]) -> Iterator[str]:
    """Yield when the processes were started, as far as the file tells it."""
    for item in top["benchmarks"]:
        runs = mapping(item).get("runs")
        for process in runs if isinstance(runs, list) else ():
            date = _metadata(top, item, process).get("date")
            made = identifying.utc(date) if isinstance(date, str) else None
            if made is not None:
                yield made


def _foreign(top: Mapping[str, Any], indices: Iterator[int], item: object) -> Foreign:
    """Return a benchmark, its processes numbered by `indices`."""
    one, about = msgspec.convert(item, _Benchmark), _metadata(top, item)
    name = line(about.get("name"))
    if name is None:
        raise ImplbenchError("has no name; expected one in its metadata")
    unit = about.get("unit", SECOND)
    if unit != SECOND:
        raise ImplbenchError(f"is in {plain(str(unit))}s; only times can be imported")
    processes = {}
    for process in one.runs:
        values = process.values or process.samples
        if values:
            calls = _calls(_metadata(top, item, {"metadata": process.metadata}))
            processes[next(indices)] = [(calls, imported.nanoseconds(values, calls))]
    if not processes:
        raise ImplbenchError("has no values: it was only calibrated")
    return Foreign(case=_case(name, about), title=name, processes=processes)


def _calls(metadata: Mapping[str, Any]) -> int:
    """Return the calls in one sample: the outer times the inner loops."""
    loops, inner = metadata.get("loops", 1), metadata.get("inner_loops", 1)
    if not isinstance(loops, int) or not isinstance(inner, int) or loops < 1 or inner < 1:
        raise ImplbenchError(f"has {loops!r} x {inner!r} loops; expected whole numbers of at least 1")
    return loops * inner


def _case(name: str, metadata: Mapping[str, Any]) -> Case:
    identity = metadata.get(f"{MARK}case")
    ours = {key.removeprefix(MARK): value for key, value in metadata.items() if key.startswith(MARK)}
    found = identifying.restored(identity, ours) if isinstance(identity, str) else None
    return found or identifying.case(name, "pyperf")


def _environment(metadata: Mapping[str, Any]) -> dict[str, Any]:
    system, architecture = _platform(line(metadata.get("platform")) or "")
    return identifying.environment(
        metadata.get("hostname"),
        cpu={"model": metadata.get("cpu_model_name"), "logical": metadata.get("cpu_count")},
        system={"os": system, "release": None, "architecture": architecture},
        python={"version": metadata.get("python_version"), "implementation": metadata.get("python_implementation")},
        commit={"id": metadata.get(f"{MARK}commit") or metadata.get("commit_id"), "dirty": None},
    )


def _platform(text: str) -> tuple[str | None, str | None]:
    """Return system and architecture in what `platform.platform` says; its release changes with each update."""
    words = re.split(r"[- ]", text)
    architecture = next((word for word in words if word.lower() in _ARCHITECTURES), None)
    return words[0] or None, architecture
