"""pytest, run from within: which tests with the fixture ``benchmark`` there are, and one of them up to its call."""

import contextlib
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol  # as pytest-rerunfailures does
from msgspec import Struct

from ...errors import ImplbenchError
from ..packages import PROJECT_FILES
from .calls import Call
from .parameters import Value, value
from .pytest_fixture import FIXTURE, Fixture

#: Where one of these lies, users start pytest.
_ROOT_FILES = (*PROJECT_FILES, "pytest.ini", "tox.ini", ".git")

#: Plugins that would end a test that takes long, run it in another process, or time it themselves.
_UNWANTED = ("timeout", "xdist", "xdist.looponfail", "codspeed")


class Test(Struct, frozen=True, kw_only=True):
    """A test that is a benchmark, with one value of each of its parameters."""

    __test__ = False

    file: str
    """Its path from the folder that was asked for; empty where a file was."""
    name: str
    """Of its function, with that of its class."""
    title: str
    group: str
    """As its mark says; empty where that says none."""
    parameters: dict[str, Value]


class Suite(Struct, frozen=True, kw_only=True):
    """What there is in a file or folder."""

    tests: tuple[Test, ...]
    parted_by: tuple[str, ...]
    """Parameters by which the project's own settings part its groups (``--benchmark-group-by=param:NAME``)."""
    errors: dict[str, str]
    """File -> why it cannot be collected."""


def root_of(place: Path) -> Path:
    """Return the folder in which pytest is started for some tests: that of their project."""
    folder = place if place.is_dir() else place.parent
    above = (folder, *folder.parents)
    return next((one for one in above if any((one / name).exists() for name in _ROOT_FILES)), folder)


def seen(place: str) -> Suite:
    """Return the tests in a file or folder; to be asked of a process of its own."""
    collecting, said = _Collecting(Path(place)), io.StringIO()
    with contextlib.redirect_stderr(said):
        collecting.run(Path(place), "--collect-only")
    if collecting.suite is None:
        lines = [one for one in said.getvalue().splitlines() if "error: " in one.lower()]
        line = lines[-1] if lines else "no tests are collected"
        raise ImplbenchError(f"{place}: pytest says: {line.removeprefix('E ').strip()}")
    return collecting.suite


class _Plugin:
    """A run of pytest, and a plugin in it."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.suite: Suite | None = None
        """What was collected; None where pytest has not come to that."""
        self.error: BaseException | None = None
        """What was raised first."""
        self._errors: dict[str, str] = {}

    def run(self, file: Path, *options: str) -> None:
        """Run pytest for a file or folder as its project does, but for what gets in the way."""
        os.chdir(root_of(file))
        cache = Path(tempfile.gettempdir(), "implbench-pytest-cache")
        words = ["-q", "-s", "-p", "no:implbench", "-o", f"cache_dir={cache}", *options, str(file)]
        pytest.main(words, plugins=[self])

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        """Have no coverage traced: pytest-cov begins here."""
        early_config.known_args_namespace.no_cov = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        """Take away what gets in the way."""
        for name in _UNWANTED:
            if config.pluginmanager.has_plugin(name):
                config.pluginmanager.unregister(name=name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Have all benchmarks collected, and none timed by pytest-benchmark itself."""
        options = {"benchmark_skip": False, "benchmark_only": False, "benchmark_enable": False, "markexpr": ""}
        vars(config.option).update(options, benchmark_disable=True, keyword="")

    @pytest.hookimpl(tryfirst=True)
    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]) -> None:
        """Note why a file cannot be collected."""
        if call.excinfo is not None and isinstance(node, pytest.Collector):
            self.error = call.excinfo.value.__cause__ or call.excinfo.value
            self._errors[node.path.name] = f"{type(self.error).__name__}: {self.error}".strip().splitlines()[0]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note why a file is passed over by itself."""
        if report.skipped and isinstance(report.longrepr, tuple):
            self._errors[Path(report.longrepr[0]).name] = report.longrepr[-1]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Note the benchmarks, and leave those that are to be run."""
        found = [item for item in items if isinstance(item, pytest.Function) and FIXTURE in item.fixturenames]
        labels = str(config.getoption("benchmark_group_by", "")).split(",")
        self.suite = Suite(
            tests=_tests(found, self._place),
            parted_by=tuple(one.removeprefix("param:") for one in labels if one.startswith("param:")),
            errors=self._errors,
        )
        items[:] = self._left(found, self.suite)

    def _left(self, found: list[pytest.Function], suite: Suite) -> list[pytest.Function]:
        """Return those of the benchmarks that are to be run."""
        raise NotImplementedError


