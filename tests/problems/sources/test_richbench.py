"""Pairs of richbench: two functions each, without arguments."""

import pytest

from bench.errors import ImplbenchError, Unavailable
from bench.problems import problem, sources
from bench.store.checks import Closeness
from bench.worker.outcome import Unfit

PAIRS = '''
VALUES = range(100)

def appended():
    """Appends."""
    found = []
    for value in VALUES:
        found.append(value)
    return found

def listed():
    return [value for value in VALUES]

def wrong():
    return [*VALUES, 100]

def nothing():
    listed()

__benchmarks__ = [
    (appended, listed, "List comprehension instead of append"),
    (appended, wrong, "Not the same"),
    (nothing, nothing, "Nothing"),
    (lambda: 3, lambda: 2 + 1, "Sums"),
]
'''


@pytest.fixture
def pairs(tree):
    return tree({"bench_lists.py": PAIRS}) / "bench_lists.py"


def test_each_pair_is_an_entry(pairs):
    assert sources.entries(sources.origin_of(f"richbench:{pairs}")) == {
        "List comprehension instead of append": "appended, listed",
        "Not the same": "appended, wrong",
        "Nothing": "nothing, nothing",
        "Sums": "first, second",
    }
    found = problem.find(f"richbench:{pairs}#Not the same")
    assert [(one.name, one.title) for one in found.functions] == [("appended", "Appends"), ("wrong", "wrong")]


@pytest.mark.parametrize("name", ["list comp", "listed", "List comprehension instead of append"])
def test_a_pair_is_meant_by_how_its_label_begins_or_by_a_function(pairs, name):
    assert problem.find(f"richbench:{pairs}#{name}").title == "List comprehension instead of append"


def test_of_a_folder_labels_come_with_their_file(pairs):
    found = problem.find(f"richbench:{pairs.parent}#bench_lists.py::Sums")
    assert [one.name for one in found.functions] == ["first", "second"]


def test_the_second_is_checked_against_the_first(pairs, checked):
    entry = checked(f"richbench:{pairs}#list")
    assert entry.written.check.closeness == Closeness.EQUAL
    entry.verify("listed")


def test_a_second_that_gives_something_else_is_wrong(pairs, checked):
    with pytest.raises(Unfit, match="result "):
        checked(f"richbench:{pairs}#Not the same").verify("wrong")


def test_functions_without_a_name_and_the_same_one_twice_can_be_told_apart(pairs, checked):
    entry = checked(f"richbench:{pairs}#Nothing")
    assert entry.written.check.kind == "not checked, nothing is returned"
    entry.verify("nothing_again")


def test_what_is_not_there_is_told(tree, pairs):
    with pytest.raises(ImplbenchError, match="has no entry 'Som'; did you mean Sums"):
        problem.find(f"richbench:{pairs}#Som")
    other = tree({"other.py": "__benchmarks__ = list(range(3))\n"}) / "other.py"
    with pytest.raises(ImplbenchError, match="has no list __benchmarks__ = "):
        problem.find(f"richbench:{other}")
    other.write_text("import nobody_has_it\n" + PAIRS)
    with pytest.raises(Unavailable, match="needs nobody_has_it, not installed here"):
        problem.find(f"richbench:{other}#Sums")
