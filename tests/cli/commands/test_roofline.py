"""`implbench roofline`: limits beside the implementations of a small problem; once with real workers."""

import json
from pathlib import Path

import pytest

from bench.analyse.findings import findings
from bench.cli.main import main
from bench.errors import Exit
from bench.machine import hardware
from bench.measure import probes, round_plan
from bench.report import files
from bench.store import documents
from tests import noise
from tests.simulated import Simulation

FAKES = str(Path(__file__).parents[2] / "fakes" / "product")


def shrink(patch):
    """Let the limits be measured over small arrays."""
    patch.setattr(hardware, "MOST_SET_BYTES", 2**20)
    patch.setattr(probes, "SIDE", 64)


@pytest.fixture
def small(monkeypatch):
    shrink(monkeypatch)


def work(case):
    """Return what a call does: of the problem 60 operations and 88 bytes for each m."""
    size = case.size.values
    return {
        "gemm": lambda: {"flops": 2.0 * size["n"] ** 3, "bytes": 24.0 * size["n"] ** 2},
        "product": lambda: {"flops": 60.0 * size["m"], "bytes": 88.0 * size["m"]},
    }.get(case.problem, lambda: {"flops": size["bytes"] / 8, "bytes": float(size["bytes"])})()


def law(arm, source, index):
    """100 GFLOP/s, 20 GB/s; honest reaches a tenth of what the bandwidth allows, honest_too a half."""
    if arm.case.problem == "product":
        return work(arm.case)["bytes"] / (2e9 if arm.case.implementation == "honest" else 10e9)
    return work(arm.case)["flops"] / 100e9 if arm.case.problem == "gemm" else work(arm.case)["bytes"] / 20e9


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Return the exit code of a run with its report, and its document."""
    folder = tmp_path_factory.mktemp("roofline")
    words = ["roofline", FAKES, "--set", "m=100000", "--impl", "honest_too", "--report"]
    with pytest.MonkeyPatch.context() as patch:
        shrink(patch)
        patch.setattr(files, "picture", lambda figure, kind, of: b"not drawn")
        Simulation(truth=law, work=work, noise=noise.QUIET).everywhere(patch)
        code = main([*words, "--results", str(folder / "results"), "--output", str(folder / "reports")])
    return code, folder, documents.read(documents.find(folder / "results", None))


def test_limits_are_measured_in_the_rounds_of_the_implementations(measured):
    code, _, run = measured
    assert code == Exit.FINE
    assert run.settings.roofline
    assert [limit.arm.case.problem for limit in run.limits] == ["gemm", "read", "add"]
    assert len(run.rounds) == 6
    arms = [*run.arms, *(each.arm for each in run.limits)]
    for one in run.rounds:
        taking_part = [arm.name for arm in arms if one.index == 0 or not arm.again]
        assert {worker.arm for worker in one.workers} == set(taking_part)
        assert {len(worker.bursts) for worker in one.workers} == {one.passes}
    assert run.limits[0].work["flops"] == 2.0 * 64**3


def test_limits_are_neither_cases_nor_baselines(measured):
    run = measured[2]
    (group,) = findings(run)
    assert {one.arm.case.implementation for one in group.findings} == {"honest", "honest_too"}


def test_the_report_has_the_figure_and_both_tables(measured):
    names = {path.name for path in measured[1].glob("reports/*/*")}
    assert {"share.svg", "share.png", "roofline.csv", "limits.csv"} <= names


def test_shares_of_what_the_machine_allows_are_those_that_there_are(capsys, tmp_path, small, simulated):
    simulated(truth=law, work=work, noise=noise.QUIET)
    words = ["run", FAKES, "--roofline", "--set", "m=100000", "--impl", "honest_too", "--json"]
    assert main([*words, "--results", str(tmp_path)]) == Exit.FINE
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    shares = {one["id"].split("[")[1].split("-")[0]: one for one in group["roofline"]["cases"]}
    assert shares["honest"]["share_of_attainable"]["value"] == pytest.approx(0.1, rel=0.02)
    assert shares["honest_too"]["share_of_attainable"]["value"] == pytest.approx(0.5, rel=0.02)


@pytest.fixture
def one_pass(monkeypatch):
    """Have real workers measure no longer than it takes to see what they do."""
    monkeypatch.setattr(round_plan, "MOST_PASSES", 1)


@pytest.mark.slow
@pytest.mark.usefixtures("small", "one_pass")
def test_cold_caches_are_filled_before_each_call_and_named_by_real_workers(capsys, tmp_path):
    words = ["roofline", FAKES, "--cache", "cold", "--set", "m=100000", "--rounds", "1", "--budget", "1"]
    assert main([*words, "--impl", "honest", "--json", "--results", str(tmp_path)]) in (Exit.FINE, Exit.UNDECIDED)
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    assert group["name"].endswith("-1t-cold")
    assert group["cases"][0]["id"] == "product[honest-m=100000-float64-C-1t-cold]"
    assert [one["id"] for one in group["roofline"]["limits"]][1:] == [
        f"{name}-bytes={2**20}-float64-C-1t]" for name in ("read[dot", "add[add")
    ]
    run = documents.read(documents.find(tmp_path, None))
    assert all(worker.outcome == "ok" and worker.verification for worker in run.rounds[0].workers)
    cold = [worker for worker in run.rounds[0].workers if worker.arm.startswith("product")]
    assert {burst.number for worker in cold for burst in worker.bursts} == {1}


@pytest.mark.slow
@pytest.mark.usefixtures("one_pass")
def test_short_calls_with_cold_caches_are_timed_one_by_one_and_a_sample_is_their_sum(tmp_path, monkeypatch):
    monkeypatch.setattr(hardware, "MOST_SET_BYTES", 2**20)
    words = ["run", FAKES, "--cache", "cold", "--set", "m=2", "--impl", "honest", "--rounds", "1", "--budget", "1"]
    assert main([*words, "--results", str(tmp_path)]) == Exit.FINE
    (path,) = tmp_path.glob("*.json")
    assert {burst.number > 1 for one in documents.read(path).rounds[0].workers for burst in one.bursts} == {True}


def test_states_of_caches_and_rooflines_of_sweeps_that_do_not_exist_are_told(capsys):
    assert main(["run", FAKES, "--cache", "icy"]) == Exit.USAGE
    assert "unknown state of the caches 'icy': choose from warm, cold" in capsys.readouterr().err
    assert main(["roofline", FAKES, "--sweep", "m=100..1000"]) == Exit.USAGE
    assert "a sweep has no roofline" in capsys.readouterr().err
