"""Whether calls are fast only because the implementation has met the contents of its inputs before.

Who remembers results by the contents of the inputs, or starts from the last one, is right on any contents and computes
only once. A worker's last calls tell it: one on contents that it has met, one on contents that it has not, both just
written to the same arrays.
"""

from collections.abc import Iterable

from ..store.worker_records import Worker

#: So many times as long must a call on new contents take. Sorting a thousand numbers may take some times as long until
#: the CPU knows its branches by heart.
LEAST_FACTOR = 5.0

#: And so much longer: a call behind another program's finds nothing of its own in the caches.
LEAST_NS = 100_000

#: In so many rounds at least it must be seen: in a single one it may have been another program.
LEAST_ROUNDS = 3


def warning(workers: Iterable[Worker]) -> str | None:
    """Return what is said of an arm whose calls on new contents take far longer, None if not or nobody knows."""
    times = [
        (worker.met_ns, worker.unmet_ns)
        for worker in workers
        if worker.met_ns is not None and worker.unmet_ns is not None
    ]
    if len(times) < LEAST_ROUNDS:
        return None
    met, unmet = (max(1, min(column)) for column in zip(*times, strict=True))
    if unmet < LEAST_FACTOR * met or unmet - met < LEAST_NS:
        return None
    return (
        f"a call on contents that it has not met before takes {unmet / met:.2g} times as long as on contents that it "
        "has: it may remember results, or start from the last one, and its time is that of doing so"
    )
