"""One run's points: the same that verdict says of its cases."""

from math import log

import pytest
from msgspec.structs import replace

from bench.analyse.findings import findings as findings_of
from bench.errors import ImplbenchError
from bench.store import documents, points
from bench.store.worker_records import Outcome
from tests.builders import SIZE_M, USUAL, Spec, make_run
from tests.histories import machine


def written(folder, run):
    path = folder / f"{run.id}.json"
    documents.write_atomically(path, documents.whole(run))
    return path


@pytest.mark.parametrize(
    "run",
    [
        make_run(),
        make_run(rounds=9, discarded=(0, 4), sizes=(SIZE_M, replace(SIZE_M, name="L"))),
        make_run(USUAL[3:]),
        make_run([Spec(name="base", baseline=True, outcome=Outcome.CRASHED), Spec(name="other")]),
        make_run(rounds=0),
    ],
    ids=["usual", "discarded", "nothing", "no baseline", "no round"],
)
def test_the_points_are_what_the_verdict_says(tmp_path, run):
    _origin, found = points.read(written(tmp_path, run))
    findings = [one for group in findings_of(run) for one in group.findings]
    assert [one.case for one in found] == [one.arm.case for one in findings]
    assert [one.outcome for one in found] == [one.outcome for one in findings]
    for point, finding in zip(found, findings, strict=True):
        assert point.seconds == (finding.min_seconds_per_call.value if finding.min_seconds_per_call else None)
        ratio = None if finding.arm.baseline or finding.log_ratio is None else finding.log_ratio.value
        assert point.log_ratio == ratio


def test_a_point_names_the_baseline_that_it_is_compared_with(tmp_path):
    _origin, found = points.read(written(tmp_path, make_run()))
    baseline, fast, *_rest = found
    assert baseline.baseline == fast.baseline == baseline.case.id
    assert fast.log_ratio == pytest.approx(log(3 / 72), abs=0.01)


def test_the_origin_is_machine_commit_and_software(tmp_path):
    environment = machine("f" * 12, commit="c" * 40, scipy="1.17")
    environment["commit"]["dirty"] = True
    origin, _points = points.read(written(tmp_path, make_run(environment=environment)))
    assert (origin.machine, origin.cpu, origin.commit) == ("f" * 12, "CPU ff", "c" * 40 + "+")
    assert dict(origin.software) == {"python": "3.12.1", "numpy": "2.3.1", "scipy": "1.17"}


def test_what_an_environment_does_not_tell_is_unknown(tmp_path):
    origin, _points = points.read(written(tmp_path, make_run(environment={"cpu": None, "commit": "x"})))
    assert (origin.machine, origin.cpu, origin.commit, origin.software) == ("", None, None, {})


@pytest.mark.parametrize(
    "change",
    [
        lambda worker: replace(worker, arm="nobody"),
        lambda worker: replace(worker, bursts=()),
        lambda worker: replace(worker, bursts=(replace(worker.bursts[0], number=0),)),
        lambda worker: replace(worker, bursts=(replace(worker.bursts[0], sample_ns=(0,)),)),
    ],
    ids=["unknown arm", "no burst", "no call", "no time"],
)
def test_rounds_that_cannot_be_are_told_with_the_file(tmp_path, change):
    run = make_run(USUAL[:2])
    first = run.rounds[0]
    damaged = replace(first, workers=tuple(change(worker) for worker in first.workers))
    path = written(tmp_path, replace(run, rounds=(damaged, *run.rounds[1:])))
    with pytest.raises(ImplbenchError, match="is no whole result of implbench") as caught:
        points.read(path)
    assert str(path) in str(caught.value)


def test_a_case_that_crashed_in_a_round_that_does_not_count_has_no_time_in_either(tmp_path):
    run = make_run(USUAL[:2])
    fast = run.arms[1].name if not run.arms[1].again else run.arms[2].name
    first = run.rounds[0]
    crashed = tuple(
        replace(worker, outcome=Outcome.CRASHED, reason="signal 11", bursts=()) if worker.arm == fast else worker
        for worker in first.workers
    )
    run = replace(run, rounds=(replace(first, workers=crashed, discarded="the clock jumped"), *run.rounds[1:]))
    _origin, found = points.read(written(tmp_path, run))
    (group,) = findings_of(run)
    assert [one.outcome for one in found] == [one.outcome for one in group.findings] == ["ok", "crashed"]
    assert found[1].seconds is None
