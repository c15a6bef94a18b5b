"""`implbench calibrate` on simulated machines, and once with real workers."""

import json
from pathlib import Path

import pytest

from bench.cli.main import main
from bench.errors import Exit
from bench.store.worker_records import Outcome
from tests import noise
from tests.truth import Truth

FAKES = str(Path(__file__).parents[2] / "fakes" / "product")


def calibrated(capsys, *arguments, names="honest,honest_too"):
    """Return the exit code and JSON of a calibration, with two implementations unless others are named."""
    code = main(["calibrate", FAKES, "--impl", names, "--size", "S", "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_identical_code_is_measured_by_real_workers_on_both_sides(capsys):
    code, found = calibrated(capsys, "--budget", "1", "--margin", "50%", names="honest")
    assert code in (Exit.FINE, Exit.UNDECIDED)
    assert all(1 <= len(ratios) <= 8 for ratios in found["log_ratios"])
    assert found["rounds"] == sum(map(len, found["log_ratios"]))
    assert 0 <= found["false_alarms"] <= 1
    assert found["resolves"] is None or found["resolves"] > 0


def test_on_a_quiet_machine_a_gate_sees_little_more_than_its_margin(capsys, simulated):
    simulated(noise=noise.QUIET)
    code, found = calibrated(capsys)
    assert code == Exit.FINE
    assert found["false_alarms"] == found["undecided"] == 0
    assert 0.03 < found["visible"] <= 0.06
    assert found["resolves"] < 0.02


def test_two_kinds_of_processes_leave_a_gate_half_blind_and_that_is_said(capsys, simulated):
    simulated(noise=noise.BIMODAL)
    code, found = calibrated(capsys)
    assert code == Exit.UNDECIDED
    assert found["false_alarms"] < 0.05
    assert found["visible"] is None or found["visible"] > 0.1
    assert found["undecided"] > 0.5


@pytest.mark.parametrize("seconds", [1e-6, 1e-3, 1.0])
def test_how_long_a_call_takes_does_not_change_what_is_seen_where_the_budget_pays(capsys, simulated, seconds):
    simulated(noise=noise.QUIET, truth=lambda arm, source, index: seconds)
    code, found = calibrated(capsys, "--budget", "1000")
    assert (code, found["rounds"]) == (Exit.FINE, 16)
    assert found["visible"] <= 0.06


def test_without_a_good_implementation_nothing_is_measured(capsys, simulated):
    simulated(truth=lambda arm, source, index: Truth(outcome=Outcome.FAILED, reason="ArithmeticError"))
    assert main(["calibrate", FAKES, "--impl", "raising", "--budget", "5"]) == Exit.NOTHING_MEASURED
    assert "no benchmark has a time on both sides" in capsys.readouterr().err
