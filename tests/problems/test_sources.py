"""The text of implementations, kept as it was."""

import pytest

from bench.problems import sources
from bench.problems.implementation import chosen
from bench.problems.problem import read
from bench.problems.sources import LARGEST_BYTES, texts_of

PROBLEM = """'''Sums.'''
SIZES = {"S": {"n": 1}}
DEFAULT_SIZE = "S"
DATA = ("random",)
BASELINE = "module"
OUTPUTS = ("sum",)
"""
MODULE = "def prepare(inputs):\n    return lambda: 1  # é\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "problem.py").write_text(PROBLEM)
    (tmp_path / "module.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "notes.txt").write_text("of no implementation")
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__pycache__" / "x.pyc").write_bytes(b"\0")
    (package / "__init__.py").write_text(MODULE, encoding="utf-8")
    (package / "a_kernel.c").write_text("double sum;\n")
    return tmp_path


def texts(folder):
    problem = read(folder)
    return texts_of(problem, chosen(problem, ()))


def test_an_implementation_has_its_own_module_or_all_of_its_folder_and_nothing_else(folder):
    assert texts(folder) == {
        "module": {"module.py": MODULE},
        "package": {"package/__init__.py": MODULE, "package/a_kernel.c": "double sum;\n"},
    }
    assert [*texts(folder)["package"]] == ["package/__init__.py", "package/a_kernel.c"]


def test_what_is_no_text_or_too_large_is_named_and_not_kept(folder):
    (folder / "package" / "table.bin").write_bytes(b"\xff\xfe\x00")
    (folder / "package" / "large.txt").write_text("x" * (LARGEST_BYTES + 1))
    found = texts(folder)["package"]
    assert found["package/table.bin"] == "(not kept: no text, 3 bytes)"
    assert found["package/large.txt"] == f"(not kept: {LARGEST_BYTES + 1} bytes)"
    assert found["package/a_kernel.c"] == "double sum;\n"


def test_files_of_one_implementation_are_kept_up_to_a_bound_together(folder, monkeypatch):
    monkeypatch.setattr(sources, "MOST_BYTES", len(MODULE.encode()))
    assert texts(folder)["package"] == {
        "package/__init__.py": MODULE,
        "package/a_kernel.c": "(not kept: 12 bytes)",
    }
