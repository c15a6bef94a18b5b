"""What is said of a case whose rounds fall into two groups, and what to do about it."""

from ..analyse.bimodal import Bimodal, Level
from ..problems.case import RETAIN_ALLOCATOR, Case

#: Page faults go with the slower rounds that have so many times as many, and so many more.
_TIMES, _MORE = 1.5, 10.0


def text(found: Bimodal) -> str:
    """Return as in ``bimodal: 8 rounds at 24x with 0 page faults a call, 4 rounds at 19x with 935 ...``."""
    return f"bimodal: {_level(found.fast)}, {_level(found.slow)}"


def _level(one: Level) -> str:
    paging = "" if one.faults_per_call is None else f" with {one.faults_per_call:.0f} page faults a call"
    return f"{one.rounds} rounds at {one.speedup_over_baseline:.3g}x{paging}"


def remedy(found: Bimodal, case: Case) -> str:
    """Return what to do, as a sentence: it depends on whether page faults go with the slower rounds."""
    more = f"`--rounds {2 * (found.fast.rounds + found.slow.rounds)}`"
    retained = case.allocator == RETAIN_ALLOCATOR
    few, many = found.fast.faults_per_call, found.slow.faults_per_call
    if few is None or many is None:
        try_ = "" if retained else "`--allocator retain` shows whether page faults decide between them; "
        return f"What decides between them is not known: {try_}{more} weighs both by how often they come."
    if many >= _TIMES * few and many - few >= _MORE:
        return (
            "The slower rounds have more page faults: reuse buffers (`out=`)."
            if retained
            else "The slower rounds have more page faults: `--allocator retain` measures without them."
        )
    return (
        "Page faults do not tell them apart, so it is something that differs from process to process, as where memory "
        f"lies, or other programs (`implbench doctor`); {more} weighs both levels by how often they come."
    )
