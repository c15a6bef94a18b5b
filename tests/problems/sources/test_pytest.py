"""Tests with pytest-benchmark's fixture: groups as problems, and each test as the code that leads to its call."""

from pathlib import Path

import pytest

from bench.errors import ImplbenchError
from bench.problems import sources
from bench.store.checks import Closeness
from bench.worker.protocol import Failure, InputsWritten, Verified

ROWS = '''
import json
import pytest

pytestmark = pytest.mark.benchmark(group="sums")

def total(values, start=0):
    return sum(values, start)

def loop(values, start=0):
    for value in values:
        start += value
    return start

@pytest.fixture
def values(tmp_path):
    (tmp_path / "values.json").write_text(json.dumps(list(range(100))))
    with open(tmp_path / "values.json") as file:
        yield json.load(file)
    with open("torn down", "a") as file:
        file.write("values ")

def test_total(benchmark, values):
    """Sums at once.

    More of that.
    """
    assert benchmark(total, values, start=1) == 4951

class TestLoops:
    def test_loop(self, benchmark, values):
        with open("left", "w") as file:
            file.write("not yet")
        try:
            assert benchmark.pedantic(loop, args=(values,), kwargs={"start": 1}, rounds=3) == 4951
        finally:
            with open("left", "w") as file:
                file.write("left")

def test_closure(benchmark, values):
    assert benchmark(lambda: total(values) + 1) == 4951

def test_wrong(benchmark, values):
    benchmark(total, values)

def test_of_no_benchmark():
    raise ValueError("nobody runs this one")
'''


PARAMETERS = """
import pytest

def loop(n): return sum(k for k in range(n))
def formula(n): return n * (n - 1) // 2

@pytest.mark.parametrize("n", [10, 1000])
@pytest.mark.parametrize("function", [loop, formula])
@pytest.mark.benchmark(group="functions")
def test_sums(benchmark, function, n):
    benchmark(function, n)

@pytest.mark.parametrize("how", ["loop", "formula"])
def test_text(benchmark, how):
    benchmark(globals()[how], 10)

@pytest.mark.parametrize("n", [10, 20])
@pytest.mark.parametrize("how", ["loop", "formula"])
@pytest.mark.parametrize("kind", ["one", "two"])
@pytest.mark.benchmark(group="several")
def test_several(benchmark, how, kind, n):
    benchmark(globals()[how], n)

@pytest.mark.parametrize("kind", ["one", "two"])
@pytest.mark.benchmark(group="kinds")
class TestKinds:
    def test_a(self, benchmark, kind):
        benchmark(loop, 10)
    def test_b(self, benchmark, kind):
        benchmark(formula, 10)
"""


OTHERS = """
import pytest

@pytest.mark.parametrize("kind", ["of", "its", "own"])
def test_other(benchmark, kind):
    benchmark(len, kind)
"""

EMPTIED = """
import pytest

pytestmark = [pytest.mark.benchmark(group="{group}"), pytest.mark.filterwarnings("error")]

def emptied(values, *, last=None):
    return [values.pop() for _ in range(len(values))]
"""

SETUP = """
def test_setup(benchmark):
    torn = []
    setup = lambda: (([1, 2, 3],), {"last": 3})
    benchmark.pedantic(emptied, setup=setup, teardown=lambda values, last: torn.append(values))
    assert torn == [[]]
"""

REVERSED = """
def test_reversed(benchmark):
    benchmark(lambda: [3, 2, 1])
"""

USED_UP = """
def test_used_up(benchmark):
    benchmark(emptied, [1, 2, 3])
"""


