"""Runs that are killed at random moments and go on: a few of the kills of .ci/kills.py, for real."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.faults]

SCRIPT = Path(__file__).parent.parent / ".ci" / "kills.py"


def test_runs_that_are_killed_at_random_moments_end_as_if_nobody_had(tmp_path):
    command = [sys.executable, str(SCRIPT), "--kills", "6"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("kills, 0 wrong\n")
