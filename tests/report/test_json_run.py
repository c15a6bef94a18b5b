"""A run in short, for programs."""

import json

import pytest

from bench.analyse.analysis import Analysis
from bench.report import json_run
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run

GOOD = (Spec(name="loop", ms=72, baseline=True), Spec(name="fast", ms=3.0))


def test_the_json_of_a_run_has_ratio_and_interval_of_every_case():
    run = make_run((*GOOD, Spec(name="jit", started=False, outcome=Outcome.UNAVAILABLE, reason="needs numba")))
    found = json.loads(json.dumps(json_run.of(Analysis(run), None), allow_nan=False))
    (group,) = found["groups"]
    assert group["baseline"] == "backprop[loop-M-float64-C-1t]"
    assert group["noise_floor"]["interval"][0] < 1.01
    cases = {case["implementation"]: case for case in group["cases"]}
    low, high = cases["fast"]["ratio_to_baseline"]["interval"]
    assert low < 3 / 72 < high
    assert cases["fast"]["speedup_over_baseline"]["interval"] == pytest.approx([1 / high, 1 / low])
    assert cases["loop"]["ratio_to_baseline"] is None
    assert cases["jit"]["reason"] == "needs numba"


def test_the_json_has_the_peak_of_memory_its_ratio_and_why_it_is_unknown():
    arms = (
        Spec(name="loop", ms=72, baseline=True, peak=50_000_000),
        Spec(name="fast", ms=3.0, peak=60_000_000),
        Spec(name="octave", ms=3.0, peak="another program computes it"),
    )
    (group,) = json_run.of(Analysis(make_run(arms)), None)["groups"]
    loop, fast, octave = group["cases"]
    assert fast["peak_bytes"]["value"] == pytest.approx(60_000_000, rel=0.001)
    assert fast["peak_ratio_to_baseline"]["value"] == pytest.approx(1.2, rel=0.001)
    assert loop["peak_ratio_to_baseline"] is None
    assert (octave["peak_bytes"], octave["peak_unknown"]) == (None, "another program computes it")
