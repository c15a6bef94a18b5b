"""Verify without measuring."""

import argparse
import json
from dataclasses import asdict

from ...measure.runner import check
from ...measure.selection import select
from ...problems import problem
from ...report import terminal
from ...report.document import Section
from ...report.sections import checks
from ..exit_codes import exit_code_of
from ..request import selection_of, settings_of


def command(options: argparse.Namespace) -> int:
    """Do `implbench check`; see `parser`."""
    found = problem.find(options.problem)
    arms, left = select(found, selection_of(options))
    arms = tuple(arm for arm in arms if not arm.again)
    with terminal.progress(f"{found.name}: {found.title}") as listener:
        held = check(found, arms, left, settings=settings_of(options), listener=listener)
    verified = checks.of(arms, left, held)
    if options.json:
        print(json.dumps([asdict(one) for one in verified], indent=2, allow_nan=False))
    else:
        terminal.show([Section(title="Checks", tables=checks.tables(verified))])
    return exit_code_of(one.outcome for one in verified)
