"""A run that nobody could have measured is doubted, with what is wrong about it."""

import pytest
from msgspec.structs import replace

from bench.store.records import Role
from bench.store.soundness import doubt
from bench.store.worker_records import Outcome
from tests.builders import USUAL, make_run
from tests.limited import limited, working

RUN = make_run(USUAL)
LIMITED = limited(RUN)
HALF = {group: {"flops": 1.0} for group in RUN.problem.work}


def with_worker(**changes):
    first, *others = RUN.rounds
    worker, *rest = first.workers
    return replace(RUN, rounds=(replace(first, workers=(replace(worker, **changes), *rest)), *others))


def test_a_run_as_it_is_made_is_sound():
    assert doubt(RUN) is None
    assert doubt(working(LIMITED, 1.0, 0.0)) is None


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (with_worker(arm=RUN.rounds[0].workers[1].arm), "an arm takes part twice"),
        (with_worker(arm="nobody"), "a worker is of no arm"),
        (with_worker(outcome=Outcome.OK, bursts=()), "a worker is ok and has no time"),
        (with_worker(bursts=RUN.rounds[0].workers[0].bursts[:1] * 2), "a pass has two bursts of it"),
        (replace(LIMITED, limits=(replace(LIMITED.limits[0], work={}),)), "does no work in flops"),
        (replace(LIMITED, limits=(replace(LIMITED.limits[0], resource="x", work={"x": 1.0}),)), "does no work in x"),
        (replace(LIMITED, problem=replace(RUN.problem, work=HALF)), "is beside work that is not known"),
        (replace(RUN, arms=(replace(RUN.arms[0], role=Role.AGAIN),), rounds=()), "nothing but a second baseline"),
    ],
)
def test_what_no_run_could_have_is_named(run, told):
    assert told in doubt(run)
