"""`implbench run --shard` and `implbench merge`: parts make the whole, machines stand side by side."""

import json
from pathlib import Path
from random import Random

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.store import documents
from tests.simulated import Simulation

FAKES = str(Path(__file__).parent.parent.parent / "fakes" / "product")

SIZES = ["--set", "m=40", "--dtype", "float64,float32", "--allocator", "default,retain"]


def drawn(arm, source, index):
    """Return the time of a call as it is drawn for this arm in this round, wherever that is measured."""
    seconds = 0.002 if arm.case.implementation == "honest" else 0.001
    return seconds * (1 + 0.02 * Random(f"{arm.name} {index}").random())


def measured(folder, *words, simulation, monkeypatch):
    with monkeypatch.context() as patch:
        simulation.everywhere(patch)
        words = ["--impl", "honest_too", "--rounds", "6", "--results", str(folder), "--quiet", *words]
        assert main(["run", FAKES, *words]) == Exit.FINE


def merged(folders, capsys, results):
    capsys.readouterr()
    assert main(["merge", *map(str, folders), "--results", str(results), "--json"]) == Exit.FINE
    (found,) = json.loads(capsys.readouterr().out)
    return found


def test_sharded_and_merged_equals_unsharded(tmp_path, monkeypatch, capsys):
    for number in (1, 2, 3):
        words = [*SIZES, "--shard", f"{number}/3"]
        measured(tmp_path / str(number), *words, simulation=Simulation(truth=drawn), monkeypatch=monkeypatch)
    found = merged([tmp_path / str(number) for number in (3, 1, 2)], capsys, tmp_path / "all")
    measured(tmp_path / "whole", *SIZES, "--json", simulation=Simulation(truth=drawn), monkeypatch=monkeypatch)
    expected = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["groups"]] == [one["name"] for one in expected["groups"]]
    assert len(found["groups"]) == 4
    assert found["groups"] == expected["groups"]
    assert found["across_machines"] == []


def test_the_same_run_on_two_machines_says_what_both_say(tmp_path, monkeypatch, capsys):
    for name, times in (("zen2", 1.0), ("zen4", 0.5)):
        facts = {"fingerprint": name, "cpu": {"model": name}}
        simulation = Simulation(truth=drawn, facts=facts, times_slower=times)
        measured(tmp_path / name, simulation=simulation, monkeypatch=monkeypatch)
    found = merged([tmp_path / "zen2", tmp_path / "zen4"], capsys, tmp_path / "all")
    assert [one["label"] for one in found["machines"]] == ["zen2", "zen4"]
    (one,) = found["across_machines"]
    assert one["id"] == "product[honest_too-M-float64-C-1t]"
    assert set(one["speedup_on"]) == {"zen2", "zen4"}
    assert one["differs"] is False
    assert one["verdict"] == "faster"
    assert one["speedup"]["value"] == pytest.approx(2, rel=0.02)
    (document,) = (tmp_path / "all").glob("*.json")
    assert main(["report", str(document), "--html", "--output", str(tmp_path / "reports")]) == Exit.FINE
    report = (tmp_path / "reports" / document.stem / "report.md").read_text()
    assert "Machine by machine" in report
    assert "`honest_too` computes 2.0" in report.replace("1.99", "2.0")
    assert "on zen4" in report


def test_runs_in_one_folder_are_called_by_their_ids(tmp_path, monkeypatch, capsys):
    for seed in (1, 2):
        measured(tmp_path, "--seed", str(seed), simulation=Simulation(truth=drawn), monkeypatch=monkeypatch)
    found = merged([tmp_path], capsys, tmp_path / "all")
    ids = sorted(documents.read(path).id for path in tmp_path.glob("*.json"))
    assert sorted(one["label"] for one in found["machines"]) == ids


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", FAKES, "--shard", "0/3"], "expected part and number of parts"),
        (["run", FAKES, "--shard", "4/3"], "expected part and number of parts"),
        (["run", FAKES, "--shard", "1/2"], "--shard 1/2: expected 1 to 1 parts"),
        (["run", FAKES, "--shard", "1/1", "--watch"], "--watch and --shard"),
        (["run", FAKES, "--dask", "tcp://node1:8786", "--resume"], "--dask and --resume"),
        (["merge", "nowhere"], "nowhere"),
        (["merge", "."], ".: holds no run"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    assert main([*words, "--results", "results"]) == Exit.USAGE
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said
