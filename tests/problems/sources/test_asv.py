"""Suites of airspeed velocity: classes as problems, with the parameters, setups and caches that asv gives them."""

import pytest

from bench.errors import ImplbenchError, Unavailable
from bench.problems import sources
from bench.store.checks import Closeness
from bench.worker.protocol import Failure, InputsWritten, Verified

SETTINGS = '// where it is\n{\n  // "benchmark_dir": "no",\n  "version": 1,\n  "benchmark_dir": "suite"\n}\n'

COMMON = """
class Base:
    def time_inherited(self, n, kind):
        return sum(self.values)
"""

SUMS = '''
from .common import Base

ENDED = []

class Sums(Base):
    """Sums."""
    params = ([10, 1000], ["range", "list"])
    param_names = ["n", "kind of"]

    def setup_cache(self):
        return {"factor": 2}

    def setup(self, cache, n, kind):
        if (n, kind) == (1000, "list"):
            raise NotImplementedError("too long")
        self.factor = cache["factor"]
        self.values = range(n) if kind == "range" else list(range(n))

    def teardown(self, cache, n, kind):
        ENDED.append((n, kind))

    def time_inherited(self, cache, n, kind):
        return self.factor * sum(self.values)

    def time_loop(self, cache, n, kind):
        """Goes through all.

        More of that."""
        total = 0
        for value in self.values:
            total += self.factor * value
        return total

    def timeraw_import(self):
        return "import json"

    def track_it(self, cache, n, kind):
        return 3

    def time_other(self, n):
        pass

    time_other.params = [[1]]

class _Hidden:
    def time_it(self): pass

class Nothing:
    def mem_it(self): pass

class Once:
    number = 1
    def setup(self):
        self.values = [1, 2, 3]
    def time_emptied(self):
        return [self.values.pop() for _ in range(3)]

class Bad:
    def setup(self):
        raise ValueError("no such thing")
    def time_it(self): pass

def time_function(n):
    return None

time_function.params = [3, 4]
'''


@pytest.fixture
def checkout(tree):
    return tree(
        {
            "benchmarks/asv.conf.json": SETTINGS,
            "benchmarks/suite/__init__.py": "",
            "benchmarks/suite/common.py": COMMON,
            "benchmarks/suite/sums.py": SUMS,
            "benchmarks/suite/lacking.py": "import nobody_has_it\nclass Lacking:\n    def time_it(self): pass\n",
            "pyproject.toml": "",
        }
    )


@pytest.mark.parametrize("below", ["", "benchmarks", "benchmarks/suite"])
def test_a_suite_is_found_by_its_settings_or_its_folder(checkout, below):
    known = sources.entries(sources.origin_of(f"asv:{checkout / below}"))
    assert known["sums.Sums"] == "time_inherited, time_loop, time_other"
    assert set(known) == {
        "common.Base", "lacking.Lacking", "sums.Sums", "sums.Once", "sums.Bad", "sums.time_function",
    }  # fmt: skip


def test_the_benchmarks_of_a_class_are_what_is_compared_and_its_parameters_are_sizes(checkout, served):
    found = served(f"asv:{checkout}#Sums").problem
    assert (found.origin.entry, found.baseline) == ("sums.Sums", "time_inherited")
    assert {one.name: one.unsupported for one in found.functions} == {
        "time_inherited": None,
        "time_loop": None,
        "time_other": "has other parameters than time_inherited; name it alone, as CLASS.time_other",
        "timeraw_import": "timeraw is the text of a program, timed from the start of its interpreter",
        "track_it": "track returns a number of its own, no time",
    }
    assert found.functions[1].title == "Goes through all"
    assert found.sizes == {
        "n=10-kind_of=range": {"n": 10, "kind_of": 1},
        "n=10-kind_of=list": {"n": 10, "kind_of": 2},
        "n=1000-kind_of=range": {"n": 1000, "kind_of": 1},
        "n=1000-kind_of=list": {"n": 1000, "kind_of": 2},
    }


