"""What a worker imports of a candidate, which lies apart from the problem that it is judged by."""

import sys

import pytest

from bench.measure.case_spec import case_spec
from bench.measure.group import Source
from bench.measure.selection import Selection, select
from bench.problems import problem
from bench.problems.candidates import of_text
from bench.problems.implementation import chosen
from bench.worker.loading import loaded, problem_functions
from bench.worker.protocol import Start

ROWS = """
def inputs(n=10, *, seed):
    return [seed] * n


def accept(inputs, output):
    return "no"


def loop(x):
    return sum(x)
"""
CANDIDATE = b"def accept(*all): return None\ndef fresh(*all): return (1,)\ndef loop(x): return sum(x) + 1\n"


@pytest.fixture
def order(tmp_path):
    """Return the order to start a candidate that is called as the baseline is, and brings a test of its own."""
    (tmp_path / "rows.py").write_text(ROWS)
    found = of_text(CANDIDATE, problem.find(str(tmp_path / "rows.py")), tmp_path / "judged", stem="rows")
    implementation = chosen(found.problem, [found.implementation])[found.implementation]
    source = Source(problem=found.problem, implementation=implementation)
    case = select(found.problem, Selection(implementations=(found.implementation,)))[0][-1].case
    spec = case_spec(case, source, tmp_path / "inputs", problem=found.problem, scratch=tmp_path)
    before = set(sys.modules)
    yield Start(spec=spec, implementation="loop", apart=(source.folder, implementation.module), layout={})
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_its_function_is_the_candidate_s_and_what_is_right_is_the_problem_s(order):
    step = loaded(order, renews=False).prepare({"x": [1, 2]})
    assert step() == 4
    functions = problem_functions(order.spec)
    assert functions.accept([], 3) == "no"
    assert functions.fresh is None


def test_it_is_imported_from_where_it_lies_and_the_workers_find_that_first(order, tmp_path):
    step = loaded(order, renews=False).prepare({"x": [1]})
    assert step.func.__code__.co_filename == str(tmp_path / "judged" / "rows.py")
    assert order.apart == (tmp_path / "judged", "rows")
