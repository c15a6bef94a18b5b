"""Where and how the run was made: everything that somebody needs to repeat it or to doubt it."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...analyse.analysis import Analysis
from ...store.records import Run
from ...store.selectors import used_rounds
from ...store.worker_records import Worker
from ...text import headed
from ...units import DASH, significant
from ..parts import Cell, Column, Section, Table, plain
from ..phrases import case_label, counted, margin_text
from .subject import Subject

#: What a reader looks for, and where environment.capture() and numeric_stack() put it; several places make one text.
_KNOWN = (
    ("CPU", "cpu.model"),
    ("physical CPUs", "cpu.physical"),
    ("logical CPUs", "cpu.logical"),
    ("CPUs allowed", "cpus_allowed"),
    ("caches", "cpu.caches_bytes"),
    ("memory", "memory_bytes"),
    ("frequency", "cpu.frequency_hz"),
    ("governor", "cpu.governor"),
    ("turbo", "cpu.turbo"),
    ("virtual machine", "cpu.hypervisor"),
    ("BLAS", "numeric_stack.blas.name", "numeric_stack.blas.version", "numeric_stack.blas.kernel"),
    ("BLAS threads where the inputs were made", "numeric_stack.blas.threads"),
    ("NumPy", "numeric_stack.numpy"),
    ("SIMD tier of NumPy", "numeric_stack.simd.tier"),
    ("Python", "python.implementation", "python.version"),
    ("system", "system.os", "system.release", "system.architecture"),
    ("C library", "system.libc"),
    ("workers of a round have the same addresses", "system.addresses_alike"),
    ("commit of the problem", "commit.id"),
    ("uncommitted changes", "commit.dirty"),
    ("Python's flags", "python.flags"),
    ("SIMD that NumPy was built for", "numeric_stack.simd.baseline"),
    ("SIMD that NumPy found", "numeric_stack.simd.found"),
    ("before the run: load", "before.load"),
    ("before the run: part busy of each CPU", "before.busy"),
    ("before the run: part stolen of each CPU", "before.steal"),
    ("versions", "distributions"),
    ("variables", "variables"),
    ("fingerprint of the machine", "fingerprint"),
)

#: What holds many things in one row; by themselves they say more of a difference.
_MANIFOLD = ("versions", "variables")

#: Lists of parts of 1.
_PARTS = ("busy", "steal")

#: Powers of 1024.
_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def section(analysis: Analysis) -> Section | None:
    """Return one table: the run, its workers, then all that the environment's record holds."""
    rows = [
        *_of_run(analysis.run),
        ("margin", margin_text(analysis.margin)),
        *_of_workers(analysis.run),
        *_of_record(analysis.run.environment, _KNOWN),
    ]
    table = Table(
        name="environment",
        title="Environment",
        columns=(
            Column(name="subject", header="subject", right=False),
            Column(name="value", header="value", right=False),
        ),
        rows=tuple((Cell.of(subject), _cell(text)) for subject, text in rows),
    )
    return Section(title="Environment", tables=(table,))


def facts(run: Run) -> dict[str, str]:
    """Return subject -> text of all that the table holds of a run, each version and variable by itself."""
    known = tuple(one for one in _KNOWN if one[0] not in _MANIFOLD)
    rows = (*_of_run(run), *_of_workers(run), *_of_record(run.environment, known))
    return {subject: text for subject, text in rows if text}


def _cell(text: str | None) -> Cell:
    return Cell(value=text or None, text=text or DASH)


def _of_run(run: Run) -> Iterator[tuple[str, str | None]]:
    settings = run.settings
    yield "to repeat", plain(shlex.join(settings.command))
    yield "run", plain(run.id)
    yield "made", plain(run.created)
    yield "problem", plain(headed(run.problem.name, run.problem.title))
    yield "problem's files (SHA-256)", plain(run.problem.digest)
    yield "data", plain(", ".join(dict.fromkeys(arm.case.data or run.problem.data for arm in run.arms)))
    yield "seed", str(settings.seed)
    yield "rounds", f"{len(used_rounds(run))} used, {len(run.rounds)} made"
    labels = {arm.case.group: case_label(arm.case) for arm in run.arms}
    for group, work in run.problem.work.items():
        text = ", ".join(f"{_count(value)} {plain(key)}" for key, value in work.items())
        if text:
            yield f"work of one call, {labels.get(group, plain(group))}", text


def _count(value: float) -> str:
    return f"{value:.4g}"


def _of_workers(run: Run) -> Iterator[tuple[str, str | None]]:
    """Yield what the workers found loaded in themselves, each once."""
    workers = [worker for round_ in run.rounds for worker in round_.workers]
    yield (
        "BLAS and thread pools in the workers",
        "; ".join(dict.fromkeys(text for worker in workers for text in _pools(worker))),
    )
    yield "CPUs of the workers", _cpus(workers)
    malloc = dict.fromkeys(f"{key}={value}" for worker in workers for key, value in worker.malloc.items())
    yield "allocator", plain("; ".join([*dict.fromkeys(arm.case.allocator for arm in run.arms), *malloc]))


def _pools(worker: Worker) -> list[str]:
    return [
        plain(" ".join(filter(None, [pool.library, pool.version, pool.kernel and f"{pool.kernel} kernel"])))
        + f", {counted(pool.threads, 'thread')}"
        for pool in worker.pools
    ]


def _cpus(workers: list[Worker]) -> str:
    return ", ".join(str(cpu) for cpu in sorted({cpu for worker in workers for cpu in worker.affinity}))


def _of_record(record: Mapping[str, Any], known: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, str | None]]:
    """Yield the known subjects, whether the record has them or not, then whatever else it holds."""
    leaves = dict(_leaves((), record))
    for subject, *beginnings in known:
        texts = []
        for beginning in (tuple(path.split(".")) for path in beginnings):
            found = [path for path in leaves if path[: len(beginning)] == beginning]
            named = [(" ".join(path[len(beginning) :]), _text(path, leaves.pop(path))) for path in found]
            texts.append(", ".join(f"{name} {text}".strip() for name, text in named if text))
        yield subject, " ".join(filter(None, texts))
    for path, value in leaves.items():
        yield plain(" ".join(path)), _text(path, value)


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path and value of everything in a record that is no mapping itself."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)
    else:
        yield path, value


def _text(path: tuple[str, ...], value: Any) -> str | None:
    """Return the text of one value, None if it is unknown; names of sizes and frequencies say their unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if any(name.endswith("_bytes") for name in path):
            return bytes_text(value)
        return f"{significant(value / 1e9)} GHz" if path[-1].endswith("_hz") else f"{value:.10g}"
    if isinstance(value, list | tuple) and path[-1] in _PARTS:
        return plain(", ".join(f"{100 * one:.1f} %" for one in value)) or None
    if isinstance(value, list | tuple):
        return plain(", ".join(significant(one) if isinstance(one, float) else str(one) for one in value)) or None
    return plain(str(value)) or None if value is not None else None


def bytes_text(count: float) -> str:
    """Return as in ``32 KiB``."""
    power = 0
    while count >= 1024 and power < len(_BYTE_UNITS) - 1:
        count /= 1024
        power += 1
    return f"{count:.4g} {_BYTE_UNITS[power]}"


SUBJECT = Subject(
    id="environment",
    title="Environment",
    section=section,
    place=140,
    shown="title",
    doubts=True,
)
