"""The gates of the experiment (.ci/gate_experiment), as logged: the documents' table, and intervals on real rounds."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bench.stats import intervals

CHECKOUT = Path(__file__).parent.parent
LOG = CHECKOUT / "tests" / "data" / "gates.jsonl"


@pytest.fixture(scope="module")
def identical():
    """Log-ratios of code that was the same on both sides: kernel -> one for each recorded round."""
    found = {}
    for record in map(json.loads, LOG.read_text().splitlines()):
        if record["tool"] == "implbench":
            for kernel, ratios in record["detail"].items():
                if record["percent"] == 0 or kernel != record["victim"]:
                    found.setdefault(kernel, []).extend(ratios)
    return found


def test_the_table_in_the_documents_is_that_of_the_log():
    command = [sys.executable, ".ci/gate_experiment", "--table", str(LOG)]
    table = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert table.strip() in (CHECKOUT / "docs" / "ci.md").read_text()


@pytest.mark.parametrize("rounds", [8, 12, 20])
def test_intervals_over_recorded_rounds_of_identical_code_hold_one_95_times_in_100(identical, rounds):
    generator = random.Random(rounds)
    held = tried = 0
    for ratios in identical.values():
        assert len(ratios) >= 70
        for _ in range(1000):
            interval = intervals.hodges_lehmann(generator.sample(ratios, rounds)).interval
            held += interval.low <= 0 <= interval.high
            tried += 1
    assert 0.94 <= held / tried <= 0.97
