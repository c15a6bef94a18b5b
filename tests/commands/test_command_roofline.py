"""`implbench roofline`: limits beside the implementations of a small problem, with real workers."""

import json
from pathlib import Path

import pytest

from bench import cli, limiting, machine, store
from bench.errors import Exit
from bench.verdict import findings

FAKES = str(Path(__file__).parent.parent / "fakes" / "product")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Return the exit code of one short run over small arrays, and its document."""
    folder = tmp_path_factory.mktemp("roofline")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "MOST_SET_BYTES", 2**20)
        patch.setattr(limiting, "SIDE", 128)
        words = ["roofline", FAKES, "--size", "S", "--impl", "honest_too", "--rounds", "1", "--budget", "1", "--report"]
        code = cli.main([*words, "--results", str(folder / "results"), "--output", str(folder / "reports")])
    return code, folder, store.read(store.find(folder / "results", None))


def test_limits_are_measured_in_the_rounds_of_the_implementations(measured):
    code, _, run = measured
    assert code == Exit.FINE
    assert run.settings.roofline
    assert [limit.arm.case.problem for limit in run.limits] == ["gemm", "read", "add", "read"]
    (one,) = run.rounds
    assert {worker.arm for worker in one.workers} == {
        arm.name for arm in (*run.arms, *(each.arm for each in run.limits))
    }
    assert {len(worker.bursts) for worker in one.workers} == {one.passes}
    assert all(worker.verification for worker in one.workers)
    assert run.limits[0].work["flops"] == 2.0 * 128**3


def test_limits_are_neither_cases_nor_baselines(measured):
    run = measured[2]
    (group,) = findings(run)
    assert {one.arm.case.implementation for one in group.findings} == {"honest", "honest_too"}


def test_the_report_has_the_figure_and_both_tables(measured):
    names = {path.name for path in measured[1].glob("reports/*/*")}
    assert {"roofline.svg", "roofline.png", "roofline.csv", "limits.csv"} <= names


def test_json_has_the_shares(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "MOST_SET_BYTES", 2**20)
    monkeypatch.setattr(limiting, "SIDE", 64)
    words = ["run", FAKES, "--roofline", "--size", "S", "--impl", "honest", "--rounds", "1", "--budget", "1", "--json"]
    assert cli.main([*words, "--results", str(tmp_path)]) == Exit.FINE
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    assert group["roofline"]["cases"][0]["share_of_attainable"]["value"] > 0


def test_cold_caches_are_filled_before_each_call_and_named(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "MOST_SET_BYTES", 2**20)
    monkeypatch.setattr(limiting, "SIDE", 64)
    words = ["roofline", FAKES, "--cache", "cold", "--set", "m=100000", "--rounds", "1", "--budget", "1"]
    assert cli.main([*words, "--impl", "honest", "--json", "--results", str(tmp_path)]) == Exit.FINE
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    assert group["name"].endswith("-1t-cold")
    assert group["cases"][0]["id"] == "product[honest-m=100000-float64-C-1t-cold]"
    assert [one["id"] for one in group["roofline"]["limits"]][1:] == [
        f"{name}-bytes={2**20}-float64-C-1t]" for name in ("read[dot", "add[add")
    ]
    run = store.read(store.find(tmp_path, None))
    cold = [worker for worker in run.rounds[0].workers if worker.arm.startswith("product")]
    assert {burst.number for worker in cold for burst in worker.bursts} == {1}


def test_short_calls_with_cold_caches_are_timed_one_by_one_and_a_sample_is_their_sum(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "MOST_SET_BYTES", 2**20)
    words = ["run", FAKES, "--cache", "cold", "--set", "m=2", "--impl", "honest", "--rounds", "1", "--budget", "1"]
    assert cli.main([*words, "--results", str(tmp_path)]) == Exit.FINE
    (path,) = tmp_path.glob("*.json")
    assert {burst.number > 1 for one in store.read(path).rounds[0].workers for burst in one.bursts} == {True}


def test_states_of_caches_and_rooflines_of_sweeps_that_do_not_exist_are_told(capsys):
    assert cli.main(["run", FAKES, "--cache", "icy"]) == Exit.USAGE
    assert "unknown state of the caches 'icy': choose from warm, cold" in capsys.readouterr().err
    assert cli.main(["roofline", FAKES, "--sweep", "m=100..1000"]) == Exit.USAGE
    assert "a sweep has no roofline" in capsys.readouterr().err
