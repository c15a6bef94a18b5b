"""A checkout of the shape of AlgoTune, made up: tasks become problems, the task's own test judges the candidates."""

import json
import sys

import pytest

from bench.errors import ImplbenchError, Unavailable
from bench.problems import problem
from bench.problems.implementation import found
from bench.worker.outcome import Unfit

TASK = '''
import logging
import random

from AlgoTuneTasks.base import register_task, Task



@register_task("ordering")
class Ordering(Task):
    """Put numbers in order."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def generate_problem(self, n: int, random_seed: int = 1) -> dict:
        return {"numbers": [random.randrange(100) for _ in range(n)]}

    def solve(self, problem):
        return {"order": sorted(range(len(problem["numbers"])), key=problem["numbers"].__getitem__)}

    def is_solution(self, problem, solution) -> bool:
        numbers = [problem["numbers"][place] for place in solution["order"]]
        if sorted(solution["order"]) != list(range(len(problem["numbers"]))):
            logging.error("Solution is no ordering of %d numbers.", len(problem["numbers"]))
            return False
        return numbers == sorted(numbers)
'''

LAST_FIRST = """
from beside import order

class Solver:
    def __init__(self):
        self.made = True

    def solve(self, problem, **kwargs):
        assert self.made
        return {"order": order(problem["numbers"])}
"""

BESIDE = """
def order(numbers):
    return sorted(reversed(range(len(numbers))), key=numbers.__getitem__)
"""


def solver(*lines):
    return "\n        ".join(["class Solver:\n    def solve(self, problem, **kwargs):", *lines, ""])


SHORT = solver("return {'order': [0]}")
UNSORTED = solver("return {'order': [*range(len(problem['numbers']))]}")
SPOILS = solver(
    "numbers = problem['numbers']",
    "order = sorted(range(6), key=numbers.__getitem__)",
    "numbers.sort()",
    "return {'order': order}",
)


@pytest.fixture
def checkout(tree):
    return tree(
        {
            "AlgoTuneTasks/__init__.py": "raise RuntimeError('it is not imported')",
            "AlgoTuneTasks/base.py": "import nobody_has_it",
            "AlgoTuneTasks/ordering/ordering.py": TASK,
            "AlgoTuneTasks/ordering/description.txt": "",
            "AlgoTuneTasks/convex/convex.py": f"import nobody_has_it\n{TASK}",
            "AlgoTuneTasks/empty/empty.py": "",
            "AlgoTuneTasks/helpers/other.py": "",
            "reports/generation.json": json.dumps({"ordering": {"n": 6, "target_time_ms": 100}, "convex": None}),
            "results/Model 4.1/ordering/solver.py": LAST_FIRST,
            "results/Model 4.1/ordering/beside.py": BESIDE,
            "results/Model 4.1/convex/solver.py": SHORT,
            "results/o/ordering/solver.py": SHORT,
        }
    )


def test_a_task_is_a_problem_and_the_collections_own_solvers_are_its_candidates(checkout):
    entry = problem.find(f"algotune:{checkout}#ordering")
    assert (entry.title, entry.baseline, entry.sizes) == (
        "Put numbers in order",
        "solve",
        {"n=6": {"n": 6}, "S": {"n": 6}},
    )
    implementations = found(entry)
    assert {one.name: one.title for one in implementations.values()} == {
        "solve": "the task's own solver",
        "model_4_1": "Model 4.1",
        "o": "o",
    }
    assert {file.name for file in entry.files} == {"ordering.py", "solver.py"}


def test_the_tasks_own_test_judges_solutions_and_says_why(checkout, checked):
    entry = checked(f"algotune:{checkout}#ordering")
    assert entry.written.check.accepted
    assert entry.written.doubt is None
    entry.verify("solve")
    entry.verify("model_4_1")
    with pytest.raises(Unfit, match=r"not accepted by the problem's accept\(\): Solution is no ordering of 6 numbers"):
        entry.verify("o")