def _tests(items: Sequence[pytest.Function], place: Path) -> tuple[Test, ...]:
    """Return what the tests are that were collected; of a parameter values count as they are met in the file."""
    seen: dict[tuple[Path, str], list[Any]] = {}
    return tuple(_test(item, place, seen) for item in items)


def _test(item: pytest.Function, place: Path, seen: dict[tuple[Path, str], list[Any]]) -> Test:
    mark = item.get_closest_marker(FIXTURE)
    given = item.callspec.params if hasattr(item, "callspec") else {}
    names = [*([item.cls.__name__] if item.cls else []), getattr(item, "originalname", item.name)]
    return Test(
        file="" if place.is_file() else item.path.relative_to(place).as_posix(),
        name=".".join(names),
        title=(item.function.__doc__ or "").strip().partition("\n")[0].removesuffix("."),
        group=str((mark.kwargs.get("group") if mark else None) or ""),
        parameters={
            name: value(one, _place(one, seen.setdefault((item.path, name), []))) for name, one in given.items()
        },
    )


def _place(one: Any, seen: list[Any]) -> int:
    """Return the place of a value among those seen, from 1; it is put behind them where it is a new one."""
    plain = isinstance(one, str | int | float | None)
    for place, known in enumerate(seen, 1):
        if one is known or (plain and type(one) is type(known) and one == known):
            return place
    seen.append(one)
    return len(seen)


def _plain(error: BaseException) -> BaseException:
    """Return an error; of a fixture that is not there, which pytest tells in pages, one that says so."""
    name = getattr(error, "argname", None) if isinstance(error, pytest.FixtureLookupError) else None
    return LookupError(f"fixture {name!r} not found") if name else error


class _Collecting(_Plugin):
    """Looks which benchmarks there are."""

    def _left(self, found: list[pytest.Function], suite: Suite) -> list[pytest.Function]:
        return []


#: From what was collected to the place of the test that is meant; None where there is none.
Wanted = Callable[[Suite], int | None]


def run(place: Path, file: Path, wanted: Wanted, reached: Callable[[Call], None]) -> str | None:
    """Run one test twice: once as it is, then up to its call, which is handed over; what the test raises is raised.

    Parameters
    ----------
    place
        The file or folder that was asked for.
    file
        The file of the test.
    wanted
        Tells which test.
    reached
        Gets the call, and has all that the test and its fixtures have set up around it until it returns.

    Returns
    -------
    str or None
        Why nothing was handed over, if nothing was.
    """
    running = _Running(place, wanted, reached)
    running.run(file)
    if running.is_reached:
        return None
    if running.error is not None:
        raise running.error
    return running.reason


class _Running(_Plugin):
    """Runs one test."""

    def __init__(self, place: Path, wanted: Wanted, reached: Callable[[Call], None]) -> None:
        super().__init__(place)
        self._wanted = wanted
        self._reached = reached
        self._hands_over = False
        self.is_reached = False
        self.reason = "pytest has come to no test"

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Put the fixture that hands over before that of pytest-benchmark."""
        session.config.pluginmanager.register(Fixture(self._hand_over))

    def _left(self, found: list[pytest.Function], suite: Suite) -> list[pytest.Function]:
        place = self._wanted(suite)
        self.reason = "no test has these parameters" if place is None else self.reason
        return [] if place is None else [found[place]]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run the test as it is; where it passes, let it be run once more, up to its call."""
        all_but_its_own: Any = item.parent  # fixtures, which stay
        reports = runtestprotocol(item, nextitem=all_but_its_own, log=False)
        skipped = next((report.longrepr for report in reports if report.skipped), None)
        if skipped is not None:
            why = skipped[-1] if isinstance(skipped, tuple) else "it is expected to fail"
            self.reason, self.error = f"its test is skipped: {why}", None
            return True
        if self.error is not None or not all(report.passed for report in reports):
            return True
        self.reason = f"its test never calls {FIXTURE}(), so that there is nothing to time"
        self._hands_over = True
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Note what the test raises first."""
        if call.excinfo is not None and self.error is None:
            self.error = _plain(call.excinfo.value)

    def _hand_over(self, call: Call) -> bool:
        """Hand the call over, the second time that the test is run; return whether it was."""
        if not self._hands_over:
            return False
        self._hands_over, self.is_reached = False, True
        with _undisturbed():
            self._reached(call)
        return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Have no tracing, and warnings as they are outside of tests."""
    sys.settrace(None)
    sys.setprofile(None)
    with warnings.catch_warnings():
        warnings.resetwarnings()
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        yield
