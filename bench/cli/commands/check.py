"""Verify without measuring."""

import json
from dataclasses import asdict, dataclass

from ...measure.runner import check
from ...measure.selection import Selection, select
from ...report import terminal
from ...report.parts import Section
from ...report.sections import checks
from ..asked import asked
from ..exit_codes import exit_code_of
from ..measuring_options import HERE, Timing
from ..options import Options


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOptions(Options):
    """What `implbench check` can be told."""

    problem: tuple[str, ...] = HERE
    selection: Selection
    timing: Timing


def command(options: CheckOptions) -> int:
    """Do `implbench check`; see `parser`."""
    found, wanted = asked(options.problem, options.selection)
    arms, left = select(found, wanted)
    arms = tuple(arm for arm in arms if not arm.again)
    with terminal.progress(f"{found.name}: {found.title}") as listener:
        held, kinds = check(found, arms, left, settings=options.timing.settings, listener=listener)
    verified = checks.of(arms, left, held, kinds)
    if options.json:
        print(json.dumps([asdict(one) for one in verified], indent=2, allow_nan=False))
    else:
        terminal.show([Section(title="Checks", tables=checks.tables(verified))])
    return exit_code_of(one.outcome for one in verified)
