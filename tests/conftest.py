"""What all tests have in common: a scratch folder of their own, and a machine that is made up."""

import compileall
import gc
import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from bench.machine.exclusive import PLACE
from bench.measure.scratch import SCRATCH
from bench.measure.verifiers import PACKAGE
from bench.report import files
from tests.simulated import Simulation


@pytest.fixture(scope="session")
def session_scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which all scratch folders of this process lie."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(autouse=True, scope="session")
def _own_scratch(session_scratch: Path) -> Iterator[None]:
    """Have inputs and copies of versions written there, by the commands that tests start, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SCRATCH, str(session_scratch))
        yield
    assert list(session_scratch.iterdir()) == []


@pytest.fixture(autouse=True, scope="session")
def _measured_side_by_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have what this process and its commands measure wait for nobody else: tests are run in several processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(tmp_path_factory.mktemp("lock")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _alone() -> Iterator[None]:
    """Have a pytest that a test starts not take itself for a worker of this one: it would measure no benchmark."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PYTEST_XDIST")]:
            patch.delenv(name)
        yield


@pytest.fixture(autouse=True, scope="session")
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Spare each process that is started the compilation of all modules, where none may be kept beside its source."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.dont_write_bytecode:
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
            for file in PACKAGE.rglob("*.py"):
                if Path(cache_from_source(str(file))).exists():  # else workers of `compare` do so, while it must stay
                    compileall.compile_file(file, quiet=2)
        yield


@pytest.fixture(autouse=True, scope="session")
def _nothing_waits_for_the_disk() -> Iterator[None]:
    """Have files written as ever but not forced out to the disk, thousands of times: no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(autouse=True, scope="module")
def _little_to_collect() -> None:
    """Keep what lives already, modules and thousands of tests, from the collector: code under test runs it often."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have figures written without being drawn, which takes a second each time: for tests that are about the rest."""
    monkeypatch.setattr(files, "picture", lambda figure, kind, of="": b"not drawn")


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Simulation]:
    """Return a function that has commands measure on a simulated machine: ``simulated(noise=noise.QUIET)``."""
    return lambda **how: Simulation(**how).everywhere(monkeypatch)
