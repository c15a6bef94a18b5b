"""Measure identical code on both sides, and say what a gate can see here."""

import json

from msgspec import to_builtins

from ...errors import Exit, NothingMeasured
from ...machine import exclusive
from ...report import terminal
from ...report.parts import Section
from ...stats.intervals import resolves
from ...stats.power import POWER, Calibration, calibrate
from ...units import percent
from ...versions.benchmarks import identical
from ...versions.comparer import Comparer
from ...versions.comparison import noise_of
from ..asked import asked
from ..measuring_options import GateSelection, Timing
from ..options import Options

#: A machine on which a larger share of gates leaves identical code undecided is too noisy for them.
MOST_UNDECIDED = 0.5


class CalibrateOptions(Options, frozen=True, kw_only=True):
    """What `implbench calibrate` can be told."""

    problem: str
    selection: GateSelection
    timing: Timing


def command(options: CalibrateOptions) -> int:
    """Do `implbench calibrate`; see `parser`."""
    found, wanted = asked([options.problem], options.selection)
    chosen = identical(found, wanted)
    settings = options.timing.settings
    wait, planned_s = options.timing.wait, settings.budget_s
    alone = exclusive.alone(settings.command, wait=wait, say=terminal.note, planned_s=planned_s)
    with (
        alone,
        terminal.progress(f"{len(chosen)} benchmarks of {found.name}, identical code on both sides") as listener,
    ):
        comparer = Comparer(settings, listener)
        measured = comparer.compare(chosen)
    series = [ratios for one in measured if (ratios := one.all_ratios())]
    if not series:
        raise NothingMeasured(
            f"{found.name}: no benchmark has a time on both sides (see: implbench check {found.name})"
        )
    said = calibrate(series, settings.margin, fresh=comparer.fresh_rounds, seed=settings.seed)
    noise = noise_of(measured)
    resolved = resolves(noise)
    if options.json:
        print(json.dumps({**to_builtins(said), "resolves": resolved, "log_ratios": series}, indent=2, allow_nan=False))
    else:
        terminal.show([Section(title="What a gate can see", paragraphs=_told(said, resolved, comparer.fresh_rounds))])
    quiet = resolved is not None and resolved <= settings.margin
    return Exit.FINE if quiet and said.undecided <= MOST_UNDECIDED else Exit.UNDECIDED


def _told(said: Calibration, resolved: float | None, fresh: int) -> tuple[str, ...]:
    visible = f"{percent(said.visible)} or more" if said.visible is not None else "no slowdown up to 100 %"
    seen = f"finds a slowdown of {visible} in {POWER:.0%} of tries here"
    wrong = f"calls identical code slower in {said.false_alarms:.1%} and leaves it undecided in {said.undecided:.1%}"
    return (
        f"A gate with a margin of {percent(said.margin)} {seen}, {wrong}.",
        f"(Simulated from {said.rounds} measured rounds of identical code, {fresh} fresh rounds for a suspect.)",
        f"Two identical arms resolve differences from {percent(resolved)} on."
        if resolved is not None
        else "Two identical arms gave no interval: a larger --budget gives it more rounds.",
    )
