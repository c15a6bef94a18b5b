"""A function fits a screen, a module has one subject; ruff counts branches and statements."""

import ast

import pytest

from tests.test_layers import FOLDER, NAMES, TREES

LONGEST_MODULE = 300

#: What `ls bench` may show.
MOST_PACKAGES, MOST_MODULES = 16, 8

#: Lines of code: the docstring, which gives shapes, units and errors, does not count.
LONGEST_FUNCTION = 40


def code_lines(function):
    """Return how many lines a function has without its docstring."""
    first = function.body[0]
    documented = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) is not None else 0
    return function.end_lineno - function.lineno + 1 - documented


@pytest.mark.parametrize("name", [name for name in NAMES if name])
def test_a_module_and_each_of_its_functions_stay_short(name):
    file = NAMES[name]
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    functions = [node for node in ast.walk(TREES[file]) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {one.name for one in functions if code_lines(one) > LONGEST_FUNCTION} == set()


def test_what_lies_in_the_top_folder_is_seen_at_a_glance():
    folders = [one for one in FOLDER.iterdir() if one.is_dir() and one.name != "__pycache__"]
    assert len(folders) <= MOST_PACKAGES
    assert len(list(FOLDER.glob("*.py"))) <= MOST_MODULES
