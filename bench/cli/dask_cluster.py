"""`implbench run --dask ADDRESS`: the parts of a run on the machines of a cluster of dask.distributed.

One part at a time goes to each machine, whose worker says that it is one by its resource (``--resources host=1``). The
parts of a worker that is gone are measured anew by another; of each part one result counts.
"""

from collections.abc import Callable, Sequence

from ..errors import ImplbenchError, Unavailable
from .blocks import Block, Measured, run_block

#: A machine has one of it, and a part takes one.
RESOURCE = "host"

_CONNECT_S = 10


def measured(blocks: Sequence[Block], address: str, tell: Callable[[str], None]) -> list[Measured]:
    """Return what was measured of each part, in the order in which they were done.

    Parameters
    ----------
    address
        Of the scheduler, as ``tcp://node1:8786``.
    tell
        Is told how many are done.

    Raises
    ------
    Unavailable
        If distributed is not installed.
    ImplbenchError
        If the scheduler cannot be reached, it has no worker with the resource, or a part fails.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise Unavailable("--dask needs dask.distributed (pip install 'implbench[dask]')") from error
    try:
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ImplbenchError(f"--dask {address}: no scheduler answers there (dask scheduler starts one)") from error
    with client:
        machines = _machines(client.scheduler_info(n_workers=-1)["workers"])
        if not machines:
            raise ImplbenchError(
                f"--dask {address}: no worker there has the resource {RESOURCE}; on each machine start: dask worker "
                f"{address} --nworkers 1 --nthreads 1 --resources {RESOURCE}=1"
            )
        tell(f"{len(blocks)} parts on {machines} machines")
        futures = client.map(run_block, blocks, resources={RESOURCE: 1}, pure=False)
        found: list[Measured] = []
        for _future, result in as_completed(futures, loop=client.loop, with_results=True):
            found.append(result)
            tell(f"{len(found)} of {len(blocks)} parts done, the last on {result.machine}")
        return found


def _machines(workers: dict[str, dict[str, dict[str, float]]]) -> int:
    return sum(one["resources"].get(RESOURCE, 0) >= 1 for one in workers.values())
