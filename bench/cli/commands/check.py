"""Verify without measuring: a problem, or each entry of a collection."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ...errors import ImplbenchError, Unavailable
from ...measure.runner import check
from ...measure.selection import Selection, select
from ...report import terminal
from ...report.parts import Section
from ...report.sections import checks
from ...store.worker_records import Outcome
from ...text import headed
from .. import failures
from ..asked import asked, entries
from ..exit_codes import exit_code_of
from ..measuring_options import HERE, Timing
from ..options import Options


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckOptions(Options):
    """What `implbench check` can be told."""

    problem: tuple[str, ...] = HERE
    selection: Selection
    timing: Timing
    traceback: bool = False


def command(options: CheckOptions) -> int:
    """Do `implbench check`; see `parser`."""
    words = entries(options.problem)
    with failures.told(wanted=options.traceback):
        verified = _of_entries(words, options) if words else _verified(options.problem, options)
    if options.json:
        print(json.dumps([asdict(one) for one in verified], indent=2, allow_nan=False))
    else:
        tables = (checks.of_collection(verified),) if words else checks.tables(verified)
        terminal.show([Section(title="Checks", tables=tables)])
    return exit_code_of((one.outcome, one.reason) for one in verified)


def _verified(words: tuple[str, ...], options: CheckOptions) -> tuple[checks.Check, ...]:
    """Return what is found of one problem."""
    found, wanted = asked(words, options.selection)
    arms, left = select(found, wanted)
    arms = tuple(arm for arm in arms if not arm.again)
    with terminal.progress(headed(found.name, found.title)) as listener:
        held, kinds = check(found, arms, left, settings=options.timing.settings, listener=listener)
    if options.traceback:
        failures.tell(held)
    return checks.of(arms, left, held, kinds)


def _of_entries(words: Mapping[str, str], options: CheckOptions) -> tuple[checks.Check, ...]:
    """Return what is found of each entry of a collection; one that cannot be checked is told, and the others go on."""
    found: list[checks.Check] = []
    for word in words:
        try:
            found += _verified((word, *options.problem[1:]), options)
        except ImplbenchError as error:
            outcome = Outcome.UNAVAILABLE if isinstance(error, Unavailable) else Outcome.FAILED
            found.append(checks.refused(word.rpartition("#")[2], outcome, str(error).removeprefix(f"{word}: ")))
    return tuple(found)
