"""Other tools' files: one module a format, which turns runs into bytes, and some which turn bytes into a run.

To add one: a module with ``export(runs) -> bytes`` (or a mapping of file name -> bytes, where it is a folder), and its
line in the table below; `docs/formats.md` says for people what is in it. Pure: the commands read and write.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from ..errors import ImplbenchError, unknown
from ..measurement import Run
from . import asv, bencher, github_action, markdown, otava, pyperf, pytest_benchmark, tidy
from .foreign import Origin

Files = Mapping[str, bytes]
Exporter = Callable[[Sequence[Run]], bytes | Files]
Importer = Callable[[bytes, Origin], Run]

EXPORTERS: Mapping[str, Exporter] = {
    "pytest-benchmark": pytest_benchmark.export,
    "asv": asv.export,
    "pyperf": pyperf.export,
    "bencher": bencher.export,
    "github-action": github_action.export,
    "otava": otava.export,
    "csv": tidy.export,
    "markdown": markdown.export,
}

#: Formats that name the cases without a time themselves.
WITH_OUTCOMES = frozenset({"markdown"})

#: What is found at a file's top -> what reads it.
_IMPORTERS: Mapping[str, Importer] = {"machine_info": pytest_benchmark.read, "benchmarks": pyperf.read}


def exporter(name: str) -> Exporter:
    """Return what exports to a format.

    Raises
    ------
    ImplbenchError
        If there is no such format.
    """
    if name not in EXPORTERS:
        raise unknown("format", name, EXPORTERS)
    return EXPORTERS[name]


def read(data: bytes, origin: Origin) -> Run:
    """Return the run in a file of pytest-benchmark or pyperf.

    Raises
    ------
    ImplbenchError
        If it is neither, or lacks what a run needs.
    """
    if data.startswith(b"\x1f\x8b"):
        raise ImplbenchError("is compressed: unpack it first (gunzip)")
    try:
        top = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        reader = next((read for key, read in _IMPORTERS.items() if key in top), None)
        if reader is None:
            raise ImplbenchError("is no result of pytest-benchmark or pyperf: it holds no benchmarks")
        return reader(data, origin)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ImplbenchError(f"is no whole result of pytest-benchmark or pyperf ({error})") from error


__all__ = ["EXPORTERS", "WITH_OUTCOMES", "Exporter", "Files", "Importer", "Origin", "exporter", "read"]
