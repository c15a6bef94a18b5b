"""What the page carries for its scripts: the numbers of the findings, exactly."""

from dataclasses import replace

import pytest
from builders import USUAL, Spec, make_run

from bench import stats
from bench.analysis import Analysis
from bench.looks import level
from bench.pages import report_page
from bench.pages.payload import MOST_MINIMA, has_minima, payload, sources
from bench.verdict import findings


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


def test_the_minima_give_the_same_estimate_again(run):
    found, finding = arms(run), findings(run)[0].findings[1]
    base = found[findings(run)[0].baseline.arm.name]["minima"]
    minima = found[finding.arm.name]["minima"]
    assert "3" not in minima  # that round is discarded
    logs = [stats.pass_log_ratio(minima[index], base[index]) for index in minima]
    again = stats.hodges_lehmann(logs, level(run.settings.looks, len(logs)))
    assert (again.value, again.interval) == (finding.log_ratio.value, finding.log_ratio.interval)


def test_the_second_baseline_is_among_the_arms_and_gives_the_noise_floor(run):
    (again,) = [arm for arm in arms(run).values() if arm["again"]]
    group = made(run)["groups"][0]
    assert again["baseline"]
    assert again["minima"].keys() == arms(run)[group["baseline"]]["minima"].keys()
    assert group["noise"]["value"] == pytest.approx(1.0, abs=0.01)
    assert group["resolved"] == findings(run)[0].resolved


def test_what_has_no_time_has_no_minima_and_says_why(run):
    dropped = next(arm for arm in arms(run).values() if arm["label"] == "dropped")
    assert (dropped["outcome"], dropped["minima"], dropped["speedup"]) == ("wrong", {}, None)
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


def test_a_run_of_very_many_bursts_carries_no_minima():
    short = make_run(USUAL[:2], rounds=1, passes=2)
    worker = short.rounds[0].workers[0]
    many = replace(worker, bursts=worker.bursts[:1] * (MOST_MINIMA + 1))
    long = replace(short, rounds=(replace(short.rounds[0], workers=(many, *short.rounds[0].workers[1:])),))
    assert has_minima(short)
    assert not has_minima(long)
    assert all(arm["minima"] == {} for arm in arms(long).values())
    page = report_page(Analysis(long))
    assert 'class="baseline"' not in page
    assert "another baseline cannot be chosen here" in page


def test_a_run_without_a_baseline_still_has_a_page():
    found = made(make_run([Spec(name="only", ms=1.0)]))["groups"][0]
    assert (found["baseline"], found["noise"]) == (None, None)


def test_sources_are_whole_until_the_page_is_full_and_then_say_so():
    run = make_run(sources={"a": {"a.py": "x" * 100_000}, "b": {"b.py": "y" * 100_000}})
    found = sources(run)
    assert found["a"]["a.py"] == "x" * 100_000
    assert found["b"]["b.py"].startswith("(left out of this page: 100000 characters")
