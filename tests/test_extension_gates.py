"""The experiments of built extensions and of equal environments (.ci): how their gates are judged."""

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / ".ci"

#: What the scripts import besides.
HELPERS = ("amounts", "extension_gates", "environment_gates", "kernels", "kinds", "records", "tools")


@pytest.fixture(autouse=True)
def _scripts(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    yield
    for name in HELPERS:
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("case", "verdict", "code", "word"),
    [
        ("planted", "slower", 1, "found"),
        ("planted", "equivalent", 0, "missed"),
        ("planted", "undecided", 3, "undecided"),
        ("planted", None, 5, "wrong"),
        ("unchanged", "equivalent", 0, "quiet"),
        ("unchanged", "slower", 1, "false alarm"),
        ("unchanged", "equivalent", 3, "undecided"),
        ("comment", None, 5, "nothing to measure"),
        ("line", "equivalent", 0, "measured"),
        ("line", "slower", 1, "wrong"),
        ("broken", "equivalent", 0, "wrong"),
    ],
)
def test_a_gate_on_an_extension_is_judged_by_what_was_planted(case, verdict, code, word):
    from extension_gates import judged

    assert judged(case, verdict, code) == word


def test_a_build_that_fails_has_to_be_told_as_that_of_one_side():
    from extension_gates import refused

    said = "implbench: working tree: cannot be built (pip ended with exit code 1); the other version can be built"
    assert refused("broken", 4, said) == "told"
    assert refused("broken", 4, said.partition(";")[0]) == refused("planted", 4, said) == "wrong"


def test_a_run_in_equal_environments_is_judged_by_all_of_its_changes():
    from environment_gates import judged

    quiet = {"elementwise": "equivalent", "blas": "slower within tolerance", "loop": "equivalent"}
    assert judged(quiet) == "quiet"
    assert judged(quiet | {"loop": "undecided"}) == "undecided"
    assert judged(quiet | {"loop": "undecided", "blas": "faster"}) == "false alarm"
    assert judged({"loop": "equivalent"}) == "wrong"
