"""Each promise of docs/reliability.md has a test, which is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = re.findall(r"^\|.*\| (tests/\S+)::(\w+) \|$", (ROOT / "docs" / "reliability.md").read_text(), re.MULTILINE)


def test_the_tables_are_found():
    assert len(ROWS) > 40


@pytest.mark.parametrize(("file", "name"), ROWS)
def test_the_test_of_a_promise_is_there(file, name):
    assert f"\ndef {name}(" in (ROOT / file).read_text()
