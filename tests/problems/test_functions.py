"""Which functions of a file are implementations, and what `inputs` takes."""

import ast
from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.problems.functions import function_named, implementations, signature, unnoticed

FILE = Path("/somewhere/rows.py")


def found(text):
    return implementations(ast.parse(text), FILE)


def taken(text):
    tree = ast.parse(text)
    return signature(function_named(tree, "inputs"), tree, FILE)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def loop(x): ...\ndef fast(x): ...\n", ["loop", "fast"]),
        ("def fast(x): ...\ndef _helper(x): ...\ndef loop(x): ...\ndef test_it(): ...\n", ["fast", "loop"]),
        ("from a import other\nimport numpy as np\nloop = 3\nclass Loop: ...\ndef fast(x): ...\n", ["fast"]),
        ("fast = lambda x: x\nslow: object = lambda x: x\n", ["fast", "slow"]),
        ("@numba.njit\ndef fast(x): ...\n@functools.cache\ndef fib(n): return fib(n - 1)\n", ["fast", "fib"]),
        ("def outer(x):\n    def inner(y): ...\n    return inner\n", ["outer"]),
        ("def inputs(): ...\ndef reference(x): ...\ndef tolerance(i, u): ...\ndef fast(x): ...\n", ["fast"]),
        (
            "def accept(): ...\ndef same(): ...\ndef fresh(): ...\ndef work(): ...\ndef main(): ...\n",
            [],
        ),
        ("def a(x): ...\ndef b(x): ...\nc = partial(a, 1)\n__all__ = ['c', 'b', 'inputs']\n", ["c", "b"]),
        ("from mine import fast\ndef loop(x): ...\n__all__ = ('fast', 'loop')\n", ["fast", "loop"]),
        ("try:\n    import numba\n    def fast(x): ...\nexcept ImportError: ...\n", ["fast"]),
        ("if a:\n    def one(x): ...\nelse:\n    def one(x): ...\n", ["one"]),
        ("if __name__ == '__main__':\n    def script(): ...\n", []),
        ("from __future__ import annotations\ndef loop(x: list[int]) -> int: ...\n", ["loop"]),
    ],
)
def test_each_public_function_of_a_file_is_an_implementation_in_the_order_of_lines_or_of_all(text, names):
    assert list(found(text)) == names


def test_title_and_names_of_arguments_are_read_off_a_function():
    one = found('def loop(x, /, y, *, scale=1):\n    """Row by row.\n\n    More.\n    """\n')["loop"]
    assert (one.title, one.arguments, one.broken) == ("Row by row", ("x", "y"), None)


def test_an_async_function_is_told_to_compute_nothing():
    assert "is an async function (rows.py, line 2)" in found("\nasync def loop(x): ...\n")["loop"].broken


@pytest.mark.parametrize(
    "text", ["__all__ = names()", "__all__ = 3", "__all__ = ['a']\n__all__ += ['b']", "__all__ = [3]"]
)
def test_names_that_are_not_written_out_are_told(text):
    with pytest.raises(ImplbenchError, match="__all__ must be one literal list of names"):
        found(f"def loop(x): ...\n{text}\n")


@pytest.mark.parametrize(
    ("parameters", "sizes", "lacking", "offered", "data"),
    [
        ("m=1_000, n=2**6, *, seed", {"m": 1000, "n": 64}, (), {"seed"}, None),
        ("size, dtype, data, seed", {}, ("size",), {"dtype", "data", "seed"}, None),
        ("m, n=N, *, dtype='float32', data='far'", {"n": 5}, ("m",), {"dtype", "data"}, "far"),
        ("share=0.5, flag=True, name='x', none=None, seed=0", {}, (), {"seed"}, None),
        ("seed=default()", {}, (), {"seed"}, None),
        ("**more", {}, (), set(), None),
        ("", {}, (), set(), None),
    ],
)
def test_what_inputs_takes_is_read_off_its_signature(parameters, sizes, lacking, offered, data):
    one = taken(f"N = 5\ndef inputs({parameters}): ...\n")
    assert (dict(one.sizes), one.lacking, one.offered, one.data) == (sizes, lacking, offered, data)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        (
            "m=100, /, *, seed",
            r"rows\.py, line 1: inputs\(\) is called by the names of its parameters: leave out the /",
        ),
        ("*sizes", r"leave out the \*sizes"),
        (
            "m=count()",
            r"rows\.py, line 1: the default of m in inputs\(\) is no literal; a size is read without running",
        ),
    ],
)
def test_what_cannot_be_told_of_the_sizes_is_one_sentence(parameters, told):
    with pytest.raises(ImplbenchError, match=told):
        taken(f"def inputs({parameters}): ...\n")


def test_a_name_in_all_that_nothing_has_is_told():
    with pytest.raises(ImplbenchError, match="__all__ names gone, which the file neither defines nor imports"):
        found("__all__ = ['one', 'gone']\ndef one(): ...")
    assert list(found("__all__ = ['one', 'two']\nfrom mine import *\ndef one(): ...")) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(x): ...\nfast = jit(f)", ["fast"]),
        ("def _f(x, k): ...\nfast = partial(_f, k=1)", ["fast"]),
        ("def f(x): ...\n_fast = jit(f)\nTABLE = made(f)\ntable = made(3)", []),
        ("__all__ = ['f']\ndef f(x): ...\nfast = jit(f)", []),
    ],
)
def test_what_is_made_of_functions_by_calls_is_known(text, names):
    assert unnoticed(ast.parse(text), FILE) == names
