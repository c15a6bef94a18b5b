"""Verify without measuring: a problem, each entry of a collection, or all problems that there are."""

import json
from collections.abc import Mapping

from msgspec import to_builtins

from ...errors import ImplbenchError, Unavailable
from ...measure.runner import check
from ...measure.selection import Selection, select
from ...problems import problem
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


class CheckOptions(Options, frozen=True, kw_only=True):
    """What `implbench check` can be told."""

    problem: tuple[str, ...] = HERE
    selection: Selection
    timing: Timing
    all: bool = False
    traceback: bool = False

    def __post_init__(self) -> None:
        """Raise ImplbenchError for what cannot be had together."""
        if self.all and self.problem != HERE:
            raise ImplbenchError(f"{self.problem[0]} and --all: give one of the two")


def command(options: CheckOptions) -> int:
    """Do `implbench check`; see `parser`."""
    words = {name: name for name in problem.available()} if options.all else entries(options.problem)
    with failures.told(wanted=options.traceback):
        verified = _of_entries(words, options) if words else _verified(options.problem, options)
    if options.json:
        print(json.dumps([to_builtins(one) for one in verified], indent=2, allow_nan=False))
    else:
        tables = (checks.of_collection(verified, lacking=options.all),) if words else checks.tables(verified)
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
    """Return what is found of several problems, or of the entries of a collection.

    One that cannot be checked is told, and the others go on.
    """
    found: list[checks.Check] = []
    for word in words:
        try:
            found += _verified((word, *(() if options.all else options.problem[1:])), options)
        except ImplbenchError as error:
            outcome = Outcome.UNAVAILABLE if isinstance(error, Unavailable) else Outcome.FAILED
            found.append(checks.refused(word.rpartition("#")[2], outcome, str(error).removeprefix(f"{word}: ")))
    return tuple(found)
