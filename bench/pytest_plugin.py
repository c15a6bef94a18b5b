"""``pytest --benchmark-only``: the same runner, its times replayed into pytest-benchmark.

A problem.py, or the one file of a problem, is collected as a module with one test a case. The first of them has the
whole problem measured, interleaved, in workers; each then replays its own times through ``benchmark.pedantic`` with a
timer that returns recorded times (notes: ecosystem, 5), so that saving, comparing and grouping work as with any other
benchmark.

It gets one value a round, the fastest sample of a fresh process: its rounds are taken for independent, which samples of
one process are not, and its mean over all samples would move with the slowest of them.
"""

import contextlib
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .analyse.decided import decided
from .analyse.findings import Finding, findings
from .cli.measuring_options import RunOptions
from .cli.options import made
from .cli.parser import parser as command_line
from .errors import ImplbenchError
from .machine import exclusive
from .measure.budget import planned_s
from .measure.selection import select, with_layouts
from .problems import discovery, problem
from .problems.files import MODULE
from .problems.problem import Problem
from .report import terminal
from .report.json_run import interval_of
from .store.records import Arm, Left, Run
from .store.selectors import used_rounds
from .store.worker_records import Outcome
from .text import headed

#: What a case is told apart by, as test parameters: for --benchmark-group-by=param:layout and the like.
PARAMETERS = ("implementation", "size", "dtype", "layout", "threads")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option: those of ``implbench run``, as a string."""
    group = parser.getgroup("benchmark")
    with contextlib.suppress(ValueError):  # the installed copy and a checkout's own may both be loaded
        group.addoption(
            "--implbench",
            metavar="OPTIONS",
            default="",
            help="options of `implbench run` for the problems, as in --implbench='--size S --rounds 8'",
        )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a problem; and for this file, as ``--pyargs implbench.bench`` names it, the bundled problems."""
    if not parent.config.getoption("benchmark_only", default=False):
        return None
    if file_path == Path(__file__):
        return Bundled.from_parent(parent, path=file_path)
    if file_path.suffix != ".py" or file_path.is_relative_to(Path(__file__).parent):
        return None
    if (file_path.parent.parent / f"{MODULE}.py").is_file():  # a problem that the one above builds on
        return None
    ours = discovery.is_problem(file_path, named=parent.session.isinitpath(file_path))
    return OfProblem.from_parent(parent, path=file_path) if ours else None


class Bundled(pytest.File):
    """The problems that come with implbench."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Yield a module for each."""
        for folder in problem.available().values():
            yield OfProblem.from_parent(self, path=folder / f"{MODULE}.py")


class Clock:
    """A timer that returns recorded times: 0, d0, 0, d1, ..."""

    __name__ = "implbench"

    def __init__(self) -> None:
        self._times: Iterator[float] = iter(())

    def load(self, seconds: Sequence[float]) -> None:
        """Take the durations that the next rounds shall have."""
        self._times = iter([time for duration in seconds for time in (0.0, duration)])

    def __call__(self) -> float:
        """Return the next time."""
        return next(self._times)


class Measured:
    """The run of one problem, made when the first of its tests asks for it."""

    def __init__(self, found: Problem, options: RunOptions) -> None:
        self._problem = with_layouts(found, options.selection)
        self._options = options
        self.arms, self.left = select(found, options.selection)
        self._result: tuple[Run, dict[str, Finding]] | None = None

    def result(self, wanted: set[str]) -> tuple[Run, dict[str, Finding]]:
        """Return the run and its findings by case, measuring the `wanted` cases and the baselines first if need be."""
        if self._result is None:
            from .measure.runner import Runner

            arms = [arm for arm in self.arms if arm.baseline or arm.case.id in wanted]
            settings = self._options.settings
            wait, planned = self._options.timing.wait, planned_s(settings)
            alone = exclusive.alone(settings.command, wait=wait, say=terminal.note, planned_s=planned)
            with alone, terminal.progress(headed(self._problem.name, self._problem.title)) as listener:
                runner = Runner(self._problem, settings, listener, decided=decided)
                run, _ = runner.run(arms, self.left, self._options.results)
            if run.interrupted:
                raise KeyboardInterrupt
            self._result = run, {one.arm.case.id: one for group in findings(run) for one in group.findings}
        return self._result


