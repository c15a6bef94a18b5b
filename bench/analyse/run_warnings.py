"""The warnings of a run, without those of what its code never comes near. Pure."""

from ..store.records import Run
from .source_facts import source_facts

#: How warnings begin of variables that bend what a BLAS does.
_OF_BLAS = ("OPENBLAS_", "BLIS_", "MKL_")


def run_warnings(run: Run) -> tuple[str, ...]:
    """Return what a run warns of; nothing of BLAS where it is known that nothing calls one."""
    found = run.warnings
    if any(text.startswith(_OF_BLAS) for text in found) and _calls_no_blas(run):
        found = tuple(text for text in found if not text.startswith(_OF_BLAS))
    return found


def _calls_no_blas(run: Run) -> bool:
    """Return whether no array was among the inputs, and all sources are plain Python without NumPy.

    What libraries a worker has loaded says nothing: NumPy, and so its BLAS, is in each of them.
    """
    timed = [worker for one in run.rounds for worker in one.workers if worker.bursts]
    if not timed or any(worker.layout for worker in timed):
        return False
    facts = [source_facts(arm.case.implementation, run.sources.get(arm.case.implementation, {})) for arm in run.arms]
    return all(one is not None and one.plain and not one.numpy for one in facts)
