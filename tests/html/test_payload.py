"""What the page carries for its scripts: the numbers of the findings, exactly."""

import pytest

from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.html.payload import payload, sources
from tests.builders import Spec, make_run


def made(run):
    return payload(Analysis(run), (), {})


def arms(run, group=0):
    return {arm["name"]: arm for arm in made(run)["groups"][group]["arms"]}


@pytest.fixture(scope="module")
def run():
    return make_run(discarded=(3,))


def test_speedups_and_times_are_those_of_the_findings_to_the_last_bit(run):
    found = arms(run)
    for one in findings(run)[0].findings:
        arm, ratio, seconds = found[one.arm.name], one.speedup_over_baseline, one.seconds_per_call
        assert arm["speedup"] == (
            ratio and {"value": ratio.value, "interval": [ratio.interval.low, ratio.interval.high]}
        )
        assert (arm["seconds_per_call"] and arm["seconds_per_call"]["value"]) == (seconds and seconds.value)
        assert arm["verdict"] == (one.verdict and one.verdict.value)
        assert (arm["outcome"], arm["reason"]) == (one.outcome.value, one.reason)


def test_any_case_can_be_the_baseline(run):
    group = made(run)["groups"][0]
    (found,) = findings(run)
    timed = {one.arm.name for one in found.ok}
    assert {base: set(cases) for base, cases in group["pairs"].items()} == {name: timed - {name} for name in timed}
    of_own = group["pairs"][group["baseline"]]
    for one in found.ok:
        if not one.arm.baseline:
            *numbers, of_medians, verdict = of_own[one.arm.name]
            ratio = one.speedup_over_baseline
            assert numbers == pytest.approx([ratio.value, ratio.interval.low, ratio.interval.high], rel=1e-5)
            assert of_medians == pytest.approx(ratio.value, rel=0.05)
            assert verdict == one.verdict
            back = group["pairs"][one.arm.name][group["baseline"]]
            assert back[:3] == pytest.approx([1 / numbers[0], 1 / numbers[2], 1 / numbers[1]], rel=1e-5)


def test_the_second_baseline_is_among_the_arms_and_gives_the_noise_floor(run):
    (again,) = [arm for arm in arms(run).values() if arm["again"]]
    group = made(run)["groups"][0]
    assert again["baseline"]
    assert group["noise"]["value"] == pytest.approx(1.0, abs=0.01)
    assert group["resolved"] == findings(run)[0].resolved


def test_what_has_no_time_is_in_no_pair_and_says_why(run):
    dropped = next(arm for arm in arms(run).values() if arm["label"] == "dropped")
    assert (dropped["outcome"], dropped["speedup"]) == ("wrong", None)
    assert dropped["name"] not in made(run)["groups"][0]["pairs"]
    assert dropped["reason"] == "grad_w1 is 3.2 tolerances off"


def test_another_margin_is_what_the_page_decides_by(run):
    assert payload(Analysis(run, 0.5), (), {})["margin"] == 0.5
    assert made(run)["margin"] == 0.03


def test_a_group_is_called_by_its_conditions():
    found = made(make_run(threads=(1, 2), dtypes=("float32",)))
    assert [group["label"] for group in found["groups"]] == [
        "m=10000, n=64, p=25, float32, 1 thread",
        "m=10000, n=64, p=25, float32, 2 threads",
    ]


def test_a_run_without_a_baseline_still_has_a_page():
    found = made(make_run([Spec(name="only", ms=1.0)]))["groups"][0]
    assert (found["baseline"], found["noise"]) == (None, None)


def test_sources_are_whole_until_the_page_is_full_and_then_say_so():
    run = make_run(sources={"a": {"a.py": "x" * 100_000}, "b": {"b.py": "y" * 100_000}})
    found = sources(run)
    assert found["a"]["a.py"] == "x" * 100_000
    assert found["b"]["b.py"].startswith("(left out of this page: 100000 characters")
