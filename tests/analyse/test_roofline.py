"""The roofline model on numbers whose answer is known."""

import json
from math import exp, inf, log
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bench.analyse import roofline
from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.verdict import Ratio
from bench.cli.exit_codes import exit_code
from bench.formats import csv
from bench.report import json_run
from bench.stats.intervals import Interval
from bench.store import documents, points
from tests.builders import USUAL as ARMS
from tests.builders import Spec, make_run
from tests.limited import USUAL, limited, working

WORK = {"flops": 1.4e8, "bytes": 2.2e7}
"""What builders.make_run says of its problem: 6.4 flops a byte."""


def placed(run):
    (found,) = roofline.rooflines(run, findings(run))
    return found, {one.finding.arm.case.implementation: one for one in found.placed}


def test_intensity_is_flops_a_byte_and_infinite_without_bytes():
    assert roofline.intensity(WORK) == pytest.approx(6.3636, rel=1e-4)
    assert roofline.intensity({"flops": 1.0, "bytes": 0.0}) == inf


def test_a_problem_right_of_the_ridge_is_held_against_computing():
    found, by_name = placed(limited())
    assert found.binding.limit.arm.case.problem == "gemm"
    assert found.ridge == pytest.approx(100 / 30, rel=0.01)
    least_ms = 1.4e8 / 100e9 * 1e3
    assert by_name["row_major"].share.value == pytest.approx(least_ms / 3.0, rel=0.01)
    assert by_name["loop_hoisted"].share.value == pytest.approx(least_ms / 72.0, rel=0.01)
    assert by_name["row_major"].flops_per_second == pytest.approx(1.4e8 / 3.03e-3, rel=0.01)


def test_a_problem_left_of_the_ridge_is_held_against_the_higher_bandwidth_over_arrays_of_its_size():
    found, by_name = placed(working(limited(), 2.2e7, 2.2e7))
    assert (found.binding.limit.arm.case.problem, found.binding.limit.arm.case.size.values) == (
        "read",
        {"bytes": 22_000_000},
    )
    assert by_name["row_major"].share.value == pytest.approx(2.2e7 / 30e9 * 1e3 / 3.0, rel=0.01)


def test_what_computes_nothing_still_has_a_share_of_the_bandwidth():
    found, by_name = placed(working(limited(), 0.0, 2.2e7))
    assert (found.intensity, found.binding.limit.resource) == (0.0, "bytes")
    assert by_name["row_major"].share.value == pytest.approx(2.2e7 / 30e9 * 1e3 / 3.0, rel=0.01)


def test_a_share_is_a_ratio_within_rounds_with_the_interval_of_any_other():
    limit = limited().limits[0]
    twice = {"flops": limit.work["flops"] * 2}
    logs = {index: log(4.0) + 0.01 * (index - 4) for index in range(9)}
    found = roofline.share(logs, twice, limit)
    assert found.value == pytest.approx(0.5)
    low, high = found.interval.low, found.interval.high
    assert 0.5 * exp(-0.04) <= low < 0.5 < high <= 0.5 * exp(0.04)
    assert low * high == pytest.approx(0.25)


def test_a_machine_that_drifts_takes_limit_and_implementation_along():
    run = limited(noise=0.0)
    slowed = []
    for index, one in enumerate(run.rounds):
        workers = []
        for worker in one.workers:
            bursts = tuple(
                replace(burst, sample_ns=tuple(ns * (1 + index) for ns in burst.sample_ns)) for burst in worker.bursts
            )
            workers.append(replace(worker, bursts=bursts))
        slowed.append(replace(one, workers=tuple(workers)))
    still, drifting = (placed(each)[1]["row_major"].share for each in (run, replace(run, rounds=tuple(slowed))))
    assert drifting.value == pytest.approx(still.value, rel=1e-6)
    assert drifting.interval.low == pytest.approx(still.interval.low, rel=1e-6)


def test_below_six_rounds_a_share_has_no_interval():
    _, by_name = placed(limited(make_run(rounds=5)))
    assert by_name["row_major"].share.interval is None


def waiting(run, problem, factor):
    """Return a run in which a limit's samples took so many times their CPU time."""
    arms = {limit.arm.name for limit in run.limits if limit.arm.case.problem == problem}

    def waited(worker):
        if worker.arm not in arms:
            return worker
        bursts = (replace(burst, cpu_ns=round(sum(burst.sample_ns) / factor)) for burst in worker.bursts)
        return replace(worker, bursts=tuple(bursts))

    rounds = (replace(one, workers=tuple(map(waited, one.workers))) for one in run.rounds)
    return replace(run, rounds=tuple(rounds))


