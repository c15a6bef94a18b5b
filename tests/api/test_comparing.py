"""`import implbench`: functions of a program are compared, and the result says what came of it."""

import threading

import numpy as np
import pytest
from matplotlib.axes import Axes

from bench.api import comparing
from bench.errors import ImplbenchError
from tests.simulated import Simulation

SECONDS = {"loop": 0.01, "rows": 0.001, "alike": 0.01}


def loop(x):
    return np.array([sum(value * value for value in row) for row in x])


def rows(x):
    return (x * x).sum(axis=1)


def alike(x):
    return rows(x)


@pytest.fixture
def simulated(monkeypatch):
    """Rounds in which each function takes its SECONDS, in a sweep times n."""
    return Simulation(
        truth=lambda arm, source, index: SECONDS[arm.case.implementation] * arm.case.size.values.get("n", 1)
    ).everywhere(monkeypatch)


@pytest.mark.usefixtures("simulated")
class TestTwoFunctions:
    @pytest.fixture
    def result(self):
        return comparing.compare(loop, rows, args=(1,), quiet=True)

    def test_the_verdict_is_on_the_second(self, result):
        assert result.verdict == "faster"
        assert result.verdicts == {"rows": "faster"}

    def test_the_ratio_says_how_many_times_as_fast_it_is_with_an_interval(self, result):
        assert result.ratio.value == pytest.approx(10)
        assert result.ratio.interval.low == pytest.approx(10)
        assert result.ratios == {"rows": result.ratio}

    def test_it_reads_as_the_terminal_does(self, result):
        assert repr(result).startswith("`rows` computes functions 10.000 times")
        assert "implementation" in str(result)

    def test_the_samples_are_a_table(self, result):
        assert set(result.frame()["implementation"]) == {"loop", "rows"}

    def test_the_picture_is_that_of_the_speed_ups(self, result):
        axes = result.plot()
        assert isinstance(axes, Axes)
        assert "speed-up" in axes.get_xlabel()

    def test_the_report_is_a_page(self, result, tmp_path):
        path = result.report(tmp_path / "page.html")
        assert path.read_text().startswith("<!doctype html>")

    def test_a_notebook_shows_answer_table_and_picture(self, result):
        shown = result._repr_mimebundle_()
        assert shown["text/plain"] == str(result)
        html = shown["text/html"]
        assert "<code>rows</code> computes functions" in html
        assert "<table>" in html
        assert 'src="data:image/png;base64,' in html
        assert "<script" not in html


@pytest.mark.usefixtures("simulated")
def test_of_several_the_verdict_is_on_the_fastest_that_is_not_the_first():
    result = comparing.compare({"loop": loop, "alike": alike, "rows": rows}, args=(1,), quiet=True)
    assert result.verdicts == {"rows": "faster", "alike": "equivalent"}
    assert result.verdict == "faster"


@pytest.mark.usefixtures("simulated")
def test_sizes_are_a_sweep():
    result = comparing.compare(loop, rows, setup=np.ones, sizes=[1, 2], quiet=True)
    assert result.verdicts == {"rows, n=1": "faster", "rows, n=2": "faster"}


@pytest.mark.usefixtures("simulated")
def test_a_run_is_kept_where_that_is_asked_for(tmp_path):
    assert comparing.compare(loop, rows, args=(1,), quiet=True).path is None
    kept = comparing.compare(loop, rows, args=(1,), quiet=True, results=tmp_path)
    assert kept.path is not None
    assert kept.path.parent == tmp_path


@pytest.mark.parametrize(
    ("functions", "given", "said"),
    [
        ((), {}, "nothing to compare"),
        ((loop, loop), {}, "two functions are called loop"),
        (({1: loop},), {}, "found 1 as a name, expected text"),
        ((loop, 3), {}, "int is an int, expected a function"),
        ((loop,), {"sizes": [1]}, "sizes= needs setup="),
        ((loop,), {"setup": loop, "args": (1,)}, "leave out args= and kwargs="),
        ((loop,), {"setup": loop, "sizes": [0]}, "sizes= must be above 0"),
        ((loop,), {"setup": loop, "sizes": [1e3]}, "sizes= must be whole numbers"),
        ((loop,), {"setup": loop, "sizes": 3}, "sizes= must be whole numbers"),
        ((loop,), {"setup": 3}, "setup= must be a function, found an int"),
        ((loop,), {"setup": lambda n: n}, "called with no size, .*: missing a required argument: 'n'"),
        ((loop,), {"setup": lambda: 1, "sizes": [2]}, "called with a size, .*: too many positional arguments"),
        ((loop,), {"tolerance": 1e-6}, "tolerance= must be a function, found a float"),
        ((loop,), {"rounds": 0}, "rounds= must be a whole number of at least 1, found 0"),
        ((loop,), {"budget": -1}, "budget= must be a number above 0, found -1"),
        ((loop,), {"seed": 1.5}, "seed= must be a whole number of at least 0, found 1.5"),
        ((loop,), {"args": np.ones(3)}, r"args= must be a tuple of arguments, found a ndarray; .* args=\(x,\)"),
        ((loop,), {"args": "abc"}, "found a str"),
        ((loop,), {"args": (1, (one for one in ()))}, r"args\[1\] cannot be sent .* 'generator' .*: make it in setup="),
        ((loop,), {"kwargs": {"x": threading.Lock()}}, r"kwargs\['x'\] cannot be sent to another process"),
        ((loop,), {"args": (np.ones(2**21),)}, r"args\[0\] takes 16 MiB"),
        ((loop,), {"kwargs": [1]}, "kwargs= must be a dict of arguments, found a list"),
    ],
)
def test_what_does_not_fit_is_one_sentence(functions, given, said):
    with pytest.raises(ImplbenchError, match=said):
        comparing.compare(*functions, **given)


@pytest.mark.parametrize(
    ("given", "inputs"),
    [
        ({"args": (1, 2)}, (1, 2)),
        ({"kwargs": {"x": 1}}, {"x": 1}),
        ({"args": (1,), "kwargs": {"y": 2}}, {"x": 1, "y": 2}),
        ({"setup": lambda: [3]}, [3]),
        ({}, ()),
    ],
)
def test_what_functions_are_called_with(given, inputs):
    usual = {"args": (), "kwargs": None, "setup": None, "sizes": ()}
    assert comparing._setup({"f": lambda x, y: None}, **{**usual, **given}).make() == inputs


def test_a_setup_is_given_a_size_and_a_seed_as_far_as_it_takes_them():
    usual = {"args": (), "kwargs": None}
    assert comparing._setup({}, setup=lambda k: k, sizes=(5,), **usual).make(n=5) == 5
    assert comparing._setup({}, setup=lambda k, seed: (k, seed), sizes=(5,), **usual).make(n=5, seed=1) == (5, 1)
    assert comparing._setup({}, setup=lambda seed: seed, sizes=(), **usual).make(seed=1) == 1


@pytest.mark.slow
def test_real_workers_compute_functions_of_a_program():
    offset = np.int64(0)
    result = comparing.compare(
        {"loop": lambda x: loop(x) + offset, "rows": rows, "wrong": lambda x: rows(x) + 1},
        setup=lambda seed: (np.random.RandomState(seed).randint(0, 9, (50, 4)),),  # whole: no tolerance to measure
        rounds=1,
        quiet=True,
    )
    assert result.verdicts == {"rows": "undecided", "wrong": "wrong"}
    assert result.ratios["wrong"] is None
    assert result.ratio.interval is None  # of one round
