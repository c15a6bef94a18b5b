"""What an implementation is written in, from its text alone."""

from textwrap import dedent

import pytest

from bench.analyse.source_facts import source_facts

NUMPY = '''
"""Whole arrays.

More of it.
"""

import numpy as np

REQUIRES = ("numpy",)


def prepare(inputs):
    """Return the step."""
    x, y = inputs  # two

    def step():
        return np.dot(
            x,
            y,
        )

    return step
'''


def facts(text, name="loop", **files):
    return source_facts(name, {f"{name}.py": dedent(text), **files})


def test_lines_of_code_are_neither_empty_nor_comments_nor_docstrings():
    found = facts(NUMPY)
    assert (found.lines, found.numpy, found.needs, found.plain) == (10, True, (), True)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("import math\n", ()),
        ("from numba import njit\nimport numpy\n", ("numba",)),
        ("import os.path\nimport torch.nn as nn\n", ("torch",)),
        ("import numpy\nREQUIRES = ('numexpr>=2',)\n", ("numexpr",)),
        ("REQUIRES = 'scipy[fast]'\n", ("scipy",)),
        ("import numba\nREQUIRES = ('numba', 'scipy')\n", ("numba",)),
        ("import ctypes\n", ("compiled code",)),
        ("import subprocess\n", ("another program",)),
    ],
)
def test_what_is_imported_or_required_beyond_numpy_is_needed(text, needs):
    assert facts(f"{text}def prepare(inputs):\n    return None\n").needs == needs


def test_files_in_another_language_are_needed_and_their_lines_count():
    c = "/* fused\n   over blocks */\n#include <math.h>\n\n// one\nint f(void) { return 1; }\n"
    found = source_facts("fused", {"fused/__init__.py": "import ctypes\n", "fused/kernel.c": c, "fused/notes.md": "x"})
    assert (found.needs, found.lines, found.plain) == (("C",), 3, False)


def test_a_file_of_the_folder_that_is_not_its_own_leaves_open_what_is_needed():
    assert not facts("from . import _shared\n").plain
    assert not facts("from ._shared.deep import one\n").complete
    assert facts("from .problem import SIZES\n").plain
    own = {"fused/__init__.py": "from . import building\n", "fused/building.py": "import sys\n"}
    assert source_facts("fused", own).plain


def test_of_a_file_of_functions_only_what_one_uses_counts():
    text = """
        import numba
        import numpy as np

        EPS = 1e-9

        def helper(x):
            return np.abs(x) + EPS

        @numba.njit
        def quick(x):
            return x

        def slow(x):
            return helper(x)

        def fast(x):
            return quick(x)
    """
    slow, fast = (source_facts(name, {"own.py": dedent(text)}) for name in ("slow", "fast"))
    assert (slow.needs, slow.lines, slow.numpy) == ((), 6, True)
    assert (fast.needs, fast.lines, fast.numpy) == (("numba",), 6, False)


def test_a_function_needs_what_its_inputs_are_made_of():
    text = """
        import numpy as np
        import pandas as pd

        def inputs(n=3, *, seed):
            return np.ones(n)

        def rows(x):
            return (x * x).sum()
    """
    found = source_facts("rows", {"own.py": dedent(text)})
    assert (found.needs, found.numpy, found.lines) == ((), True, 2)
    assert source_facts("rows", {"own.py": dedent(text).replace("np.ones", "pd.Series")}).needs == ("pandas",)


def test_names_within_a_function_and_what_is_done_as_a_program_are_not_what_another_uses():
    text = """
        import numpy as np
        import pandas as pd

        def fast(grid):
            return np.array([row for row in grid])

        def slow(grid, row=None):
            for row in grid:
                done = pd.Series(row)
            return done

        if __name__ == "__main__":
            grid = [[1]]
            row = slow(grid)
    """
    found = source_facts("fast", {"own.py": dedent(text)})
    assert (found.needs, found.lines) == ((), 3)
    assert source_facts("slow", {"own.py": dedent(text)}).needs == ("pandas",)


def test_a_function_alone_uses_numpy_by_the_name_that_all_give_it():
    assert source_facts("rows", {"functions.py": "def rows(x):\n    return np.sum(x)\n"}).numpy
    assert not source_facts("rows", {"functions.py": "def rows(np):\n    return sum(np)\n"}).numpy


@pytest.mark.parametrize("text", ["(not kept: 12 bytes)", "def (:\n", "\0"])
def test_what_is_no_python_tells_nothing(text):
    assert facts(text) is None
    assert source_facts("loop", {}) is None
    assert source_facts("loop", {"loop.txt": "words"}) is None


def test_what_is_made_a_list_is_known_by_name():
    text = "a = []\nb: list = list(x)\nself.c = [1 for _ in x]\nd, e = {}, x\nf = x.tolist()"
    assert source_facts("loop", {"loop.py": text}).lists == {"a", "b", "c", "f"}
