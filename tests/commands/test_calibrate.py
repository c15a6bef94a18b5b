"""`implbench calibrate`, with real workers."""

import json
from pathlib import Path

from bench import cli
from bench.errors import Exit

FAKES = str(Path(__file__).parent.parent / "fakes" / "product")


def test_identical_code_on_both_sides_gives_what_a_gate_can_see(capsys):
    arguments = ["calibrate", FAKES, "--impl", "honest,honest_too", "--budget", "15", "--margin", "50%"]
    assert cli.main([*arguments, "--json"]) in (Exit.FINE, Exit.UNDECIDED)
    found = json.loads(capsys.readouterr().out)
    assert all(1 <= len(ratios) <= 8 for ratios in found["log_ratios"])
    assert found["rounds"] == sum(map(len, found["log_ratios"]))
    assert 0 <= found["false_alarms"] <= 1
    assert found["resolves"] is None or found["resolves"] > 0


def test_without_a_good_implementation_nothing_is_measured(capsys):
    assert cli.main(["calibrate", FAKES, "--impl", "raising", "--budget", "5"]) == Exit.NOTHING_MEASURED
    assert "no benchmark has a time on both sides" in capsys.readouterr().err
