"""The edge where another tool's file comes in: its bytes become JSON, its benchmarks are taken one at a time.

What is wrong with one benchmark is no reason to refuse the others: it is skipped, by its name and with the reason.
"""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ..errors import ImplbenchError
from ..report.parts import plain
from ..store.documents import LARGEST_BYTES
from . import identifying, imported
from .imported import Foreign, Skipped

_GZIP = b"\x1f\x8b"


class Taken(Struct, frozen=True, kw_only=True):
    """The benchmarks of a file."""

    found: tuple[Foreign, ...]
    skipped: tuple[Skipped, ...]


def decoded(data: bytes) -> Mapping[str, Any]:
    """Return a file's JSON, unpacked if need be; NaN and Infinity are read as Python's json writes them.

    Raises
    ------
    ImplbenchError
        If it is no JSON, or holds no list of benchmarks.
    """
    try:
        top = json.loads(_unpacked(data))
    except (ValueError, RecursionError) as error:
        raise ImplbenchError(f"is no whole result of pytest-benchmark or pyperf ({plain(str(error))})") from error
    if not isinstance(top, dict) or not isinstance(top.get("benchmarks"), list):
        raise ImplbenchError("is no result of pytest-benchmark or pyperf: it holds no benchmarks")
    return top


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        found = gzip.GzipFile(fileobj=io.BytesIO(data)).read(LARGEST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ImplbenchError(f"cannot be unpacked ({error})") from error
    if len(found) > LARGEST_BYTES:
        raise ImplbenchError(f"unpacked, is larger than {LARGEST_BYTES} bytes, no such result is")
    return found


def each(
    items: Sequence[object], read: Callable[[object], Foreign], *, name: Callable[[object], str | None], problem: str
) -> Taken:
    """Return what `read` makes of each item, and what it refuses.

    Parameters
    ----------
    items
        The file's benchmarks; nothing is known of them.
    read
        Raises ImplbenchError, msgspec's ValidationError or UnicodeError, with the reason why an item is none.
    name
        Returns the name of an item that cannot be read, as far as it has one.
    problem
        What the skipped are said to belong to.
    """
    found: list[Foreign] = []
    skipped: list[Skipped] = []
    names: set[str] = set()
    for place, item in enumerate(items, start=1):
        one, reason = _read(item, read)
        if one is not None and one.case.id not in names:
            found.append(one)
            names.add(one.case.id)
            continue
        title = name(item) or f"benchmark {place}"
        case = identifying.case(title, problem)
        case = case if case.id not in names else identifying.case(f"{title} ({place})", problem)
        skipped.append(Skipped(case=case, title=title, reason=reason or "has the name of one before it in the file"))
        names.add(case.id)
    return Taken(found=tuple(found), skipped=tuple(skipped))


def _read(item: object, read: Callable[[object], Foreign]) -> tuple[Foreign | None, str]:
    """Return the benchmark, or why it is none."""
    try:
        one = read(item)
        imported.check(one)
    except (ImplbenchError, msgspec.ValidationError, UnicodeError) as error:  # half a surrogate pair is no text
        return None, plain(str(error))
    return one, ""


def mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object; an empty one where there is something else."""
    return value if isinstance(value, dict) else {}


def line(value: object) -> str | None:
    """Return text as one line; None where there is none."""
    return (plain(value) or None) if isinstance(value, str) else None
