"""What each command does with its options: from options to a result, and from the result to what is printed."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import implementation, problem, terminal
from .errors import Exit, ImplbenchError
from .measurement import Settings
from .problem import Problem
from .selection import Selection


def run_command(options: argparse.Namespace) -> int:
    """Measure, store, print the answer and the table."""
    from . import sections, summary
    from .runner import Runner
    from .selection import select
    from .verdict import findings

    found = problem.find(options.problem)
    arms, left = select(found, selection_of(options))
    with terminal.progress(f"{found.name}: {found.title}") as listener:
        run, path = Runner(found, settings_of(options), listener).run(arms, left, Path(options.results))
    if run.interrupted and path is None:
        raise KeyboardInterrupt
    groups = findings(run)
    written: Sequence[Path] = ()
    if path is not None and options.report:
        written = _write_report(run, groups, Path(options.output))
    if options.json:
        print(json.dumps(summary.of(run, groups, path), indent=2, allow_nan=False))
    else:
        terminal.show(sections.brief(run, groups))
        for file in (path, *written[:1]):
            if file is not None:
                terminal.say(f"written: {file}")
    if run.interrupted:
        print("implbench: interrupted; the rounds that were finished are kept", file=sys.stderr)
    return summary.exit_code(run, groups)


def check_command(options: argparse.Namespace) -> int:
    """Verify without measuring."""
    from . import summary
    from .runner import check
    from .selection import select

    found = problem.find(options.problem)
    arms, left = select(found, selection_of(options))
    arms = tuple(arm for arm in arms if not arm.again)
    with terminal.progress(f"{found.name}: {found.title}") as listener:
        held = check(found, arms, left, settings=settings_of(options), listener=listener)
    checks = summary.checks(arms, left, held)
    if options.json:
        print(json.dumps([asdict(one) for one in checks], indent=2, allow_nan=False))
    else:
        terminal.show_table(summary.check_table(checks))
    return summary.exit_code_of(one.outcome for one in checks)


def report_command(options: argparse.Namespace) -> int:
    """Write the report of a stored run."""
    from . import store
    from .verdict import findings

    path = store.find(Path(options.results), options.run)
    run = store.read(path)
    written = _write_report(run, findings(run, options.margin), Path(options.output))
    if options.json:
        print(json.dumps({"run": run.id, "files": [str(file) for file in written]}, indent=2))
    else:
        for file in written:
            terminal.say(f"written: {file}")
    return Exit.FINE


def list_command(options: argparse.Namespace) -> int:
    """Print problems and implementations; imports none of them."""
    folders = problem.available()
    names = [options.problem] if options.problem else list(folders)
    listed = []
    for name in names:
        found = problem.find(name)
        listed.append((found, implementation.found(found)))
    if options.json:
        print(json.dumps([_listed(*pair) for pair in listed], indent=2))
    else:
        for found, implementations in listed:
            terminal.say(f"{found.name}: {found.title}")
            terminal.say(f"  sizes {', '.join(map(_size_text, found.sizes.items()))}; default {found.default_size}")
            for one in implementations.values():
                mark = " (baseline)" if one.name == found.baseline else ""
                trouble = one.broken or one.unavailable
                terminal.say(f"  {one.name:20} {one.title}{mark}" + (f"; {trouble}" if trouble else ""))
    return Exit.FINE


def doctor_command(options: argparse.Namespace) -> int:
    """Print what is here, what is missing and what makes this machine noisy."""
    from . import doctor

    examined = doctor.examine(Path(options.results))
    if options.json:
        print(json.dumps([asdict(one) for one in examined], indent=2))
    else:
        for one in examined:
            terminal.say(f"{one.state:8} {one.subject}: {one.text}")
            if one.remedy:
                terminal.say(f"{'':8} -> {one.remedy}")
    return Exit.FINE


def selection_of(options: argparse.Namespace) -> Selection:
    """Return the axes of a run."""
    return Selection(
        implementations=options.impl,
        baseline=options.baseline,
        sizes=options.size,
        changes=options.set,
        dtypes=options.dtype,
        layouts=tuple(options.layout),
        threads=options.threads,
        allocator=options.allocator,
        data=options.data,
    )


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the settings; those that a command does not have are at their usual values."""
    return Settings(
        seed=options.seed,
        margin=getattr(options, "margin", 0.03),
        rounds=getattr(options, "rounds", None),
        budget_s=getattr(options, "budget", None),
        timeout_s=options.timeout,
        command=("implbench", *sys.argv[1:]),
    )


def _write_report(run: Any, groups: Any, output: Path) -> Sequence[Path]:
    from . import report

    if not run.rounds:
        raise ImplbenchError(f"{run.id}: holds no finished round, there is nothing to report")
    return report.write(run, groups, output)


def _size_text(size: tuple[str, dict[str, int]]) -> str:
    name, values = size
    return f"{name} ({', '.join(f'{key}={value}' for key, value in values.items())})"


def _listed(found: Problem, implementations: dict[str, implementation.Implementation]) -> dict[str, Any]:
    return {
        "problem": found.name,
        "title": found.title,
        "sizes": found.sizes,
        "default_size": found.default_size,
        "data": found.data,
        "baseline": found.baseline,
        "layouts": found.layouts,
        "implementations": [
            {
                "name": one.name,
                "title": one.title,
                "requires": one.requires,
                "broken": one.broken,
                "unavailable": one.unavailable,
            }
            for one in implementations.values()
        ],
    }
