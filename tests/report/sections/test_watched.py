"""What is said of a version that was just saved."""

from math import log

import pytest
from msgspec.structs import replace

from bench.report.sections import watched
from bench.stats.intervals import Estimate, Interval
from bench.store.records import Arm, Role
from bench.store.worker_records import Outcome
from bench.versions.remeasurement import Entry, Remeasured, Verified
from tests.builders import Spec, make_case

NOW = Arm(name="now", case=make_case(Spec(name="faster")), title="", role=Role.CASE)
LOOP = Arm(name="loop", case=make_case(Spec(name="loop")), title="", role=Role.BASELINE)


def estimate(speedup, low, high):
    """Return the log-ratio of times of a speed-up."""
    return Estimate(value=-log(speedup), interval=Interval(low=-log(high), high=-log(low)), rounds=8, reason=None)


FOUND = Remeasured(
    entry=Entry(now=NOW, before=NOW, baseline=LOOP),
    outcome=Outcome.OK,
    reason=None,
    rounds=8,
    min_seconds_per_call=Estimate(value=1.25e-5, interval=None, rounds=8, reason=None),
    over_before=estimate(1.32, 1.28, 1.36),
    over_baseline=estimate(24.1, 23.8, 24.5),
    margin=0.03,
    resolved=0.01,
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            (
                "`faster` is now 1.32 times [1.28, 1.36] as fast as the version before and 24.1 times [23.8, 24.5] as "
                "fast as `loop` (min 12.5 us a call, 8 rounds)"
            ),
        ),
        (
            {"over_before": estimate(1.002, 0.995, 1.009), "over_baseline": None},
            (
                "`faster` is now 1.002 times [0.995, 1.009] as fast as the version before (min 12.5 us a call, 8 "
                "rounds): no difference of 3 % or more from the version before"
            ),
        ),
        (
            {"over_before": estimate(1.02, 0.98, 1.06), "over_baseline": None},
            (
                "`faster` is now 1.02 times [0.98, 1.06] as fast as the version before (min 12.5 us a call, 8 rounds): "
                "undecided against a margin of 3 %"
            ),
        ),
        (
            {"over_before": None},
            (
                "`faster` is now 24.1 times [23.8, 24.5] as fast as `loop` (min 12.5 us a call, 8 rounds, the version "
                "before does not run beside it)"
            ),
        ),
        (
            {"over_before": None, "entry": Entry(now=NOW, before=None, baseline=LOOP)},
            (
                "`faster` is now 24.1 times [23.8, 24.5] as fast as `loop` (min 12.5 us a call, 8 rounds, no version "
                "before was right)"
            ),
        ),
        (
            {"min_seconds_per_call": None, "outcome": Outcome.WRONG, "reason": "sums is off"},
            "`faster` has no time, it is wrong: sums is off",
        ),
    ],
)
def test_one_sentence_says_how_fast_a_version_is(changes, said):
    assert watched.measured(replace(FOUND, **changes), several=False) == said


def test_without_an_interval_the_reason_is_given():
    few = Estimate(value=-log(1.5), interval=None, rounds=3, reason="no interval below 6 rounds")
    said = watched.measured(replace(FOUND, over_before=few, over_baseline=None, rounds=3), several=False)
    assert said == (
        "`faster` is now 1.50 times as fast as the version before (min 12.5 us a call, 3 rounds, no interval below 6 "
        "rounds): undecided against a margin of 3 %"
    )


def test_what_the_machine_cannot_tell_is_said_with_its_noise():
    said = watched.measured(replace(FOUND, over_before=estimate(1.06, 1.04, 1.08), resolved=0.1), several=False)
    assert said.endswith(": undecided, for identical code differed by up to 10 % in the run")


def test_a_case_among_several_has_its_whole_name():
    assert watched.measured(FOUND, several=True).startswith("`backprop[faster-M-float64-C-1t]` is now")


def test_right_and_wrong_are_said_with_a_number_or_the_reason():
    one = Verified(case=NOW.case, arm=NOW, outcome=Outcome.OK, reason=None, error_over_tolerance=0.0123)
    assert watched.verified(one, several=False) == "`faster` is right: error/tolerance 0.012"
    wrong = replace(one, outcome=Outcome.WRONG, reason="sums is off by 3 times the tolerance")
    assert watched.verified(wrong, several=False) == (
        "`faster` is wrong and is not timed: sums is off by 3 times the tolerance"
    )