def test_a_limit_that_waited_for_a_cpu_gives_no_share():
    found, by_name = placed(waiting(limited(), "gemm", 1.9))
    assert found.binding.waited == pytest.approx(1.9, rel=0.01)
    assert {one.doubt for one in found.placed} == {roofline.Doubt.WAITED}
    assert by_name["row_major"].share is None
    for calm in (waiting(limited(), "gemm", 1.0), waiting(limited(), "read", 1.9)):
        assert placed(calm)[1]["row_major"].doubt is None


def test_a_limit_of_several_threads_is_not_held_against_its_cpu_time():
    run = waiting(limited(), "gemm", 1.9)
    limits = (
        replace(one, arm=replace(one.arm, case=replace(one.arm.case, threads=2))) if one.resource == "flops" else one
        for one in run.limits
    )
    found, _ = placed(replace(run, limits=tuple(limits)))
    assert (found.binding.waited, found.binding.uncertain) == (None, False)


def test_a_share_whose_interval_lies_above_one_is_doubted_and_one_at_the_limit_is_not():
    binding = placed(limited())[0].binding

    def doubt(low, high):
        interval = None if low is None else Interval(low=low, high=high)
        return roofline.doubt_of(Ratio(value=1.05, interval=interval), binding)

    assert doubt(1.01, 1.1) == doubt(None, None) == roofline.Doubt.ABOVE
    assert doubt(0.98, 1.1) is None
    assert doubt(0.5, 1.1) == roofline.Doubt.ROUNDS_DIFFER
    assert roofline.doubt_of(None, binding) is None


def test_waiting_explains_a_share_above_one_up_to_the_time_that_was_waited():
    binding = replace(placed(limited())[0].binding, waited=2.0)

    def doubt(low, high):
        return roofline.doubt_of(Ratio(value=(low + high) / 2, interval=Interval(low=low, high=high)), binding)

    assert doubt(1.5, 1.9) == roofline.Doubt.WAITED
    assert doubt(80.0, 200.0) == roofline.Doubt.ABOVE


def test_a_limit_that_was_not_measured_is_told_and_the_others_stand():
    found, by_name = placed(limited(failed=("add",)))
    assert [(limit.arm.case.problem, reason) for limit, reason in found.missing] == [
        ("add", "it computes in one thread")
    ]
    assert by_name["row_major"].share is not None
    found, by_name = placed(limited(failed=("gemm",)))
    assert found.ridge is None
    assert found.binding.limit.resource == "bytes"


def test_without_a_limit_that_applies_there_is_no_roofline():
    run = limited(failed=("gemm", "read", "add"))
    assert roofline.rooflines(run, findings(run)) == ()
    assert roofline.rooflines(make_run(), findings(make_run())) == ()


def test_limits_are_no_implementations():
    plain = make_run([*ARMS, Spec(name="other", ms=5.0)])
    run = limited(plain)
    assert [one.findings for one in findings(run)] == [one.findings for one in findings(plain)]
    assert list(points._points(run)) == list(points._points(plain))
    assert b"".join(csv.export([run])) == b"".join(csv.export([plain]))
    assert exit_code(Analysis(limited(plain, failed=("gemm",)))) == exit_code(Analysis(plain))


def test_the_summary_has_shares_with_intervals():
    run = limited()
    found = json.loads(json.dumps(json_run.of(Analysis(run), None), allow_nan=False))["groups"][0]["roofline"]
    assert found["limited_by"] == "gemm[dot-n=1024-float64-C-1t]"
    (fast,) = [one for one in found["cases"] if "row_major" in one["id"]]
    assert fast["doubt"] is None
    low, high = fast["share_of_attainable"]["interval"]
    assert low < fast["share_of_attainable"]["value"] < high
    assert [one["applies"] for one in found["limits"]] == [one[3] for one in USUAL]
    assert json_run.of(Analysis(make_run()), None)["groups"][0]["roofline"] is None


def test_a_run_is_stored_with_its_limits_and_one_stored_before_there_were_any_has_none(tmp_path):
    run = limited(make_run(rounds=2))
    (tmp_path / "with.json").write_bytes(msgspec.json.encode(run))
    assert documents.read(tmp_path / "with.json") == run
    earlier = json.loads(msgspec.json.encode(make_run(rounds=2)))
    del earlier["limits"], earlier["settings"]["roofline"]
    (tmp_path / "earlier.json").write_text(json.dumps(earlier))
    assert documents.read(tmp_path / "earlier.json") == make_run(rounds=2)
    (path,) = (Path(__file__).parents[2] / "results" / "baseline").glob("*-matmul-*.json")
    assert documents.read(path).limits == ()
