"""From a run to what may be said of it."""

from math import log

import pytest

from bench.analyse.findings import findings
from bench.analyse.verdict import Ratio, Verdict
from bench.store import selectors
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run

ARMS = (
    Spec(name="loop", ms=72, baseline=True),
    Spec(name="fast", ms=3.0),
    Spec(name="wrong", outcome=Outcome.WRONG, reason="off"),
    Spec(name="missing", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba"),
)


def found_in(run):
    (group,) = findings(run)
    return group, {one.arm.case.implementation: one for one in group.findings}


def test_the_speedup_comes_out_as_it_was_made():
    group, found = found_in(make_run(ARMS, rounds=12))
    speedup = found["fast"].speedup_over_baseline
    assert speedup.value == pytest.approx(24, rel=0.01)
    assert speedup.interval.low < 24 < speedup.interval.high
    assert found["fast"].verdict == Verdict.FASTER
    assert found["fast"].seconds_per_call.value == pytest.approx(3e-3, rel=0.05)
    assert found["fast"].min_seconds_per_call.value == pytest.approx(3e-3, rel=0.01)
    assert found["loop"].speedup_over_baseline is None
    assert found["loop"].verdict is None
    assert [one.arm.case.implementation for one in group.ok] == ["fast", "loop"]
    assert [one.reason for one in group.left] == ["needs numba"]


def test_the_second_baseline_gives_the_noise_floor_and_no_case_of_its_own():
    group, found = found_in(make_run(ARMS, rounds=12))
    assert set(found) == {"loop", "fast", "wrong"}
    assert abs(group.noise.value) < 0.01
    assert group.resolved < 0.03
    assert not group.too_noisy


def test_only_ok_cases_have_times():
    _, found = found_in(make_run(ARMS))
    one = found["wrong"]
    assert (one.outcome, one.reason) == (Outcome.WRONG, "off")
    assert one.seconds_per_call is one.log_ratio is one.verdict is one.faults_per_call is None


def test_a_ratio_is_formed_within_a_round_so_that_drift_between_rounds_cancels():
    run = make_run(ARMS, rounds=8)
    ratios = selectors.log_ratios(run.rounds, "backprop[fast-M-float64-C-1t]", "backprop[loop-M-float64-C-1t]")
    assert sorted(ratios) == list(range(8))
    assert all(value == pytest.approx(-log(24), abs=0.02) for value in ratios.values())


def test_page_faults_of_another_program_are_not_known():
    _, found = found_in(make_run([*ARMS, Spec(name="octave", faults=7, own_clock=True)]))
    assert found["octave"].faults_per_call is None
    assert found["fast"].faults_per_call is not None


def test_what_ran_on_the_reference_blas_is_marked():
    _, found = found_in(make_run([*ARMS, Spec(name="octave", blas="reference blas")]))
    assert [name for name, one in found.items() if one.reference_blas] == ["octave"]


def test_a_discarded_round_counts_nowhere():
    _, found = found_in(make_run(ARMS, rounds=8, discarded=(2, 5)))
    assert found["fast"].rounds == 6
    assert sorted(found["fast"].log_ratios) == [0, 1, 3, 4, 6, 7]


def test_a_case_on_two_levels_is_bimodal_with_the_faults_of_each():
    arms = (*ARMS[:1], Spec(name="fast", ms=3.0, faults=935, slow_rounds=(1, 4, 6, 7)))
    _, found = found_in(make_run(arms, rounds=12))
    fast, slow = found["fast"].bimodal.fast, found["fast"].bimodal.slow
    assert (fast.rounds, round(fast.speedup_over_baseline), fast.faults_per_call) == (8, 24, 935)
    assert (slow.rounds, round(slow.speedup_over_baseline), slow.faults_per_call) == (4, 19, 935)
    assert found["loop"].bimodal is None


def test_another_margin_gives_another_verdict_on_the_same_rounds():
    arms = (Spec(name="loop", ms=10, baseline=True), Spec(name="near", ms=9.6, noise=0.0005))
    run = make_run(arms, rounds=12)
    said = [findings(run, margin)[0].findings[1].verdict for margin in (0.03, 0.06)]
    assert said == [Verdict.FASTER, Verdict.EQUIVALENT]


def test_a_run_without_a_round_says_that_nothing_was_measured():
    _, found = found_in(make_run(ARMS, rounds=0))
    assert {one.outcome for one in found.values()} == {Outcome.NOT_MEASURED}
    assert "before its first round" in found["fast"].reason


def test_a_peak_of_memory_is_a_median_and_its_ratio_is_paired_as_that_of_times():
    arms = [Spec(name="loop", ms=72, baseline=True, peak=50_000_000), Spec(name="fast", ms=3.0, peak=60_000_000)]
    _, found = found_in(make_run(arms, rounds=8))
    assert found["fast"].peak_bytes.value == pytest.approx(60_000_000, rel=0.001)
    assert found["fast"].peak_bytes.interval is not None
    low, high = Ratio.of(found["fast"].peak_log_ratio).bounds
    assert 1.19 < low <= high < 1.21
    assert found["loop"].peak_log_ratio is None


def test_where_there_is_next_to_no_memory_it_has_no_ratio():
    arms = [Spec(name="loop", ms=72, baseline=True, peak=100_000), Spec(name="fast", ms=3.0, peak=60_000_000)]
    _, found = found_in(make_run(arms, rounds=8))
    assert found["fast"].peak_bytes is not None
    assert found["fast"].peak_log_ratio is None


def test_why_memory_is_unknown_is_said_of_each_case():
    arms = [Spec(name="loop", ms=72, baseline=True, peak=100_000), Spec(name="octave", ms=3.0, peak="computed there")]
    _, found = found_in(make_run(arms, rounds=8))
    assert (found["octave"].peak_bytes, found["octave"].peak_unknown) == (None, "computed there")
    assert found["loop"].peak_unknown is None
