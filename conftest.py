"""The checkout's root: puts it on the path and loads the pytest plugin from it."""

from pathlib import Path

import pytest

from bench.machine.hardware import allowed_cpus

pytest_plugins = ["bench.pytest_plugin", "pytester"]

#: Processes of `pytest -n auto` at most: the tests start others, and more wait for each other than help.
MOST_PROCESSES = 4


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes `pytest -n auto` takes: one for each CPU that it may use."""
    return min(MOST_PROCESSES, len(allowed_cpus()))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests out where only benchmarks are asked for: they need more than those do."""
    tests = Path(__file__).parent / "tests"
    return True if collection_path.is_relative_to(tests) and config.getoption("benchmark_only") else None
