"""Functions of a running program become a problem that a worker can load."""

import threading

import numpy as np
import pytest

from bench.errors import ImplbenchError
from bench.problems import pickled
from bench.problems.implementation import chosen
from bench.problems.pickled import Setup, problem_of
from bench.problems.source_code import texts_of

FACTOR = 3


def double(x, y=0):
    """Twice as much.

    More on that.
    """
    return 2 * x


def test_what_a_worker_loads_computes_what_the_functions_do():
    offset = 10
    problem = problem_of(
        {"double": double, "closure": lambda x: FACTOR * x + offset, "sum": np.sum},
        Setup(make=lambda: (4,)),
        {"reference": lambda x: x},
    )
    module = pickled.loaded(problem.code)
    assert (module.double(4), module.closure(4), vars(module)["sum"]([1, 2])) == (8, 22, 3)
    assert module.inputs() == (4,)
    assert module.reference(5) == 5


def test_the_problem_says_what_its_functions_are():
    problem = problem_of({"double": double, "a name": abs}, Setup(make=lambda n: (n,), sizes=(10, 20)), {})
    assert problem.baseline == "double"
    assert problem.arguments == ("x", "y")
    assert problem.sizes == {"n=10": {"n": 10}}
    assert [(one.name, one.title) for one in problem.functions] == [
        ("double", "Twice as much"),
        ("a name", "Return the absolute value of the argument"),
    ]


def test_the_sources_are_kept_as_far_as_there_are_any():
    problem = problem_of({"double": double, "abs": abs}, Setup(make=lambda: ()), {})
    texts = texts_of(problem, chosen(problem, ()))
    assert texts["double"]["double.py"].startswith("def double(x, y=0):")
    assert texts["abs"] == {"abs.py": "# builtins.abs\n"}


def test_the_digest_is_that_of_the_sources():
    def digest(function):
        return problem_of({"f": function}, Setup(make=lambda: ()), {}).digest()

    assert digest(double) == digest(double) != digest(abs)


def test_what_cannot_be_sent_is_named_with_the_variable_that_it_comes_from():
    lock = threading.Lock()

    def locked(x):
        with lock:
            return x

    with pytest.raises(ImplbenchError, match=r"locked cannot be sent .*; it refers to lock: make that in setup="):
        problem_of({"locked": locked}, Setup(make=lambda: (1,)), {})


def test_what_is_too_large_to_be_sent_to_every_worker_is_refused():
    large = np.zeros(2 * pickled.LARGEST_BYTES, np.uint8)
    with pytest.raises(ImplbenchError, match=r"inputs takes 16 MiB.*setup="):
        problem_of({"double": double}, Setup(make=lambda: (large,)), {})


@pytest.mark.parametrize(
    ("functions", "said"),
    [({}, "nothing to compare"), ({"inputs": double}, "inputs is the name of what a problem has")],
)
def test_functions_that_are_no_problem_are_refused(functions, said):
    with pytest.raises(ImplbenchError, match=said):
        problem_of(functions, Setup(make=lambda: ()), {})