class OfProblem(pytest.Module):
    """A module with one parametrised test, named after the problem."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Yield the test's cases; an error of a problem that lies beside what is asked for is nobody's."""
        place = self.path.parent if self.path.stem == MODULE else self.path
        try:
            words = ["run", str(place), *shlex.split(self.config.getoption("implbench"))]
            options = made(RunOptions, vars(command_line().parse_args(words)))
            found = problem.find(str(place))
            measured = Measured(found, options)
        except (ImplbenchError, ValueError) as error:
            raise pytest.Collector.CollectError(f"implbench: {error}") from error
        self.obj = ModuleType(found.name)
        setattr(self.obj, found.name, _test(found.name, measured))
        return super().collect()


def _test(name: str, measured: Measured) -> Callable[..., None]:
    def replay(  # noqa: PLR0917  # pytest passes parameters by name
        benchmark: Any,
        request: pytest.FixtureRequest,
        implementation: str,
        size: str,
        dtype: str,
        layout: str,
        threads: int,
    ) -> None:
        _replay(benchmark, request, measured)

    replay.__name__ = replay.__qualname__ = name
    replay.__test__ = True  # type: ignore[attr-defined]  # collected whatever its name
    cases = [_parameters(arm) for arm in measured.arms if not arm.again]
    cases += [_parameters(left) for left in measured.left]
    marked: Callable[..., None] = pytest.mark.parametrize(PARAMETERS, cases)(replay)
    return marked


def _parameters(one: Arm | Left) -> Any:
    case = one.case
    marks = [pytest.mark.benchmark(group=case.group, timer=Clock())]
    if isinstance(one, Left) and one.outcome == Outcome.UNAVAILABLE:
        marks.append(pytest.mark.skip(reason=one.reason))
    return pytest.param(
        case.implementation, case.size.name, case.dtype, case.layout, case.threads, marks=marks, id=case.name
    )


def _replay(benchmark: Any, request: pytest.FixtureRequest, measured: Measured) -> None:
    """Give pytest-benchmark the times of this test's case."""
    module = request.node.parent
    wanted = {item.name for item in request.session.items if item.parent is module}
    identity = request.node.name
    left = next((one for one in measured.left if one.case.id == identity), None)
    if left:
        pytest.fail(f"{left.outcome}: {left.reason}", pytrace=False)
    try:
        run, found = measured.result(wanted)
    except ImplbenchError as error:
        pytest.fail(str(error), pytrace=False)
    finding = found[identity]
    if finding.outcome == Outcome.UNSUPPORTED:
        pytest.skip(f"{finding.outcome}: {finding.reason}")
    if finding.outcome != Outcome.OK:
        pytest.fail(f"{finding.outcome}: {finding.reason}", pytrace=False)
    seconds = round_seconds(run, finding.arm)
    clock = request.node.get_closest_marker("benchmark").kwargs["timer"]
    clock.load(seconds)
    benchmark.extra_info.update(_extra_info(run, finding))
    benchmark.pedantic(_nothing, rounds=len(seconds), iterations=1)


def _nothing() -> None:
    """Stand for the call that was timed in a worker."""


def round_seconds(run: Run, arm: Arm) -> list[float]:
    """Return the seconds per call of an arm's fastest sample in each round that counts, in the order of the rounds."""
    return [
        min(ns * 1e-9 / burst.number for burst in worker.bursts for ns in burst.sample_ns)
        for round_ in used_rounds(run)
        for worker in round_.workers
        if worker.arm == arm.name and worker.bursts
    ]


def _extra_info(run: Run, finding: Finding) -> dict[str, Any]:
    speedup = finding.speedup_over_baseline
    return {
        "implbench_run": run.id,
        "verdict": finding.verdict,
        "speedup_over_baseline": speedup.value if speedup else None,
        "speedup_interval": interval_of(speedup),
        "error_over_tolerance": finding.error_over_tolerance,
        "minor_faults_per_call": finding.faults_per_call,
        "rounds": finding.rounds,
    }
