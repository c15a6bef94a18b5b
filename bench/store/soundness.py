"""What a run must hold beyond the types of its records, for all that is computed of it to have an answer. Pure."""

from collections.abc import Iterator

from .records import Limit, Round, Run
from .worker_records import Outcome, Worker

#: What a machine limits, and what is known of the work of a group beside which limits are measured.
_RESOURCES = {"flops", "bytes"}


def doubt(run: Run) -> str | None:
    """Return what no run of implbench could have, None where it is sound."""
    return next(_doubts(run), None)


def _doubts(run: Run) -> Iterator[str]:
    names = {arm.name for arm in run.arms} | {limit.arm.name for limit in run.limits}
    alone = {arm.case.group for arm in run.arms} - {arm.case.group for arm in run.arms if not arm.again}
    yield from (f"{group} has nothing but a second baseline" for group in sorted(alone))
    yield from (f"the limit {limit.arm.name} {found}" for limit in run.limits if (found := _of_limit(limit, run)))
    for round_ in run.rounds:
        yield from (f"round {round_.index} of {round_.group}: {found}" for found in _of_round(round_, names))


def _of_limit(limit: Limit, run: Run) -> str | None:
    """Return what is wrong with a limit of the machine."""
    if limit.resource not in _RESOURCES or not limit.work.get(limit.resource):
        return f"does no work in {limit.resource}"
    work = run.problem.work.get(limit.group, _RESOURCES)
    return None if set(work) >= _RESOURCES else "is beside work that is not known"


def _of_round(round_: Round, names: set[str]) -> Iterator[str]:
    workers = [worker.arm for worker in round_.workers]
    if len(set(workers)) < len(workers):
        yield "an arm takes part twice"
    if not names.issuperset(workers):
        yield "a worker is of no arm"
    if round_.discarded is None and any(one.outcome == Outcome.OK and not one.bursts for one in round_.workers):
        yield "a worker is ok and has no time"
    yield from (f"{worker.arm}: {found}" for worker in round_.workers for found in _of_worker(worker))


def _of_worker(worker: Worker) -> Iterator[str]:
    if any(min(burst.sample_ns) == 0 for burst in worker.bursts):
        yield "a sample took no time"
    if len({burst.pass_index for burst in worker.bursts}) < len(worker.bursts):
        yield "a pass has two bursts of it"
