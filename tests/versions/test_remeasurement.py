"""What is made of the rounds of a new version."""

import pytest
from msgspec.structs import replace

from bench.analyse.verdict import Verdict
from bench.store.worker_records import Outcome
from bench.versions.remeasurement import Entry, remeasured, verified
from tests.builders import Spec, make_run

SPECS = (Spec(name="loop", ms=8.0, baseline=True), Spec(name="old", ms=2.0), Spec(name="new", ms=1.0))


def made(*specs, resolved=0.0, **changes):
    """Return what is said of the arm called new, in made-up rounds."""
    run = make_run(specs or SPECS, rounds=8)
    arms = {arm.case.implementation: arm for arm in run.arms if not arm.again}
    entry = Entry(now=arms["new"], before=arms["old"], baseline=arms["loop"])
    return remeasured(replace(entry, **changes), run.rounds, 0.03, resolved)


def test_both_speedups_come_from_the_same_rounds():
    found = made()
    assert found.outcome == Outcome.OK
    assert found.rounds == 8
    assert found.min_seconds_per_call.value == pytest.approx(1e-3, rel=0.05)
    assert found.speedup_over_before.value == pytest.approx(2, rel=0.02)
    assert found.speedup_over_baseline.value == pytest.approx(8, rel=0.02)
    assert found.speedup_over_before.interval.low < 2 < found.speedup_over_before.interval.high
    assert found.verdict == Verdict.FASTER


def test_a_slower_version_is_slower():
    assert made(SPECS[0], Spec(name="old", ms=1.0), Spec(name="new", ms=1.2)).verdict == Verdict.SLOWER


def test_what_this_machine_cannot_tell_is_undecided():
    assert made(SPECS[0], Spec(name="old", ms=1.1), SPECS[2], resolved=0.2).verdict == Verdict.UNDECIDED


def test_without_a_version_before_there_is_nothing_to_judge():
    found = made(before=None)
    assert (found.over_before, found.speedup_over_before, found.verdict) == (None, None, None)
    assert found.speedup_over_baseline is not None


def test_a_version_that_turns_out_to_be_wrong_has_no_time():
    found = made(*SPECS[:2], Spec(name="new", outcome=Outcome.WRONG, reason="off by 3"))
    assert (found.outcome, found.reason, found.min_seconds_per_call) == (Outcome.WRONG, "off by 3", None)
    assert found.over_before is found.over_baseline is None


def test_a_version_before_that_does_not_run_beside_it_has_no_ratio():
    found = made(SPECS[0], Spec(name="old", outcome=Outcome.FAILED, reason="gone"), SPECS[2])
    assert found.over_before is None
    assert found.min_seconds_per_call is not None


def test_verification_alone_gives_the_largest_error():
    run = make_run(SPECS, rounds=1)
    worker = next(worker for worker in run.rounds[0].workers if worker.arm == run.arms[-1].name)
    found = verified(run.arms[-1], worker)
    assert found.outcome == Outcome.OK
    assert found.error_over_tolerance == max(one.error_over_tolerance for one in worker.verification)
