"""What is true of the code that a simulated machine measures."""

import ast
from collections.abc import Callable

from msgspec import Struct, field

from bench.measure.group import Source
from bench.store.profile_records import Profiled
from bench.store.records import Arm
from bench.store.worker_records import Call, Costs, Counts, Outcome, Peak


class Truth(Struct, frozen=True, kw_only=True):
    """What is true of an arm in a round."""

    seconds: float = 0.001
    """Of a call, where nothing bends it."""
    outcome: Outcome = Outcome.OK
    reason: str | None = None
    after_bursts: int = 0
    """How many bursts it gives before it ends otherwise than ok."""
    faults: int | None = 0
    """Minor page faults of a call."""
    counts: Counts | None = field(
        default_factory=lambda: Counts(allocations=1, allocated_bytes=240, peak_bytes=240, python_calls=1, c_calls=1)
    )
    calls: tuple[Call, ...] | None = None
    functions: tuple[Profiled, ...] | None = None
    costs: Costs | None = None
    counting_s: float = 0.0
    """What it takes to count all this."""
    smallest_s: float | None = None
    peak: Peak | None = None
    """Of its memory; None where nobody looks."""


#: From an arm, its code and the index of the round to what is true of it, or just the seconds of a call.
Law = Callable[[Arm, Source, int], "Truth | float"]


#: What an implementation may say of itself.
SAID = ("SECONDS", "OUTCOME", "REASON", "FAULTS", "PEAK")


def written(arm: Arm, source: Source, index: int) -> Truth:
    """Return what an implementation's own file says of itself: ``SECONDS = 0.002``, ``PEAK = 50_000_000``.

    So two versions of a file, in two revisions or before and after a save, are as fast and as right as they say.
    A peak that is a text is unknown for that reason.
    """
    tree = ast.parse(source.implementation.file.read_text())
    known = {
        name: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and (name := ast.unparse(node.targets[0])) in SAID
    }
    outcome = Outcome(known.get("OUTCOME", "ok"))
    reason = None if outcome == Outcome.OK else known.get("REASON", f"it is {outcome}")
    return Truth(
        seconds=known.get("SECONDS", 0.001),
        outcome=outcome,
        reason=reason,
        faults=known.get("FAULTS", 0),
        peak=_peak(known.get("PEAK")),
    )


def _peak(said: int | str | None) -> Peak | None:
    if said is None:
        return None
    return Peak(resident_bytes=None, reason=said) if isinstance(said, str) else Peak(resident_bytes=said)
