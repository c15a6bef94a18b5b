"""Statements of a command line become the functions of a file."""

import pytest

from bench.errors import ImplbenchError
from bench.problems.statements import module_text


def module(statements, setup=""):
    namespace = {}
    exec(module_text(statements, setup), namespace)  # noqa: S102
    return namespace


def values(statements, setup=""):
    found = module(statements, setup)
    inputs = found["inputs"](seed=1)
    return [found[f"statement_{place}"](*inputs) for place in range(1, len(statements) + 1)]


def test_the_file_reads_as_one_would_write_it():
    text = module_text(["(x * x).sum()", "x  @  x"], "import numpy as np; x = np.random.rand(1000); y = 3")
    lines = text.splitlines()
    assert lines[0] == "import numpy as np"
    assert lines[lines.index("def inputs(*, seed):") :] == [
        "def inputs(*, seed):",
        "    _seed(seed)",
        "    x = np.random.rand(1000)",
        "    y = 3",
        "    return (x,)",
        "",
        "def statement_1(x):",
        '    """(x * x).sum()"""',
        "    return (x * x).sum()",
        "",
        "def statement_2(x):",
        '    """x @ x"""',
        "    return x @ x",
    ]


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("x + 1", 4),
        ("y = x + 1", 4),
        ("y = x + 1; y += 1", 5),
        ("y: int = x", 3),
        ("x = x + 1", 4),
        ("sum(x for i in range(2))", 6),
        ("(lambda z: z + x)(1)", 4),
        ("def f(z):\n    return z + x\nf(2)", 5),
        ("double(x)", 6),
        ("i", 7),
        ("pass", None),
        ("for z in range(2): x", None),
    ],
)
def test_a_statement_gives_what_it_computes_last(statement, value):
    setup = "def double(z):\n    return 2 * z\nx = 3\ni = 7\nunused = [i for i in range(5)]"
    assert values([statement], setup) == [value]


def test_without_a_setup_nothing_is_passed():
    assert values(["1 + 1", "2"]) == [2, 2]
    assert module(["1 + 1"])["inputs"](seed=1) == ()


def test_random_numbers_are_those_of_the_seed():
    setup = "import random; import numpy as np; x = random.random(); y = np.random.rand()"
    make = module(["x", "y"], setup)["inputs"]
    assert make(seed=1) == make(seed=1)
    assert not set(make(seed=1)) & set(make(seed=2))


def test_only_what_a_statement_uses_is_passed():
    assert module(["a"], "a = 1; b = 2")["inputs"](seed=1) == (1,)
    assert module(["a", "b"], "a = 1; b = 2")["inputs"](seed=1) == (1, 2)


def test_a_name_of_a_comprehension_in_the_setup_is_none_of_its_values():
    assert values(["[i for i in range(2)]"], "x = [i for i in range(3)]") == [[0, 1]]


@pytest.mark.parametrize(
    ("statements", "setup", "said"),
    [
        ([], "", "nothing to time"),
        (["x +"], "", "statement 1 is no Python: invalid syntax: x +"),
        (["1", "y ="], "", "statement 2 is no Python"),
        (["1"], "x = ", "the setup is no Python"),
        (["return 3"], "", "statement 1 has a return outside of a function: return 3"),
        (["1"], "yield 1", "the setup has a yield outside of a function"),
        (["f()"], "x = 1\ndef f():\n    return x", "the setup's f uses x, which it makes: pass x to it"),
        (["\0"], "", "statement 1 is no Python"),
    ],
)
def test_what_cannot_be_timed_is_refused_in_one_sentence(statements, setup, said):
    with pytest.raises(ImplbenchError) as caught:
        module_text(statements, setup)
    assert said in str(caught.value)