def test_the_values_of_a_parameter_may_be_compared(checkout, served):
    entry = served(f"asv:{checkout}#Sums.time_loop@kind_of")
    assert [(one.name, one.title) for one in entry.problem.functions] == [
        ("range", "kind_of = range"),
        ("list", "kind_of = list"),
    ]
    assert entry.problem.sizes == {"n=10": {"n": 10}, "n=1000": {"n": 1000}}
    assert isinstance(entry.write(), InputsWritten)
    assert isinstance(entry.start("list", finish=True), Verified)
    assert served(f"asv:{checkout}#time_function@param1").problem.functions[1].name == "4"
    with pytest.raises(ImplbenchError, match="unknown parameter 'kind': choose from n, kind_of"):
        served(f"asv:{checkout}#Sums.time_loop@kind")


@pytest.mark.parametrize("name", ["Sums.time_loop", "sums.Sums.time_loop"])
def test_one_benchmark_may_be_meant(checkout, served, name):
    found = served(f"asv:{checkout / 'benchmarks' / 'suite' / 'sums.py'}#{name}").problem
    assert [one.name for one in found.functions] == ["time_loop"]
    assert found.origin.entry == "sums.Sums.time_loop"


def test_one_with_parameters_of_its_own_is_named_alone(checkout, served):
    assert served(f"asv:{checkout}#Sums.time_other").problem.sizes == {"n=1": {"n": 1}}


def test_each_is_set_up_checked_and_torn_down(checkout, served):
    entry = served(f"asv:{checkout}#Sums")
    written = entry.write("n=1000-kind_of=range")
    assert isinstance(written, InputsWritten)
    assert written.check.closeness == Closeness.EQUAL
    assert isinstance(entry.start("time_loop", "n=1000-kind_of=range", finish=True), Verified)
    import sys

    assert sys.modules["suite.sums"].ENDED == [(1000, "range")] * 2


def test_a_parameter_of_whole_numbers_may_have_others(checkout, served):
    entry = served(f"asv:{checkout}#Sums")
    entry.problem.sizes["mine"] = {"n": 77, "kind_of": 2}
    entry.problem.sizes["none"] = {"n": 77, "kind_of": 3}
    assert isinstance(entry.write("mine"), InputsWritten)
    assert isinstance(entry.start("time_loop", "mine"), Verified)
    assert entry.write("none") == Failure(outcome="unsupported", reason="asv has no such parameters: n=77, kind_of=3")


def test_what_a_setup_leaves_out_and_what_fails_in_it_is_told(checkout, served):
    reply = served(f"asv:{checkout}#Sums").write("n=1000-kind_of=list")
    assert reply == Failure(outcome="unsupported", reason="its setup leaves these parameters out: too long")
    assert served(f"asv:{checkout}#Bad").write().reason == "ValueError: no such thing (sums.py, line 61)"


def test_one_call_at_a_time_is_set_up_before_each(checkout, served):
    entry = served(f"asv:{checkout}#Once")
    assert isinstance(entry.write(), InputsWritten)
    assert isinstance(entry.start("time_emptied", finish=True), Verified)


def test_a_function_is_an_entry(checkout, served):
    entry = served(f"asv:{checkout}#time_function")
    assert entry.problem.sizes == {"param1=3": {"param1": 3}, "param1=4": {"param1": 4}}
    assert entry.write().check.kind == "not checked, nothing is returned"


def test_what_is_not_there_is_told(checkout, served):
    with pytest.raises(Unavailable, match="needs nobody_has_it, not installed here"):
        served(f"asv:{checkout}#Lacking")
    with pytest.raises(ImplbenchError, match=r"no entry 'Sum'; did you mean sums\.Sums"):
        served(f"asv:{checkout}#Sum")
    with pytest.raises(ImplbenchError, match="holds no entry that asv knows"):
        served(f"asv:{checkout / 'benchmarks' / 'suite' / '__init__.py'}")
