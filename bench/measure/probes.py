"""Which limits of the machine are measured beside the implementations of a group, as arms of the same rounds.

They are problems like any other, in the folder probes/: verified, and at the dtype, threads and allocator of the group.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..machine import hardware
from ..problems import implementation, problem
from ..problems.case import COLD, USUAL_LAYOUTS, Case, Size
from ..store.records import Arm, Limit, Role
from .group import Source

FOLDER = Path(__file__).resolve().parent.parent / "probes"

#: Below so many bytes the cost of calling NumPy would be measured, not the cache.
LEAST_BYTES = 32 * 2**10

#: Side of the matrices of the product.
SIDE = 1024


def beside(group: str, case: Case, work: Mapping[str, float]) -> Iterator[tuple[Limit, Source]]:
    """Yield the limits of a group, which still have no work of their own, and their code.

    Parameters
    ----------
    group
        The group's name.
    case
        One of its cases.
    work
        The group's: its bytes are the size of the set at which the bandwidth applies, unless its caches are cold.
    """
    large = hardware.beyond_caches(hardware.caches(), hardware.memory_bytes())
    own = large if case.cache == COLD else round(min(max(work["bytes"], LEAST_BYTES), large))
    yield _limit("gemm", {"n": SIDE}, group, case, "flops")
    yield _limit("read", {"bytes": own}, group, case, "bytes")
    yield _limit("add", {"bytes": own}, group, case, "bytes")
    if own < large:
        yield _limit("read", {"bytes": large}, group, case, "bytes", applies=False)


def _limit(
    name: str, size: Mapping[str, int], group: str, case: Case, resource: str, *, applies: bool = True
) -> tuple[Limit, Source]:
    found = problem.read(FOLDER / name)
    one = implementation.found(found)[found.baseline]
    limit = Case(
        problem=found.name,
        implementation=one.name,
        size=Size(name=",".join(f"{key}={value}" for key, value in size.items()), values=dict(size)),
        dtype=case.dtype,
        layout=USUAL_LAYOUTS[0],
        threads=case.threads,
        allocator=case.allocator,
    )
    arm = Arm(name=f"{limit.id} beside {group}", case=limit, title=one.title, role=Role.LIMIT)
    record = Limit(group=group, arm=arm, resource=resource, applies=applies, work={})
    return record, Source(problem=found, implementation=one)
