"""Other tools' files: one module a format, which turns runs into bytes, and some which turn bytes into a run.

To add one: a module here, named as the format is (an underscore for a hyphen), with ``export(runs)``. That returns the
bytes of a file, an iterator of its parts where it may be long, or a mapping of file name -> bytes where it is a folder.
Where it names the cases without a time itself, the module says ``HAS_OUTCOMES = True``. `docs/formats.md` says for
people what is in it. The commands read and write, no format does.
"""

import os
import re
from importlib import import_module

from ..errors import unknown

TYPE_CHECKING = False  # as typing's: the help of a command lists the formats, and does not wait for it
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, Protocol

    from ..store.records import Run
    from .imported import Origin

    Files = Mapping[str, bytes]

    class Format(Protocol):
        """A module of a format."""

        def export(self, runs: Sequence[Run]) -> bytes | Iterator[bytes] | Files:
            """Return the runs in the format."""


#: What a module of a format has.
_EXPORT = re.compile(r"^def export\(", re.MULTILINE)


def names() -> tuple[str, ...]:
    """Return the formats; the modules are read as text, for a list of names needs nothing that they import."""
    files = (os.path.join(folder, name) for folder in __path__ for name in os.listdir(folder))  # noqa: PTH118, PTH208
    modules = (os.path.basename(file).removesuffix(".py") for file in files if _exports(file))  # noqa: PTH119
    return tuple(sorted(name.replace("_", "-") for name in modules))


def _exports(path: str) -> bool:
    """Return whether a file of this package is a module of a format."""
    if not path.endswith(".py") or path == __file__:
        return False
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return _EXPORT.search(file.read()) is not None


def format_of(name: str) -> "Format":
    """Return what exports to a format.

    Raises
    ------
    ImplbenchError
        If there is no such format.
    """
    if name not in names():
        raise unknown("format", name, names())
    module: Any = import_module(f".{name.replace('-', '_')}", __package__)
    found: Format = module
    return found


def has_outcomes(found: "Format") -> bool:
    """Return whether a format names the cases without a time itself."""
    return getattr(found, "HAS_OUTCOMES", False) is True


def read(data: bytes, origin: "Origin") -> "Run":
    """Return the run in a file of pytest-benchmark or pyperf; what cannot be imported is among its cases left out.

    Raises
    ------
    ImplbenchError
        If it is neither, or holds nothing that can be imported.
    """
    from . import pyperf, pytest_benchmark
    from .taking import decoded

    top = decoded(data)
    return pytest_benchmark.read(top, origin) if pytest_benchmark.wrote(top) else pyperf.read(top, origin)
