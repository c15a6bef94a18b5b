"""`implbench run --watch`: run, then verify and measure each version of an implementation that is saved."""

import json
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ...analyse.decided import decided
from ...analyse.findings import BAD, findings
from ...errors import Exit, ImplbenchError, NothingMeasured
from ...machine import exclusive
from ...measure.progress import Listener, Progress
from ...measure.runner import Runner
from ...measure.scratch import scratch
from ...measure.selection import select
from ...problems.problem import Problem
from ...report import terminal
from ...report.json_run import estimate
from ...report.parts import code
from ...report.sections import watched
from ...store.records import Run
from ...store.worker_records import Outcome
from ...text import headed
from ...versions import snapshots
from ...versions.remeasurement import Remeasured, Verified
from ...versions.remeasurer import Remeasurer
from ...versions.snapshots import Folder, Saved, Stamps, Version
from ..asked import asked
from ..measuring_options import RunOptions

#: Prints a run and returns its exit code.
Show = Callable[[Run, Path | None, RunOptions], int]


def command(options: RunOptions, show: Show) -> int:
    """Do `implbench run --watch`; see `parser`."""
    found, wanted = asked(options.problem, options.selection)
    if found.origin is not None:
        raise ImplbenchError(
            f"--watch: {found.origin} is of a collection; watch a problem of your own, a file or folder"
        )
    options = replace(options, selection=wanted)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # not under nohup
        signal.signal(signal.SIGHUP, signal.default_int_handler)  # a terminal that is closed is Ctrl-C: all is removed
    with scratch() as place:
        versions, workers = place / "versions", place / "workers"
        versions.mkdir()
        workers.mkdir()
        with Remeasurer(options.selection, options.settings, workers) as remeasurer:
            return _Watch(found, options, remeasurer, versions).watch(show)