ENDS = """
import pytest

def test_right(benchmark):
    assert benchmark(len, "four") == 4

def test_failing(benchmark):
    assert benchmark(len, "four") == 5

def test_raising(benchmark):
    benchmark(int, "four")

def test_skipped(benchmark):
    pytest.skip("not on this day")
    benchmark(len, "four")

def test_without(benchmark):
    pass

def test_broken(benchmark, nobody_has_it):
    benchmark(len, "four")

def test_once(benchmark, tmp_path_factory):
    test_once.calls = getattr(test_once, "calls", 0) + 1
    if test_once.calls > 1:
        raise ValueError("it was run before")
    benchmark(len, "four")

def test_nothing(benchmark):
    benchmark(print, end="")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project with all of these, which is collected once."""
    place = tmp_path_factory.mktemp("project")
    files = {
        "test_rows.py": ROWS,
        "deep/test_others.py": OTHERS,
        "deep/test_parameters.py": PARAMETERS,
        "test_first.py": EMPTIED.format(group="first") + SETUP + USED_UP,
        "test_second.py": EMPTIED.format(group="second") + REVERSED + SETUP,
        "test_ends.py": ENDS,
        "test_bad.py": "import nobody_has_it\n",
        "pyproject.toml": "",
    }
    (place / "deep").mkdir()
    for name, text in files.items():
        (place / name).write_text(text)
    return place


def test_the_tests_of_a_group_are_implementations_of_one_problem(folder, served):
    found = served(f"pytest:{folder}#sums").problem
    assert [(one.name, one.title) for one in found.functions] == [
        ("test_total", "Sums at once"),
        ("TestLoops_test_loop", "TestLoops_test_loop"),
        ("test_closure", "test_closure"),
        ("test_wrong", "test_wrong"),
    ]
    assert (found.baseline, found.sizes) == ("test_total", {"fixed": {}})
    assert (found.file, found.path) == (folder / "test_rows.py", (folder,))


def test_each_is_checked_against_the_first_in_the_midst_of_its_test(folder, served):
    entry = served(f"pytest:{folder}#sums")
    written = entry.write()
    assert isinstance(written, InputsWritten)
    assert written.check.closeness == Closeness.EQUAL
    assert written.doubt.startswith("what it is called with is the same each time")
    assert isinstance(entry.start("test_closure", finish=True), Verified)
    assert entry.start("test_wrong") == Failure(outcome="wrong", reason="result is 4950, expected 4951")


def test_what_a_test_has_set_up_is_there_until_all_is_served_and_is_ended_then(folder, served):
    found = served(f"pytest:{folder}#sums").problem
    seen = []
    (folder / "torn down").unlink(missing_ok=True)
    assert (
        sources.within(found.origin, "TestLoops_test_loop", {}, lambda: seen.append(Path("left").read_text())) is None
    )
    assert seen == ["not yet"]
    assert (folder / "left").read_text() == "left"
    assert (folder / "torn down").read_text() == "values values "  # of the first time, and of this one


@pytest.mark.parametrize(
    ("entry", "names", "sizes"),
    [
        ("functions", ["test_sums_loop", "test_sums_formula"], {"n=10": {"n": 10}, "n=1000": {"n": 1000}}),
        ("test_text", ["test_text_loop", "test_text_formula"], {"fixed": {}}),
        ("kinds", ["TestKinds_test_a", "TestKinds_test_b"], {"kind=one": {"kind": 1}, "kind=two": {"kind": 2}}),
        (
            "several@how",
            ["test_several_loop", "test_several_formula"],
            {
                f"kind={kind}-n={n}": {"kind": place, "n": n}
                for n in (10, 20)
                for place, kind in ((1, "one"), (2, "two"))
            },
        ),
        ("test_right,test_skipped", ["test_right", "test_skipped"], {"fixed": {}}),
    ],
)
def test_parameters_are_sizes_or_tell_implementations_apart(folder, served, entry, names, sizes):
    found = served(f"pytest:{folder}#{entry}").problem
    assert [one.name for one in found.functions] == names
    assert found.sizes == sizes


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("several@who", "unknown parameter of the tests 'who': choose from kind, how, n"),
        ("test_right,sums", "has no entry 'test_right,sums'"),
        ("sumz", "no entry 'sumz'; did you mean test_rows.py::sums"),
        ("", "has 16 entries, name one, as in pytest:"),
    ],
)
def test_an_entry_that_is_not_there_is_told(folder, served, entry, told):
    with pytest.raises(ImplbenchError) as caught:
        served(f"pytest:{folder}#{entry}".rstrip("#"))
    assert told in str(caught.value)


