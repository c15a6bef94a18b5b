"""From the options of a command to what the runner is asked for."""

import argparse
import sys

from ..errors import ImplbenchError
from ..measure.selection import Selection
from ..measure.sweep_budget import SWEEP_BUDGET_S
from ..problems.case import CACHES
from ..stats.sequential import LOOKS
from ..store.records import Settings


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
        allocators=options.allocator,
        sweep=getattr(options, "sweep", None),
        data=options.data,
        cache=getattr(options, "cache", CACHES[0]),
    )


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the settings; those that a command does not have are at their usual values."""
    rounds, budget_s = getattr(options, "rounds", None), getattr(options, "budget", None)
    sweeps = getattr(options, "sweep", None) is not None
    if sweeps and getattr(options, "roofline", False):
        raise ImplbenchError(
            "a sweep has no roofline, the limits would take most of its time: give several sizes instead (--size S,M,L)"
        )
    return Settings(
        seed=options.seed,
        margin=getattr(options, "margin", 0.03),
        rounds=rounds,
        budget_s=SWEEP_BUDGET_S if sweeps and rounds is None and budget_s is None else budget_s,
        sweep=options.sweep[0] if sweeps else None,
        timeout_s=options.timeout,
        roofline=getattr(options, "roofline", False),
        explains=getattr(options, "explains", False),
        command=("implbench", *sys.argv[1:]),
        looks=LOOKS if getattr(options, "rounds", 0) is None and not sweeps else (),
    )
