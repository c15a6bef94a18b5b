"""What comes before the first result."""

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.report.sections import startup, sweep
from bench.stats.intervals import Estimate
from tests.builders import SWEPT, USUAL, make_run, make_sizes


def timed(finding, *, prepare_s, first_call_s, later_s, transfer_s=None):
    later = Estimate(value=later_s, interval=None, rounds=8, reason=None)
    return replace(
        finding, prepare_s=prepare_s, first_call_s=first_call_s, seconds_per_call=later, transfer_s=transfer_s
    )


@pytest.fixture
def group():
    """A slow baseline of 10 ms a call, and one of 1 ms that takes 3 s to prepare."""
    (found,) = findings(make_run(USUAL[:2]))
    baseline, other = found.findings
    slow = timed(baseline, prepare_s=0.0, first_call_s=0.010, later_s=0.010)
    fast = timed(other, prepare_s=3.0, first_call_s=0.003, later_s=0.001, transfer_s=0.5)
    return replace(found, findings=(slow, fast))


def test_preparing_its_transfer_and_the_first_call_stand_beside_a_later_call(group):
    analysis = Analysis(make_run(USUAL[:2]))
    analysis.groups = (group,)
    (table,) = startup.section(analysis).tables
    fast, slow = [[cell.text for cell in row] for row in table.rows]
    assert fast == ["row_major", "3.00 s", "500 ms", "3.00 ms", "1.00 ms", "334"]
    assert slow == ["loop_hoisted", "0 s", "-", "10.0 ms", "10.0 ms", "-"]


def test_it_pays_off_with_the_first_call_that_ends_earlier_than_the_baselines(group):
    slow, fast = group.findings
    calls = startup.calls_to_pay_off(fast, slow)
    assert 3.003 + (calls - 1) * 0.001 < 0.010 + (calls - 1) * 0.010
    assert 3.003 + (calls - 2) * 0.001 >= 0.010 + (calls - 2) * 0.010


def test_what_starts_faster_pays_off_at_once_and_what_stays_slower_never(group):
    slow, fast = group.findings
    assert startup.calls_to_pay_off(replace(fast, prepare_s=0.0), slow) == 1
    assert startup.calls_to_pay_off(replace(fast, seconds_per_call=slow.seconds_per_call), slow) is None
    assert startup.calls_to_pay_off(slow, slow) is None
    assert startup.calls_to_pay_off(fast, None) is None
    assert startup.calls_to_pay_off(replace(fast, prepare_s=None), slow) is None


def test_what_the_first_round_compiled_and_later_ones_found_on_disk_is_told_and_pays_off_as_if_compiled():
    run = make_run(USUAL[:2])
    first = run.rounds[0]
    cold = [replace(one, prepare_ns=3_000_000_000) if "row_major" in one.arm else one for one in first.workers]
    compiled = Analysis(replace(run, rounds=(replace(first, workers=tuple(cold)), *run.rounds[1:])))
    text = " ".join(startup.section(compiled).paragraphs)
    assert "`row_major` compiled in its first round, 3.0" in text
    assert "`loop_hoisted` compiled" not in text
    baseline, fast = compiled.groups[0].findings
    assert fast.cold_start_s == pytest.approx(3.0, rel=0.1)
    assert startup.calls_to_pay_off(fast, baseline) > 40
    assert not any("compiled in its first round" in one for one in startup.section(Analysis(run)).paragraphs)


def test_a_sweep_tells_what_was_compiled_too():
    run = make_run(SWEPT, sizes=make_sizes(1, 10, 100))
    first, *others = run.rounds
    cold = tuple(replace(one, prepare_ns=2_000_000_000) for one in first.workers)
    analysis = Analysis(replace(run, rounds=(replace(first, workers=cold), *others)))
    told = [text for text in sweep.section(analysis).paragraphs if "compiled in its first round, 2.0" in text]
    assert len(told) == 2
