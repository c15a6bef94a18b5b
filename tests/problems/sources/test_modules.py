"""A module is taken from its file, whatever else has its name."""

import sys

import pytest

from bench.problems.sources.modules import module_at


def test_a_module_imports_what_lies_beside_it(tree):
    place = tree({"mine_for_this_test.py": "from beside_for_this_test import x", "beside_for_this_test.py": "x = 3"})
    module = module_at(place / "mine_for_this_test.py")
    assert module.x == 3
    assert sys.modules["mine_for_this_test"] is module


def test_a_file_that_is_called_like_another_module_hides_nothing(tree):
    place = tree({"json.py": "x = 3", "pytest.py": "x = 4"})
    assert (module_at(place / "json.py").x, module_at(place / "pytest.py").x) == (3, 4)
    assert sys.modules["pytest"] is pytest


def test_what_is_no_module_is_told(tree):
    place = tree({"data.txt": "x = 3"})
    with pytest.raises(ImportError, match=r"data\.txt is no Python module"):
        module_at(place / "data.txt")
