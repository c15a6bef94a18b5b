"""Other tools' files: one module a format, which turns runs into bytes, and some which turn bytes into a run.

To add one: a module with ``export(runs) -> bytes`` (or a mapping of file name -> bytes, where it is a folder), and its
line in the table below; `docs/formats.md` says for people what is in it. Pure: the commands read and write.
"""

from collections.abc import Callable, Mapping, Sequence

from ..errors import unknown
from ..store.records import Run
from . import asv, bencher, github_action, markdown, otava, pyperf, pytest_benchmark, tidy
from .imported import Origin
from .taking import decoded

Files = Mapping[str, bytes]
Exporter = Callable[[Sequence[Run]], bytes | Files]

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
    """Return the run in a file of pytest-benchmark or pyperf; what cannot be imported is among its cases left out.

    Raises
    ------
    ImplbenchError
        If it is neither, or holds nothing that can be imported.
    """
    top = decoded(data)
    return pytest_benchmark.read(top, origin) if pytest_benchmark.wrote(top) else pyperf.read(top, origin)


__all__ = ["EXPORTERS", "WITH_OUTCOMES", "Exporter", "Files", "Origin", "exporter", "read"]
