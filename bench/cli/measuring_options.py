"""What the commands that measure have in common in their options, and those of `run` whole."""

import os
import sys
from dataclasses import dataclass, replace

from ..errors import ImplbenchError
from ..machine import privacy
from ..measure.selection import Selection
from ..stats.sequential import LOOKS
from ..store.records import DEFAULT_MARGIN, Settings
from ..versions.environments.asked import AS_HERE, EnvironmentOptions
from .options import ReportingOptions

#: The problem where none is named: that of the current folder.
HERE = (".",)


@dataclass(frozen=True, kw_only=True, slots=True)
class GateSelection(Selection):
    """The axes of a gate: freed memory is kept, so that no page faults are compared."""

    allocators: tuple[str, ...] = ("retain",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """How long to measure, and what counts as a difference."""

    seed: int = 1
    margin: float = DEFAULT_MARGIN
    rounds: int | None = None
    budget_s: float | None = None
    timeout_s: float = 60.0
    memory_bytes: int | None = None
    precision: float | None = None

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
            command=("implbench", *privacy.command(sys.argv[1:], os.environ)),
            precision=self.precision,
        )

    @property
    def looks(self) -> tuple[int, ...]:
        """Return after which rounds decided pairs are measured no longer: none where rounds or precision were named."""
        return LOOKS if self.rounds is None and self.precision is None else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions(ReportingOptions):
    """Of `run`, and of what measures as it does: `roofline` and the pytest plugin."""

    problem: tuple[str, ...] = HERE
    """Its name or path, or that with the name of an implementation behind a colon, for several of these."""
    selection: Selection
    timing: Timing
    environments: EnvironmentOptions = AS_HERE
    roofline: bool = False
    report: bool = False
    watch: bool = False

    def __post_init__(self) -> None:
        """Raise ImplbenchError for what cannot be had together."""
        sweeps = self.selection.sweep is not None
        for name, given in (("sweep", sweeps), ("watch", self.watch), ("rounds", self.timing.rounds is not None)):
            if self.timing.precision is not None and given:
                raise ImplbenchError(f"--precision and --{name}: give one of the two")
        if self.watch and self.environments.any:
            raise ImplbenchError("--watch measures where implbench itself runs: leave --env, --python and --var out")
        for name, given in (("sweep", sweeps), ("roofline", self.roofline)):
            if self.watch and given:
                raise ImplbenchError(f"--watch and --{name}: give one of the two; a watch is to answer within seconds")
        if sweeps and self.roofline:
            raise ImplbenchError(
                "a sweep has no roofline, the limits would take most of its time: give several sizes instead "
                "(--size S,M,L)"
            )

    @property
    def settings(self) -> Settings:
        """Return the settings; a sweep has a budget unless budget or rounds are named, and all its rounds."""
        from ..measure.sweep_plan import SWEEP_BUDGET_S

        settings = self.timing.settings
        if self.selection.sweep is None:
            return replace(settings, roofline=self.roofline, looks=self.timing.looks)
        unlimited = settings.rounds is None and settings.budget_s is None
        budget_s = SWEEP_BUDGET_S if unlimited else settings.budget_s
        return replace(settings, sweep=self.selection.sweep[0], budget_s=budget_s)
