"""From the options of a command to what the runner is asked for."""

import argparse
import sys

from .measurement import Settings
from .selection import Selection


def selection_of(options: argparse.Namespace) -> Selection:
    """Return the axes of a run."""
    return Selection(
        implementations=options.impl,
        baseline=getattr(options, "baseline", None),
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
