"""``pytest --benchmark-only``: the runner's times, seen by pytest-benchmark."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import store
from bench.pytest_plugin import Clock
from tests.builders import samples

FAKES = Path(__file__).parent / "fakes" / "product"
CHECKOUT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path):
    """A problem outside the repository, and nothing else."""
    place = tmp_path / "product"
    place.mkdir()
    for name in ("problem", "honest", "honest_too", "dropped_sample", "unavailable", "unsupported"):
        shutil.copy(FAKES / f"{name}.py", place)
    return tmp_path


def pytest_in(folder, *arguments):
    """Run pytest in a folder, with the plugin of this checkout."""
    options = ["-p", "bench.pytest_plugin", "-p", "no:implbench", "-p", "no:cacheprovider", "-W", "error"]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def benchmarked(folder):
    arguments = ("--benchmark-only", "--implbench=--size S --rounds 2 --layout C --layout F", "-k", "honest")
    done = pytest_in(folder, "product", *arguments, "--benchmark-json=o.json", "--benchmark-autosave")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, json.loads((folder / "o.json").read_text())


def test_a_clock_returns_what_it_was_loaded_with():
    clock = Clock()
    clock.load([0.25, 0.1])
    starts_and_ends = [clock() for _ in range(4)]
    assert [end - start for start, end in zip(starts_and_ends[::2], starts_and_ends[1::2], strict=True)] == [0.25, 0.1]


def test_the_data_of_each_benchmark_are_the_fastest_samples_of_the_rounds(benchmarked):
    folder, written = benchmarked
    run = store.read(store.find(folder / "results", None))
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


def test_plain_pytest_runs_no_benchmark(folder):
    done = pytest_in(folder, "product")
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not (folder / "results").exists()


def test_a_wrong_implementation_fails_and_an_unavailable_or_unsupported_one_is_skipped(folder):
    done = pytest_in(folder, "product", "--benchmark-only", "--implbench=--size S --rounds 1 --dtype float32", "-rA")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "wrong: product is off by" in done.stdout
    assert "2 passed" in done.stdout
    assert "1 failed" in done.stdout
    assert "2 skipped" in done.stdout
    assert "computes in float64 only" in done.stdout


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
def test_a_projects_own_module_of_that_name_is_no_problem(tmp_path, text):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "problem.py").write_bytes(text)
    (tmp_path / "test_a.py").write_text("def test_speed(benchmark):\n    benchmark(len, 'abc')\n")
    done = pytest_in(tmp_path, "--benchmark-only", "--benchmark-disable-gc", "-q", "--benchmark-max-time=0.01")
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert "warning" not in done.stdout


def test_a_problem_that_lacks_something_is_told(folder):
    problem = folder / "product" / "problem.py"
    problem.write_text(problem.read_text().replace("BASELINE =", "BASE ="))
    done = pytest_in(folder, "product", "--benchmark-only")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "has no literal constant BASELINE" in done.stdout


def test_a_mistake_in_the_options_is_one_sentence(folder):
    done = pytest_in(folder, "product", "--benchmark-only", "--implbench=--size XXL")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "implbench: unknown size 'XXL': choose from M, S" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_bundled_problems_are_collected_where_the_package_is_named():
    done = pytest_in(CHECKOUT, "bench", "--benchmark-only", "--collect-only", "-q", "-c", "/dev/null", "--noconftest")
    assert "backprop[vectorized-M-float64-C-1t]" in done.stdout
    assert "matmul[dot-M-float64-CF-1t]" in done.stdout


def test_in_the_checkout_only_problems_are_collected_where_only_benchmarks_are_asked_for():
    command = [sys.executable, "-m", "pytest", "--benchmark-only", "--collect-only", "-q"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert "impls/backprop/problem.py::backprop[vectorized-M-float64-C-1t]" in collected
    assert all(line.startswith("impls/") for line in collected)


def test_an_installed_copy_and_that_of_a_checkout_may_both_be_loaded(folder):
    (folder / "second.py").write_text("from bench.pytest_plugin import pytest_addoption\n")
    done = pytest_in(folder, "product", "-p", "second", "--collect-only")
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stderr
