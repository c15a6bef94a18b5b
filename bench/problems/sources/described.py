"""A problem out of what a source has read of an entry."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import ImplbenchError, Unavailable
from ...text import speakable
from ..functions import Function
from ..origin import Origin
from ..problem import ONLY_SIZE, USUAL_DATA, Problem


def problem(
    origin: Origin,
    file: Path,
    functions: Sequence[Function],
    *,
    title: str = "",
    sizes: Mapping[str, Mapping[str, int]] | None = None,
    arguments: Sequence[str] = (),
    outputs: Sequence[str] = (),
    inout: Sequence[str] = (),
    files: Sequence[Path] = (),
    has_dtype: bool = False,
    path: Sequence[Path] = (),
    needs: Sequence[str] = (),
) -> Problem:
    """Return the problem that an entry is.

    Parameters
    ----------
    origin
        The entry; the problem is called after it.
    file
        The file in which it is written; failures are told of it.
    functions
        Its implementations; the first is the baseline.
    title
        What it is, in a line.
    sizes
        Name -> the whole numbers that `inputs` takes; the first is the usual one. None: it takes no number.
    arguments
        Names of what the implementations are called with, in their order.
    outputs, inout
        As OUTPUTS and INOUT of a problem (docs/problems.md).
    files
        All its files, beside `file` and those of its implementations.
    has_dtype
        Whether its `inputs` takes a dtype.
    path
        Folders that its code imports from.
    needs
        Distributions without which its inputs cannot be made, and that are not here; those of the baseline are, too.

    Raises
    ------
    ImplbenchError
        If there is no implementation; Unavailable, if something is needed that is not here.
    """
    baseline = _baseline(origin, functions, needs)
    known = {name: dict(values) for name, values in (sizes or {ONLY_SIZE: {}}).items()}
    return Problem(
        name=speakable(origin.entry),
        folder=file.parent,
        title=title or origin.entry,
        formula="",
        sizes=known,
        default_size=next(iter(known)),
        data=(USUAL_DATA,),
        baseline=baseline.name,
        layouts=(),
        outputs=tuple(outputs),
        inout=tuple(inout),
        module=file.stem,
        functions=tuple(functions),
        arguments=tuple(arguments),
        has_dtype=has_dtype,
        path=tuple(path),
        origin=origin,
        belonging=tuple(dict.fromkeys((file, *files, *(one.file for one in functions if one.file)))),
    )


def _baseline(origin: Origin, functions: Sequence[Function], needs: Sequence[str]) -> Function:
    """Return the first implementation, if there is all that it and the inputs need."""
    if not functions:
        raise ImplbenchError(f"{origin}: has nothing to measure")
    absent = tuple(dict.fromkeys((*needs, *functions[0].requires)))
    if absent:
        raise Unavailable(f"{origin}: needs {', '.join(absent)}, not installed here (pip install {' '.join(absent)})")
    return functions[0]
