"""Three gates over the same kernels and the same machine time: implbench compare, pytest-benchmark, asv continuous."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kernels import CHECKOUT, KERNELS, committed, git, slow_down

#: Seconds of one kernel in one version. A gate of four kernels in both versions then takes about as long as one of
#: implbench on identical code (70 s); pytest-benchmark measured the unchanged version before, in half of that.
PYTEST_BENCHMARK_S, ASV_S = 9.0, 7.5

#: BLAS threads of the tools that do not set them themselves.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one gate said."""

    slower: dict[str, list[str]]
    """Criterion -> kernels that it calls slower."""
    undecided: bool = False
    detail: object = field(default=None)
    """What it said besides: of implbench the log-ratios of each kernel's rounds, of the others the kernels' lines."""


class Implbench:
    """`implbench compare HEAD --all` of this checkout, with its defaults."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def gate(self, victim: str, rows: int, seed: int) -> Said:
        """Compare the slowed working tree with HEAD."""
        slow_down(self._folder, victim, rows)
        command = ["-m", "bench", "compare", "HEAD", "--all", "--json", "--seed", str(seed)]
        done = run(command, self._folder, PYTHONPATH=str(CHECKOUT))
        found = json.loads(done.stdout)
        slower = [kernel(one["id"]) for one in found["benchmarks"] if one["verdict"] == "slower"]
        ratios = {kernel(one["id"]): [round(ratio, 7) for ratio in one["log_ratios"]] for one in found["benchmarks"]}
        return Said(slower={"implbench compare": slower}, undecided=done.returncode == 3, detail=ratios)


class PytestBenchmark:
    """One run of pytest-benchmark against the last run of the unchanged code, as stored by it."""

    TEST = """import importlib
import pytest
from kernels import problem

INPUTS = problem.inputs(problem.SIZES["M"], "float64", "patches", 1)


@pytest.mark.parametrize("name", {kernels})
def test_kernel(benchmark, name):
    benchmark(importlib.import_module("kernels." + name).prepare(INPUTS))
"""

    CRITERIA = ("mean", "min")
    FAILED = re.compile(r"test_kernel\[(\w+)\].*Field '(\w+)' has failed PercentageRegressionCheck")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "kernels" / "__init__.py").touch()
        (folder / "test_kernels.py").write_text(self.TEST.format(kernels=KERNELS))
        (folder / "pytest.ini").write_text("[pytest]\n")
        committed(folder, "Add the benchmark")
        self._measure()

    def gate(self, victim: str, rows: int, seed: int) -> Said:
        """Measure the slowed code, compared with the last run of the unchanged code."""
        del seed  # it draws nothing
        slow_down(self._folder, victim, rows)
        limits = [f"{field}:5%" for field in self.CRITERIA]  # of one option: given twice, the second would count alone
        said = self._measure("--benchmark-compare", "--benchmark-compare-fail", *limits)
        if rows:
            self._stored()[-1].unlink()
        found = self.FAILED.findall(said)
        return Said(
            slower={
                f"pytest-benchmark {field}:5%": [name for name, failed in found if failed == field]
                for field in self.CRITERIA
            },
            detail=[line.rstrip() for line in said.splitlines() if line.startswith("test_kernel[")],
        )

    def _stored(self) -> list[Path]:
        return sorted((self._folder / ".benchmarks").rglob("*.json"))

    def _measure(self, *options: str) -> str:
        """Measure each kernel for the time of an arm, and store the run."""
        usual = ("-p", "no:cacheprovider", "--benchmark-autosave", "--benchmark-disable-gc")
        time = f"--benchmark-max-time={PYTEST_BENCHMARK_S}"
        done = run(["-m", "pytest", *usual, time, *options], self._folder, **ONE_THREAD)
        if "4 passed" not in done.stdout and "PerformanceRegression" not in done.stderr:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout + done.stderr


class Asv:
    """`asv continuous --factor 1.05` of two commits, in one environment for both."""

    BENCHMARK = """import importlib

from kernels import problem


class Kernels:
    params = {kernels}
    param_names = ["name"]
    repeat = (5, 100000, {seconds})
    timeout = 300.0

    def setup(self, name):
        inputs = problem.inputs(problem.SIZES["M"], "float64", "patches", 1)
        self.step = importlib.import_module("kernels." + name).prepare(inputs)

    def time_kernel(self, name):
        self.step()
"""
    PUT = """import shutil, sys, sysconfig
from pathlib import Path

place = Path(sysconfig.get_path("purelib")) / "kernels"
shutil.rmtree(place, ignore_errors=True)
shutil.copytree(Path(sys.argv[1]) / "kernels", place)
"""

    LINE = re.compile(r"^\|\s*\+\s*\|.*kernel\('(\w+)'\)", re.MULTILINE)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "kernels" / "__init__.py").touch()
        self._suite = folder.parent / "asv"
        (self._suite / "benchmarks").mkdir(parents=True)
        (self._suite / "benchmarks" / "__init__.py").touch()
        seconds = ASV_S / 2 - 0.6  # two rounds, each with its warm-up
        text = self.BENCHMARK.format(kernels=list(KERNELS), seconds=seconds)
        (self._suite / "benchmarks" / "kernels.py").write_text(text)
        (self._suite / "put.py").write_text(self.PUT)
        put = f"in-dir={{env_dir}} python {self._suite / 'put.py'} {{build_dir}}"
        settings = {
            "version": 1,
            "project": "kernels",
            "repo": str(folder),
            "branches": ["HEAD"],
            "environment_type": "virtualenv",
            "matrix": {"req": {"numpy": [""]}},
            "build_command": [],
            "install_command": [put],
            "uninstall_command": [],
        }
        (self._suite / "asv.conf.json").write_text(json.dumps(settings))
        committed(folder, "Make it a package")
        self._run("machine", "--yes")

    def gate(self, victim: str, rows: int, seed: int) -> Said:
        """Commit the slowed code upon the unchanged one and compare the two commits."""
        del seed
        base = git(self._folder, "rev-parse", "HEAD")
        slow_down(self._folder, victim, rows)
        head = committed(self._folder, "Change")
        shutil.rmtree(self._suite / "results", ignore_errors=True)
        self._run("machine", "--yes")
        done = self._run("continuous", "--factor", "1.05", base, head)
        git(self._folder, "reset", "--quiet", "--hard", base)
        if "BENCHMARKS" not in done.stdout:
            raise RuntimeError(done.stdout + done.stderr)
        return Said(
            slower={"asv continuous": self.LINE.findall(done.stdout)},
            detail=[line for line in done.stdout.splitlines() if line.startswith("|")],
        )

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(["-m", "asv", *arguments], self._suite, **ONE_THREAD)


def run(arguments: Sequence[str], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run this Python with arguments in a folder and return what came of it."""
    environment = os.environ | variables
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def kernel(case_id: str) -> str:
    """Return the kernel in a case's id, as in ``kernels[inplace-M-float64-C-1t-retain]``."""
    return case_id.split("[")[1].partition("-")[0]


TOOLS = {"implbench": Implbench, "pytest-benchmark": PytestBenchmark, "asv": Asv}