def test_a_project_says_itself_which_parameters_part_its_groups(tree, served):
    settings = '[pytest]\naddopts = --benchmark-group-by=group,param:kind --benchmark-skip -m "not benchmark"\n'
    file = tree({"test_all.py": PARAMETERS, "pytest.ini": settings}) / "test_all.py"
    found = served(f"pytest:{file}#several").problem
    assert [one.name for one in found.functions] == ["test_several_loop", "test_several_formula"]
    assert len(found.sizes) == 4


def test_the_test_of_a_size_is_run(folder, served):
    entry = served(f"pytest:{folder}#functions")
    assert isinstance(entry.write("n=1000"), InputsWritten)
    assert isinstance(served(f"pytest:{folder}#kinds").write("kind=two"), InputsWritten)
    entry.problem.sizes["n=7"] = {"n": 7}
    assert entry.write("n=7") == Failure(outcome="unsupported", reason="no test has these parameters")


def test_a_setup_gives_each_call_its_own_arguments(folder, served):
    entry = served(f"pytest:{folder}#first")
    assert isinstance(entry.write(), InputsWritten)
    assert isinstance(entry.start("test_setup", finish=True), Verified)
    assert entry.start("test_used_up", finish=True).outcome == "wrong"


def test_so_it_does_where_the_baseline_needs_none(folder, served):
    entry = served(f"pytest:{folder}#second")
    assert entry.problem.baseline == "test_reversed"
    assert isinstance(entry.write(), InputsWritten)
    assert isinstance(entry.start("test_setup", finish=True), Verified)


@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("failing", "failed", "AssertionError: assert 4 == 5 (test_ends.py, line 8)"),
        ("raising", "failed", "ValueError: invalid literal for int() with base 10: 'four' (test_ends.py, line 11)"),
        ("skipped", "unsupported", "its test is skipped: Skipped: not on this day"),
        ("without", "unsupported", "its test never calls benchmark(), so that there is nothing to time"),
        ("broken", "failed", "fixture 'nobody_has_it' not found"),
        ("once", "failed", "ValueError: it was run before (test_ends.py, line 26)"),
    ],
)
def test_a_test_that_does_not_lead_to_its_call_is_told(folder, served, name, outcome, reason):
    reply = served(f"pytest:{folder}#test_{name}").write()
    assert (reply.outcome, reason in reply.reason) == (outcome, True), reply.reason


def test_what_returns_nothing_is_not_checked_and_says_so(folder, served):
    written = served(f"pytest:{folder}#test_nothing").write()
    assert (written.check.kind, written.doubt) == ("not checked, nothing is returned", None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def test_it(): pass\n", "has no test with the fixture benchmark"),
        ("import nobody_has_it\n", "(test_all.py: ModuleNotFoundError: No module named 'nobody_has_it')"),
        ("import pytest\npytest.importorskip('nobody_has_it')\n", "(test_all.py: Skipped: could not import 'nobody"),
    ],
)
def test_a_file_without_benchmarks_is_told(tree, served, text, told):
    file = tree({"test_all.py": text}) / "test_all.py"
    with pytest.raises(ImplbenchError) as caught:
        served(f"pytest:{file}")
    assert told in str(caught.value)


def test_settings_that_pytest_refuses_are_told(tree, served):
    file = tree({"test_all.py": ENDS, "pytest.ini": "[pytest]\naddopts = --nobody-has-it\n"}) / "test_all.py"
    with pytest.raises(ImplbenchError, match=r"pytest says: .*unrecognized arguments: --nobody-has-it"):
        served(f"pytest:{file}")