class _Watch:
    """One watch, from the first run to Ctrl-C."""

    def __init__(self, found: Problem, options: RunOptions, remeasurer: Remeasurer, versions: Path) -> None:
        beside = (options.results.resolve(), options.output.resolve())
        self._folder = Folder(path=found.place, beside=beside, imports=(*found.beside, *found.path))
        self._options = options
        self._wanted = options.selection
        self._remeasurer = remeasurer
        self._versions = versions
        self._stamps: Stamps | None = None
        self._superseded = False
        self._version = self._next()
        self._right: dict[str, Version] = {}
        self._resolved: dict[str, float] = {}
        self._pending: set[str] = set()

    def watch(self, show: Show) -> int:
        """Run as usual, then answer every save; return the exit code once Ctrl-C ends it."""
        ended = self._first_run(show)
        while ended != Exit.INTERRUPTED:
            while self._pending:
                try:
                    self._answer()
                except Saved:
                    self._tell("superseded", "saved again: what was being measured is no longer the newest version")
                    self._take(self._next())
            try:
                self._tell("waiting", f"waiting for a save in {self._folder.path} (Ctrl-C ends)")
                version = self._next()
            except KeyboardInterrupt:
                self._tell("ended", "")
                return Exit.FINE
            self._take(version)
        return ended

    def _first_run(self, show: Show) -> int:
        """Run as usual, anew after each save; return the exit code."""
        while True:
            try:
                return self._run(show)
            except Saved:
                self._tell("superseded", "saved during the run: it begins anew")
                self._version = self._next()
            except NothingMeasured as error:
                self._tell("problem", f"{error}", reason=str(error))
                return error.exit_code

    def _run(self, show: Show) -> int:
        """Measure the version as `implbench run` does, and keep it as the one before the next; return the exit code.

        Raises
        ------
        Saved
            If there is a newer version.
        """
        version = self._version
        found = replace(version.problem, folder=self._folder.root)
        arms, left = select(version.problem, self._wanted)
        with self._progress(headed(found.name, found.title)) as listener:
            runner = Runner(found, self._options.settings, listener, decided=decided, copy=version.problem)
            run, path = runner.run(arms, left, self._options.results)
        if self._superseded:
            raise Saved
        if run.interrupted and path is None:
            raise KeyboardInterrupt
        ended = show(run, path, self._options)
        sys.stdout.flush()
        if ended != Exit.INTERRUPTED:
            groups = findings(run)
            fates: dict[str, set[Outcome]] = {}
            for one in (one for group in groups for one in group.findings):
                fates.setdefault(one.arm.case.implementation, set()).add(one.outcome)
            self._right = {name: version for name, fate in fates.items() if Outcome.OK in fate and not fate & BAD}
            self._resolved = {group.name: group.resolved for group in groups if group.resolved is not None}
            self._remeasurer.stage(version)
        return ended

    def _next(self) -> Version:
        """Wait for the next version and return it; what is no problem is told, and waited for."""
        while True:
            self._stamps = self._folder.settled(self._stamps)
            try:
                return self._folder.kept(self._stamps, self._versions)
            except Saved:
                continue
            except ImplbenchError as error:
                self._tell("problem", str(error), reason=str(error))

    def _take(self, version: Version) -> None:
        """Make a version the newest one, and note of which implementations something is to be said."""
        found = snapshots.changes(self._version, version)
        self._version = version
        for name in found.new:
            self._tell("new", f"{code(name)} is new", implementation=name)
        for name in found.gone:
            self._right.pop(name, None)
            self._tell("deleted", f"{code(name)} was deleted", implementation=name)
        self._pending = {*self._pending, *found.new, *found.saved} & version.implementations.keys()
        if self._wanted.implementations:
            self._pending &= {*self._wanted.implementations, self._wanted.baseline or version.problem.baseline}
        for name in sorted(self._pending):
            before = self._right.get(name)
            if before and before.digests[name] == version.digests[name]:
                self._pending.remove(name)
                text = f"{code(name)} is the same code as the version before: nothing to measure"
                self._tell("unchanged", text, implementation=name)
        kept = {version.root, *(one.root for one in self._right.values())}
        for root in self._versions.iterdir():
            if root not in kept:
                shutil.rmtree(root, ignore_errors=True)

    def _answer(self) -> None:
        """Verify and measure what is pending, and tell what comes of it.

        Raises
        ------
        Saved
            If there is a newer version.
        """
        version, names = self._version, sorted(self._pending)
        listed = ", ".join(map(code, names))
        self._tell("saved", f"saved: {listed}", implementations=names)
        try:
            with self._progress(f"verifying {listed}") as listener:
                verified = self._remeasurer.verify(names, version, listener)
            bad = {one.case.implementation for one in verified if one.outcome in BAD}
            for one in verified:
                self._tell("verified", watched.verified(one, several=len(verified) > len(names)), **_verified(one))
            arms = [
                one.arm
                for one in verified
                if one.arm and one.outcome == Outcome.OK and one.case.implementation not in bad
            ]
            if arms:
                with self._progress(f"measuring {listed}") as listener:
                    measured = self._remeasurer.measure(arms, version, self._right, listener, resolved=self._resolved)
                for each in measured:
                    self._tell("measured", watched.measured(each, several=len(arms) > len(names)), **_measured(each))
                wrong = {each.entry.now.case.implementation for each in measured if each.outcome != Outcome.OK}
                self._right |= {
                    arm.case.implementation: version for arm in arms if arm.case.implementation not in wrong
                }
        except ImplbenchError as error:
            self._tell("problem", str(error), reason=str(error))
        self._pending.clear()

    @contextmanager
    def _progress(self, title: str) -> Iterator[Listener]:
        """Give a listener that shows progress, and ends what it is told of once there is a newer version."""
        self._superseded = False
        command, wait = self._options.settings.command, self._options.timing.wait
        with exclusive.alone(command, wait=wait, say=terminal.note), terminal.progress(title) as listener:

            def listen(now: Progress) -> None:
                if self._folder.look() != self._stamps:
                    self._superseded = True
                    raise Saved
                listener(now)

            yield listen

    def _tell(self, event: str, text: str, **more: Any) -> None:
        """Print an event: a line of JSON for a program, the text, where there is one, for people."""
        if self._options.json:
            print(json.dumps({"event": event, **more}, allow_nan=False))
        elif text:
            terminal.say(text)
        sys.stdout.flush()


def _verified(one: Verified) -> dict[str, Any]:
    return {
        "id": one.case.id,
        "implementation": one.case.implementation,
        "outcome": one.outcome,
        "reason": one.reason,
        "error_over_tolerance": one.error_over_tolerance,
    }


def _measured(one: Remeasured) -> dict[str, Any]:
    case, baseline = one.entry.now.case, one.entry.baseline
    return {
        "id": case.id,
        "implementation": case.implementation,
        "outcome": one.outcome,
        "reason": one.reason,
        "rounds": one.rounds,
        "min_seconds_per_call": one.min_seconds_per_call.value if one.min_seconds_per_call else None,
        "speedup_over_version_before": estimate(one.speedup_over_before),
        "verdict": one.verdict,
        "baseline": baseline.case.id if baseline else None,
        "speedup_over_baseline": estimate(one.speedup_over_baseline),
    }