def test_a_folder_of_solvers_takes_the_place_of_those_of_the_collection(checkout, checked, tree):
    mine = tree({"a/solver.py": UNSORTED, "b/solver.py": SPOILS, "c/solver.py": LAST_FIRST, "c/beside.py": BESIDE}, "x")
    entry = checked(f"algotune:{checkout}#ordering", str(mine))
    assert list(found(entry.problem)) == ["solve", "a", "b", "c"]
    entry.verify("c")
    with pytest.raises(Unfit, match=r"accept\(\): it is no solution"):
        entry.verify("a")
    with pytest.raises(Unfit, match="changed its input problem"):
        entry.verify("b")


LAZY = """
class Order:
    def __init__(self, numbers):
        self.numbers = numbers

    def __iter__(self):
        return iter(sorted(range(len(self.numbers)), key=self.numbers.__getitem__))

class Solver:
    def solve(self, problem, **kwargs):
        return {"order": (Order(problem["numbers"]), 3)[0]}
"""


def test_an_object_that_may_compute_when_it_is_looked_at_is_no_solution(checkout, checked, tree):
    entry = checked(f"algotune:{checkout}#ordering", str(tree({"lazy/solver.py": LAZY}, "x")))
    with pytest.raises(Unfit, match=r"not accepted by the problem's accept\(\): "):
        entry.verify("lazy")


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"mine/ordering/solver.py": SHORT}, ["mine"]),
        ({"mine/me/ordering/solver.py": SHORT, "mine/me/convex/solver.py": SHORT}, ["me"]),
        ({"mine/solver.py": SHORT}, ["mine"]),
        ({"mine/2 fast/solver.py": SHORT}, ["solver_2_fast"]),
    ],
)
def test_solvers_are_found_and_named_however_their_folders_lie(checkout, tree, files, names):
    place = tree(files, "others") / "mine"
    entry = problem.find(f"algotune:{checkout}#ordering", [str(place)])
    assert [one.name for one in entry.functions] == ["solve", *names]


def test_a_file_is_a_candidate_too_and_names_are_kept_apart(checkout, tree):
    folder = tree({"solve.py": SHORT, "solver.py": "x = 1", "x/solver.py": "def ("}, "others")
    entry = problem.find(f"algotune:{checkout}#ordering", [str(folder / "solve.py"), str(folder), str(folder / "x")])
    assert [one.name for one in entry.functions] == ["solve", "solve_", "others", "x"]
    assert entry.functions[2].broken == "solver.py: has no class Solver"
    assert "cannot be read as Python" in entry.functions[3].broken


def test_a_folder_without_a_solver_is_told(checkout, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(ImplbenchError, match=r"none: holds no solver\.py for ordering"):
        problem.find(f"algotune:{checkout}#ordering", [str(tmp_path / "none")])


def test_a_task_that_needs_what_is_not_here_is_told(checkout):
    with pytest.raises(Unavailable, match="#convex: needs nobody_has_it, not installed here"):
        problem.find(f"algotune:{checkout}#convex")


def test_a_file_without_a_task_and_another_folder_are_told(checkout, tmp_path):
    with pytest.raises(ImplbenchError, match=r"empty\.py: has no class with generate_problem, solve and is_solution"):
        problem.find(f"algotune:{checkout}#empty")
    with pytest.raises(ImplbenchError, match="is no checkout of AlgoTune: it has no folder AlgoTuneTasks"):
        problem.find(f"algotune:{tmp_path}#svm")


def test_without_a_report_a_task_has_a_usual_size(checkout):
    (checkout / "reports" / "generation.json").unlink()
    assert problem.find(f"algotune:{checkout}#ordering").sizes == {"n=10": {"n": 10}, "S": {"n": 10}}


def test_nothing_of_the_collection_is_imported_to_tell_what_it_is(checkout):
    before = set(sys.modules)
    problem.find(f"algotune:{checkout}#ordering")
    assert not any(name.startswith("AlgoTune") for name in set(sys.modules) - before)
