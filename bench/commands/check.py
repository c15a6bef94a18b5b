"""Verify without measuring."""

import argparse
import json
from dataclasses import asdict

from .. import summary, terminal
from ..document import Section
from ..measure.runner import check
from ..measure.selection import select
from ..problems import problem
from ..request import selection_of, settings_of


def command(options: argparse.Namespace) -> int:
    """Do `implbench check`; see `cli`."""
    found = problem.find(options.problem)
    arms, left = select(found, selection_of(options))
    arms = tuple(arm for arm in arms if not arm.again)
    with terminal.progress(f"{found.name}: {found.title}") as listener:
        held = check(found, arms, left, settings=settings_of(options), listener=listener)
    checks = summary.checks(arms, left, held)
    if options.json:
        print(json.dumps([asdict(one) for one in checks], indent=2, allow_nan=False))
    else:
        terminal.show([Section(title="Checks", tables=summary.check_tables(checks))])
    return summary.exit_code_of(one.outcome for one in checks)
