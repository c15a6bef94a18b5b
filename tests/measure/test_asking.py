"""Who is asked once more after having ended."""

from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from bench.measure.asking import Asking
from bench.measure.ended import Ended
from bench.measure.recording import Active, Past, unmeasured
from bench.measure.round_plan import RoundPlan
from bench.store.records import Role
from bench.store.worker_records import Outcome
from tests.builders import USUAL, make_run

SILENT = Ended(Outcome.TIMEOUT, "no answer within 4 s (--timeout)", from_outside=True)
KILLED = Ended(Outcome.CRASHED, "killed by SIGTERM", from_outside=True)


def raises(error):
    raise error


@pytest.mark.parametrize(
    ("ended", "roles", "outcomes"),
    [
        (SILENT, (Role.BASELINE, Role.AGAIN), [Outcome.NOT_MEASURED, Outcome.TIMEOUT]),
        (SILENT, (Role.BASELINE, Role.CASE), [Outcome.NOT_MEASURED, Outcome.NOT_MEASURED]),
        (KILLED, (Role.BASELINE, Role.AGAIN), [Outcome.NOT_MEASURED, Outcome.NOT_MEASURED]),
        (SILENT, (Role.CASE, Role.CASE), [Outcome.NOT_MEASURED, Outcome.TIMEOUT]),
    ],
)
def test_who_is_silent_twice_has_ended_by_itself(ended, roles, outcomes):
    asking = Asking(4.0, lambda _doing: None, Past())
    case = next(arm for arm in make_run(USUAL).arms if arm.role == Role.CASE)
    found = []
    for role in roles:
        arm = replace(case, name=f"loop {role}", role=role)
        plan = RoundPlan(spawn_order=(arm.name,), positions=(arm.name,), cpus=(0,), hash_seed=1, padding=0)
        process = SimpleNamespace(kill=lambda: None, output_tail="")
        active = Active(arm=arm, process=process, record=unmeasured(arm, 1, plan, {}))
        assert asking.unless_ended(active, lambda: raises(ended)) is None
        found.append(active.record.outcome)
    assert found == outcomes
