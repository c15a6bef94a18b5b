"""``pytest --benchmark-only``: the runner's times, seen by pytest-benchmark; on a simulated machine.

With real workers it is typed in test_docs.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.pytest_plugin import Clock
from bench.store import documents
from bench.store.worker_records import Outcome
from tests import noise
from tests.builders import samples
from tests.truth import Truth

FAKES = Path(__file__).parent / "fakes" / "product"
CHECKOUT = Path(__file__).parent.parent

#: The plugin of this checkout, and no installed one. No error is that this process has imported it already, and that a
#: case without a time gives pytest-benchmark none.
OPTIONS = (
    *("-p", "bench.pytest_plugin", "-p", "no:implbench", "-p", "no:cacheprovider"),
    *("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-W", "ignore:Benchmark fixture was not used at all"),
)


def law(arm, source, index):
    """Twice as fast, unsupported, wrong, or as the baseline."""
    return {
        "honest_too": 0.0005,
        "unsupported": Truth(outcome=Outcome.UNSUPPORTED, reason="computes in float64 only"),
        "dropped_sample": Truth(outcome=Outcome.WRONG, reason="product is off by 3 times the tolerance"),
    }.get(arm.case.implementation, 0.001)


@pytest.fixture(autouse=True)
def _simulated(simulated):
    simulated(truth=law, noise=noise.QUIET)


@pytest.fixture
def folder(pytester):
    """A problem outside the repository, and nothing else."""
    place = pytester.path / "product"
    place.mkdir()
    for name in ("problem", "honest", "honest_too", "dropped_sample", "unavailable", "unsupported"):
        shutil.copy(FAKES / f"{name}.py", place)
    return pytester.path


@pytest.fixture
def benchmarked(folder, pytester):
    arguments = ("--benchmark-only", "--implbench=--size S --rounds 2 --layout C --layout F", "-k", "honest")
    done = pytester.runpytest_inprocess(
        *OPTIONS, "product", *arguments, "--benchmark-json=o.json", "--benchmark-autosave"
    )
    assert done.ret == 0
    return folder, json.loads((folder / "o.json").read_text())


def test_a_clock_returns_what_it_was_loaded_with():
    clock = Clock()
    clock.load([0.25, 0.1])
    starts_and_ends = [clock() for _ in range(4)]
    assert [end - start for start, end in zip(starts_and_ends[::2], starts_and_ends[1::2], strict=True)] == [0.25, 0.1]


def test_the_data_of_each_benchmark_are_the_fastest_samples_of_the_rounds(benchmarked):
    folder, written = benchmarked
    run = documents.read(documents.find(folder / "results", None))
    arms = {arm.case.id: arm for arm in run.arms if not arm.again}
    assert (
        {one["name"] for one in written["benchmarks"]}
        == set(arms)
        == {f"product[{name}-S-float64-{order}-1t]" for name in ("honest", "honest_too") for order in "CF"}
    )
    for one in written["benchmarks"]:
        assert one["stats"]["rounds"] == len(run.rounds) == 2
        assert one["stats"]["min"] == min(samples(run, arms[one["name"]]))
        assert set(one["stats"]["data"]) <= set(samples(run, arms[one["name"]]))
        assert one["group"] == "product-S-float64-1t"
        assert one["extra_info"]["implbench_run"] == run.id
        assert one["params"]["layout"] in one["name"]


def test_the_options_of_pytest_benchmark_work_on_them(benchmarked):
    folder, _ = benchmarked
    (saved,) = folder.glob(".benchmarks/*/0001_*.json")
    assert len(json.loads(saved.read_text())["benchmarks"]) == 4
    command = [Path(sys.executable).parent / "pytest-benchmark", "compare", "o.json", "--group-by=param:layout"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "product[honest_too-S-float64-C-1t]" in done.stdout
    assert "layout=F" in done.stdout


def test_plain_pytest_runs_no_benchmark(folder, pytester):
    done = pytester.runpytest_inprocess(*OPTIONS, "product")
    assert done.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not (folder / "results").exists()


def test_a_wrong_implementation_fails_and_an_unavailable_or_unsupported_one_is_skipped(folder, pytester):
    how = "--implbench=--size S --rounds 1"
    done = pytester.runpytest_inprocess(*OPTIONS, "product", "--benchmark-only", how, "-rA")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.assert_outcomes(passed=2, failed=1, skipped=2)
    assert "wrong: product is off by 3 times the tolerance" in done.stdout.str()
    assert "computes in float64 only" in done.stdout.str()


@pytest.mark.parametrize("outcome", ["failed", "crashed", "timeout", "out-of-memory"])
def test_whatever_else_an_implementation_ends_with_is_a_failure_with_its_reason(folder, pytester, simulated, outcome):
    simulated(truth=lambda arm, source, index: Truth(outcome=Outcome(outcome), reason="so it ended"))
    done = pytester.runpytest_inprocess(*OPTIONS, "product", "--benchmark-only", "-k", "honest-")
    done.assert_outcomes(failed=1)
    assert f"{outcome}: so it ended" in done.stdout.str()


@pytest.mark.parametrize(
    "text",
    [
        b'class Problem:\n    title = "x"\n',
        b'SIZES = {"small": 10}\n',
        b"SIZES = [\n",
        b'"\xff"\nSIZES = {}\n',
        b"SIZES = {[]: 1}\nDATA = ()\n" + b"# -*- coding: no-such -*-\n",
        b'PATTERN = "\\d"\n',
        b"",
    ],
    ids=["class", "sizes alone", "syntax error", "not utf-8", "unhashable", "invalid escape", "empty"],
)
def test_a_projects_own_module_of_that_name_is_no_problem(pytester, text):
    (pytester.path / "app").mkdir()
    (pytester.path / "app" / "problem.py").write_bytes(text)
    pytester.makepyfile("def test_speed(benchmark):\n    benchmark(len, 'abc')\n")
    quick = ("--benchmark-only", "--benchmark-disable-gc", "--benchmark-max-time=0.01")
    done = pytester.runpytest_inprocess(*OPTIONS, *quick)
    assert done.ret == pytest.ExitCode.OK
    done.assert_outcomes(passed=1)


def test_a_problem_that_lacks_something_is_told(folder, pytester):
    problem = folder / "product" / "problem.py"
    problem.write_text(problem.read_text().replace("BASELINE =", "BASELINE = str() or"))
    done = pytester.runpytest_inprocess(*OPTIONS, "product", "--benchmark-only")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    assert "has no literal constant BASELINE" in done.stdout.str()


def test_a_mistake_in_the_options_is_one_sentence(folder, pytester):
    done = pytester.runpytest_inprocess(*OPTIONS, "product", "--benchmark-only", "--implbench=--size XXL")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    assert "implbench: unknown size 'XXL': choose from M, S" in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


def test_the_bundled_problems_are_collected_where_the_package_is_named(pytester):
    where = (str(CHECKOUT / "bench"), "--rootdir", str(CHECKOUT), "-c", os.devnull, "--noconftest")
    done = pytester.runpytest_inprocess(*OPTIONS, *where, "--benchmark-only", "--collect-only", "-q")
    assert "backprop[vectorized-M-float64-C-1t]" in done.stdout.str()
    assert "matmul[dot-M-float64-CF-1t]" in done.stdout.str()


def test_in_the_checkout_only_problems_are_collected_where_only_benchmarks_are_asked_for():
    command = [sys.executable, "-m", "pytest", "--benchmark-only", "--collect-only", "-q"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert "impls/backprop/problem.py::backprop[vectorized-M-float64-C-1t]" in collected
    assert "impls/autoencoder/problem.py::autoencoder[vectorized-M-float64-C-1t]" in collected
    assert all(line.startswith("impls/") for line in collected)
    assert not any("/_" in line for line in collected)  # what one problem builds on is collected once


def test_an_installed_copy_and_that_of_a_checkout_may_both_be_loaded(folder, pytester):
    (folder / "second.py").write_text("from bench.pytest_plugin import pytest_addoption\n")
    pytester.syspathinsert()
    done = pytester.runpytest_inprocess(*OPTIONS, "product", "-p", "second", "--collect-only")
    assert done.ret == pytest.ExitCode.NO_TESTS_COLLECTED


ROWS = "def inputs(m=10, *, seed): ...\ndef honest(x): ...\ndef honest_too(x): ...\n"


@pytest.mark.parametrize("argument", ["benchmarks", "benchmarks/rows.py"])
def test_a_problem_in_one_file_is_collected_among_others_and_by_its_path(pytester, argument):
    folder = pytester.mkdir("benchmarks")
    (folder / "rows.py").write_text(ROWS)
    (folder / "helper.py").write_text("raise SystemExit('nobody asked for it')\n")
    done = pytester.runpytest_inprocess(*OPTIONS, argument, "--benchmark-only", "--implbench=--rounds 1", "-rA")
    assert done.ret == 0, done.stdout.str()
    done.assert_outcomes(passed=2)
    assert "benchmarks/rows.py::rows[honest_too-m=10-float64-C-1t]" in done.stdout.str()


def test_a_problem_beside_what_is_asked_for_disturbs_nobody(folder, pytester):
    (folder / "rows.py").write_text(ROWS)
    how = ("--benchmark-only", "--implbench=--size S --rounds 1", "-k", "honest")
    assert pytester.runpytest_inprocess(*OPTIONS, "product", *how).ret == 0
