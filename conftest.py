"""The checkout's root: puts it on the path and loads the pytest plugin from it."""

from pathlib import Path

import pytest

pytest_plugins = ["bench.pytest_plugin", "pytester"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests out where only benchmarks are asked for: they need more than those do."""
    tests = Path(__file__).parent / "tests"
    return True if collection_path.is_relative_to(tests) and config.getoption("benchmark_only") else None
