"""What one evaluation allocates, written down by memray and not timed; for a worker whose bursts are over.

memray sees what is asked of the system's allocator, by whatever library and thread, and each object of Python. It is an
extra: only this module imports it, and only in a worker that was asked for it.
"""

import contextlib
import functools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..machine.collector import collector_off
from .outcome import is_users
from .untimed import Holder, Tracked


def tracked(step: Callable[[], object], renew: Callable[[], None], *, file: Path, folder: Path) -> Tracked:
    """Make one evaluation; return the peak of what it allocated, and the line that held most of that.

    Parameters
    ----------
    step, renew
        One evaluation, and what is done before it.
    file
        A new one, for memray: sums by call stack, so it stays small however often memory is asked for.
    folder
        That of the problem, whose code is the user's wherever it lies.

    Raises
    ------
    ImportError, OSError, RuntimeError
        If there is no memray, or it cannot write or track.
    """
    import memray

    renew()
    with (
        collector_off(),
        memray.Tracker(
            file,
            native_traces=True,
            trace_python_allocators=True,
            file_format=memray.FileFormat.AGGREGATED_ALLOCATIONS,
        ),
    ):
        result = step()
    del result
    with contextlib.suppress(AttributeError, TypeError):  # how a file is read is not in memray's reference
        return _peak(memray.FileReader(file), folder)
    return Tracked()


def _peak(reader: Any, folder: Path) -> Tracked:
    """Return what a file says of the moment at which most was held."""
    peak_bytes, by_line = 0, Counter[tuple[str, str, int]]()
    with reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            peak_bytes += record.size
            own = (place for place in record.stack_trace() if _is_own(place[1], folder))  # innermost first
            by_line.update({place: record.size for place in [next(own, None)] if place is not None})
    most = next(((place, held) for place, held in by_line.most_common(1) if held), None)
    if most is None:
        return Tracked(peak_bytes=peak_bytes)
    (function, file, line), held = most
    return Tracked(peak_bytes=peak_bytes, holder=Holder(file=Path(file), line=line, function=function, bytes=held))


@functools.cache
def _is_own(file: str, folder: Path) -> bool:
    """Return whether a file is the user's: installed nowhere, or in the problem's folder where that itself is."""
    return is_users(file) or (not is_users(str(folder)) and Path(file).resolve().is_relative_to(folder.resolve()))
