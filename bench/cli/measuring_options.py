"""What the commands that measure have in common in their options, and those of `run` whole."""

import os
import sys

from msgspec import Struct
from msgspec.structs import replace

from ..errors import ImplbenchError
from ..machine import privacy
from ..measure.selection import Selection
from ..stats.racing import USUAL_ERROR
from ..stats.sequential import LOOKS
from ..store.records import DEFAULT_MARGIN, Settings
from ..versions.environments.asked import AS_HERE, EnvironmentOptions
from .options import ReportingOptions

#: The problem where none is named: that of the current folder.
HERE = (".",)


def as_typed() -> tuple[str, ...]:
    """Return the command that the user has typed, without what is private."""
    return ("implbench", *privacy.command(sys.argv[1:], os.environ))


def to_paste() -> tuple[str, ...]:
    """Return the same with its paths whole, as it works again in this folder: for the user's own eyes."""
    return ("implbench", *(privacy.masked(word, {**os.environ, "HOME": ""}) for word in sys.argv[1:]))


class GateSelection(Selection, frozen=True, kw_only=True):
    """The axes of a gate: freed memory is kept, so that no page faults are compared."""

    allocators: tuple[str, ...] = ("retain",)


class Timing(Struct, frozen=True, kw_only=True):
    """How long to measure, and what counts as a difference."""

    seed: int = 1
    margin: float = DEFAULT_MARGIN
    rounds: int | None = None
    budget_s: float | None = None
    timeout_s: float = 60.0
    memory_bytes: int | None = None
    precision: float | None = None
    wait: bool = True
    """For another measurement on this machine to end."""

    @property
    def settings(self) -> Settings:
        """Return the settings that it gives; all others are at their usual values."""
        return Settings(
            seed=self.seed,
            margin=self.margin,
            rounds=self.rounds,
            budget_s=self.budget_s,
            timeout_s=self.timeout_s,
            memory_bytes=self.memory_bytes,
            command=as_typed(),
            precision=self.precision,
        )

    @property
    def looks(self) -> tuple[int, ...]:
        """Return after which rounds decided pairs are measured no longer: none where rounds or precision were named."""
        return LOOKS if self.rounds is None and self.precision is None else ()


#: Option of a run -> others that it cannot be had with, and why, as the end of a sentence.
_APART = {
    "precision": (("sweep", "watch", "rounds"), ""),
    "watch": (("sweep", "roofline", "env", "shard"), "; a watch is to answer within seconds"),
    "dask": (("watch", "resume"), ""),
    "best": (("sweep", "watch", "roofline", "rounds", "precision"), ""),
}


class RunOptions(ReportingOptions, frozen=True, kw_only=True):
    """Of `run`, and of what measures as it does: `roofline` and the pytest plugin."""

    problem: tuple[str, ...] = HERE
    """Its name or path, or that with the name of an implementation behind a colon, for several of these."""
    selection: Selection
    timing: Timing
    environments: EnvironmentOptions = AS_HERE
    roofline: bool = False
    report: bool = False
    watch: bool = False
    traceback: bool = False
    """Whether what failed code wrote last is shown."""
    best: bool = False
    error: float = USUAL_ERROR
    dask: str | None = None
    """Address of the scheduler on whose machines the cases are measured; None for this one."""
    resume: str | None = None
    """The run that is to go on, empty for the latest that was interrupted; None for a new one."""

    def __post_init__(self) -> None:
        """Raise ImplbenchError for what cannot be had together."""
        anew = (self.selection, replace(self.timing, wait=True), self.roofline or self.watch or self.best)
        if self.resume is not None and anew != (Selection(), Timing(), False):
            raise ImplbenchError(
                "--resume goes on as the run was begun: beside it only the problem, --results, --no-wait and what is "
                "printed and written can be named"
            )
        given = {
            "sweep": self.selection.sweep is not None,
            "watch": self.watch,
            "roofline": self.roofline,
            "best": self.best,
            "rounds": self.timing.rounds is not None,
            "precision": self.timing.precision is not None,
            "env": self.environments.any,
            "shard": self.selection.shard is not None,
            "dask": self.dask is not None,
            "resume": self.resume is not None,
        }
        for one, (others, why) in _APART.items():
            for other in others:
                if given[one] and given[other]:
                    raise ImplbenchError(f"--{one} and --{other}: give one of the two{why}")
        if not 0 < self.error < 1:
            raise ImplbenchError(f"--error {100 * self.error:.3g}%: expected less than 100%")
        if given["sweep"] and self.roofline:
            raise ImplbenchError(
                "a sweep has no roofline, the limits would take most of its time: give several sizes instead "
                "(--size S,M,L)"
            )

    @property
    def settings(self) -> Settings:
        """Return the settings; a sweep has a budget unless budget or rounds are named, and all its rounds."""
        from ..measure.sweep_plan import SWEEP_BUDGET_S

        settings = replace(self.timing.settings, shard=self.selection.shard)
        if self.selection.sweep is None:
            if self.best:
                return replace(settings, best=self.error)
            return replace(settings, roofline=self.roofline, looks=self.timing.looks)
        unlimited = settings.rounds is None and settings.budget_s is None
        budget_s = SWEEP_BUDGET_S if unlimited else settings.budget_s
        return replace(settings, sweep=self.selection.sweep[0], budget_s=budget_s)
