"""Every reader on files in which something was changed at random: some of what .ci/fuzz_readers.py does for minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.faults]

SCRIPT = Path(__file__).parent.parent / ".ci" / "fuzz_readers.py"


def test_a_file_with_anything_changed_is_read_or_refused_in_one_sentence(tmp_path):
    command = [sys.executable, str(SCRIPT), "--seconds", "0", "--mutations", "1400"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1400 files in" in done.stdout
