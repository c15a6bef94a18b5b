"""A function that says something of a problem by its name alone, and cannot be called as that is."""

import collections
from textwrap import dedent

import pytest

from bench.worker import problem_hooks
from bench.worker.loading import problem_functions
from bench.worker.outcome import Unfit
from bench.worker.problem_hooks import require
from tests.worker.test_any_computation import X, computation, of

__all__ = ["computation"]


def tolerance(x):
    return x


def told(name, hook, called=None, module=__name__):
    with pytest.raises(Unfit) as caught:
        require(name, hook, called, module)
    return caught.value.reason


@pytest.mark.parametrize("name", problem_hooks.CALLED)
def test_what_takes_as_much_as_it_is_given_is_no_mistake_wherever_it_comes_from(name):
    require(name, lambda one, other=None, **more: None, problem_hooks.CALLED[name], "another.module")
    require(name, max, problem_hooks.CALLED[name], "another.module")


def test_a_name_that_is_taken_for_something_else_is_told_with_a_remedy():
    assert told("tolerance", tolerance, ("inputs", "unit_roundoff")) == (
        "tolerance(x) in test_problem_hooks.py is taken for the problem's tolerance(), which is called as "
        "tolerance(inputs, unit_roundoff); if it is none, call it otherwise"
    )
    assert told("tolerance", 1e-9) == (
        "tolerance, a float, in test_problem_hooks.py is taken for the problem's tolerance(), which is a function; if "
        "it is none, call it otherwise"
    )


def test_of_an_imported_name_it_is_told_where_it_comes_from():
    assert told("fresh", collections.abc.Hashable.__hash__, ("a", "b"), "mine.rows").startswith(
        "fresh(self) imported from collections.abc is taken for the problem's fresh(), which is called as fresh(a, b); "
    )
    assert told("work", collections, None, "mine.rows").endswith(
        "; if it is none, import it as something else (from collections import work as _work)"
    )


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ("def accept(output): ...", r"^accept\(output\) in problem.py is taken for the problem's accept\(\)"),
        ("def work(rows): ...", r"^work\(rows\) in problem.py is taken for .* called as work\(size, dtype\)"),
        ("same = 3", "^same, an int, in problem.py"),
    ],
)
def test_it_is_told_before_anything_is_computed(computation, hook, said):
    with pytest.raises(Unfit, match=said):
        computation(f"{X}\n{dedent(hook)}", base=of("x.sum()", "x"))


def test_work_may_take_the_sizes_by_their_names(computation):
    spec, _ = computation(f"{X}\ndef work(n): return {{'flops': n, 'bytes': 8 * n}}", base=of("x.sum()", "x"))
    assert problem_functions(spec).work(spec.case.size.values, "float64") == {"flops": 40, "bytes": 320}
