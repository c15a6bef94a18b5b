"""Implementations, described without being run."""

import sys

import pytest

from bench import implementation, problem
from bench.errors import ImplbenchError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "problem.py").write_text(
        'SIZES = {"S": {}}\nDEFAULT_SIZE = "S"\nDATA = ("d",)\nBASELINE = "good"\nOUTPUTS = ("y",)\n'
    )
    return tmp_path


def found(folder):
    return implementation.found(problem.read(folder))


def test_an_implementation_is_any_module_in_the_folder_but_private_ones_and_tests(folder):
    for name in ("good.py", "_shared.py", "test_good.py", "conftest.py", "not-a-name.py"):
        (folder / name).write_text("def prepare(inputs): ...\n")
    (folder / "compiled").mkdir()
    (folder / "compiled" / "__init__.py").write_text("from .kernel import prepare\n")
    assert list(found(folder)) == ["compiled", "good"]
    assert not any(one.broken for one in found(folder).values())


def test_title_requirements_and_copying_are_read_off_the_text_without_running_it(folder):
    (folder / "good.py").write_text(
        '"""Fast one.\n\nMore."""\nREQUIRES = ("numpy",)\nCOPIES_INPUTS = True\ndef prepare(i): 1/0\n1/0\n'
    )
    one = found(folder)["good"]
    assert (one.title, one.requires, one.copies_inputs, one.unavailable) == ("Fast one", ("numpy",), True, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def prepare(:\n", r"good.py: syntax error in line 1: .+"),
        ("x = 1\n", r"has no function prepare\(inputs\)"),
        ("\0", "good.py"),
    ],
)
def test_a_module_that_cannot_be_one_is_broken_with_the_reason(folder, text, told):
    (folder / "good.py").write_text(text)
    with pytest.raises(AssertionError, match=told):
        assert not found(folder)["good"].broken, found(folder)["good"].broken


def test_what_is_missing_is_told_with_how_to_add_it(folder, monkeypatch):
    monkeypatch.setattr(implementation, "missing", tuple)
    (folder / "good.py").write_text('REQUIRES = ("numba", "odd")\ndef prepare(i): ...\n')
    assert found(folder)["good"].unavailable == "needs numba, odd (pip install implbench[numba] odd)"


def test_an_unknown_implementation_is_told_with_the_known_ones(folder):
    (folder / "good.py").write_text("def prepare(inputs): ...\n")
    with pytest.raises(ImplbenchError, match="'bad': choose from good"):
        implementation.chosen(problem.read(folder), ["bad"])


def test_a_folder_without_any_is_told(folder):
    with pytest.raises(ImplbenchError, match=r"add a file NAME\.py"):
        implementation.chosen(problem.read(folder), [])


def test_files_of_a_folder_may_share_code_by_relative_imports(folder, monkeypatch):
    (folder / "_shared.py").write_text("answer = 42\n")
    (folder / "good.py").write_text("from ._shared import answer\ndef prepare(i): ...\n")
    before = set(sys.modules)
    assert implementation.load(folder, "good").answer == 42
    for name in set(sys.modules) - before:
        monkeypatch.delitem(sys.modules, name)
