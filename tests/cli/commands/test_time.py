"""`implbench time`: statements of the command line are compared, and nothing is kept."""

import json

import pytest

from bench.cli.main import main
from bench.errors import Exit
from tests.simulated import Simulation


def test_statements_are_compared_by_what_they_say(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    Simulation(
        truth=lambda arm, source, index: 0.001 if arm.case.implementation == "statement_2" else 0.002
    ).everywhere(monkeypatch)
    assert main(["time", "-s", "x = [1.0]", "sum(x)", "x[0]", "--json"]) == Exit.FINE
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    found = {case["implementation"]: case["verdict"] for case in group["cases"]}
    assert found["statement_2"] == "faster"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_real_workers_compute_statements(capsys):
    setup = ["-s", "import random", "-s", "x = [random.random() for i in range(50)]"]
    code = main(["time", *setup, "sum(x)", "sum(i for i in x)", "--rounds", "1"])
    said = capsys.readouterr().out
    assert code in (Exit.FINE, Exit.UNDECIDED)
    assert "sum(i for i in x)" in said
    assert "wrong" not in said
