"""One case on several machines: like ones make one interval that holds, unlike ones are named, and none is made."""

from math import exp, log
from random import Random
from statistics import mean

import pytest
from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.machines import across_machines
from bench.analyse.verdict import Verdict
from bench.stats.sequential import FIXED, LOOKS, Stopping
from bench.store.merging import Part, merged
from tests.builders import Spec, make_run

#: True time of the case / of the baseline.
TRUE = 0.8


def on(*ratios, rounds=8, seed=1, noise=0.01, passes=1):
    """Return a merged run of two implementations, the ratio on each machine as given; their clocks differ."""
    runs = [
        make_run(
            (
                Spec(name="loop", ms=place + 1.0, baseline=True, noise=noise),
                Spec(name="rows", ms=(place + 1.0) * ratio, noise=noise),
            ),
            rounds=rounds,
            passes=passes,
            seed=1000 * seed + place,
        )
        for place, ratio in enumerate(ratios)
    ]
    settings = replace(runs[0].settings, seed=1)
    parts = [Part(label=f"node{place}", run=replace(run, settings=settings)) for place, run in enumerate(runs)]
    return merged(parts, ("implbench", "merge"))


def the_one(run, stopping=FIXED):
    ((found,),) = across_machines(findings(run), stopping).values()
    return found


def test_machines_that_agree_make_one_interval_narrower_than_that_of_each():
    found = the_one(on(TRUE, TRUE, TRUE))
    assert not found.differs
    assert found.case.machine == ""
    assert list(found.on) == ["node0", "node1", "node2"]
    assert found.together.rounds == 24
    assert found.together.interval.low < log(TRUE) < found.together.interval.high
    widths = [one.log_ratio.interval.high - one.log_ratio.interval.low for one in found.on.values()]
    assert found.together.interval.high - found.together.interval.low < min(widths)
    assert found.verdict == Verdict.FASTER
    assert found.speedup.value == pytest.approx(exp(-found.together.value))


def test_machines_that_differ_have_no_ratio_together_and_a_verdict_only_where_all_agree():
    found = the_one(on(0.8, 0.6))
    assert found.differs
    assert found.together is None
    assert found.speedup is None
    assert found.verdict == Verdict.FASTER
    assert the_one(on(0.8, 1.25)).verdict is None


def test_rounds_that_stopped_when_they_had_decided_make_no_interval_together():
    found = the_one(on(TRUE, TRUE), Stopping(looks=LOOKS))
    assert not found.differs
    assert found.together is None
    assert found.verdict == Verdict.FASTER


def test_a_run_of_one_machine_and_cases_of_one_alone_say_nothing_of_machines():
    assert across_machines(findings(make_run()), FIXED) == {}
    run = on(TRUE, TRUE)
    ended = tuple(replace(one, workers=one.workers[:2]) if "node1" in one.group else one for one in run.rounds)
    assert Analysis(replace(run, rounds=ended)).machines == {}


def test_like_machines_are_called_different_as_rarely_as_said_and_their_interval_holds_the_truth():
    """Simulated, three machines of 8 rounds each, 100 times; of 2,000 such runs docs/machines.md has the shares."""
    found = [the_one(on(TRUE, TRUE, TRUE, seed=seed)) for seed in range(100)]
    assert mean(one.differs for one in found) <= 0.09
    known = [one.together.interval for one in found if one.together]
    assert mean(one.low <= log(TRUE) <= one.high for one in known) >= 0.9


def test_machines_that_differ_by_as_much_as_their_noise_are_mostly_told_apart():
    random = Random(1)
    found = [the_one(on(0.8, 0.8 * exp(0.03), rounds=16, seed=random.randrange(10**6))) for _ in range(20)]
    assert mean(one.differs for one in found) > 0.9
