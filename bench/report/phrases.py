"""Words that several sections share: names of cases, ratios with intervals, conditions."""

from collections.abc import Callable, Mapping, Sequence
from math import floor, log10

from ..analyse.amounts import Unit
from ..analyse.diagnosis import Share
from ..analyse.explanation import CountChange
from ..analyse.findings import REFERENCE_BLAS, Finding, GroupFindings
from ..analyse.sweep import Overtaking, Sweep, case_of
from ..analyse.verdict import Ratio
from ..problems.case import DEFAULT_ALLOCATOR, RETAIN_ALLOCATOR, USUAL_LAYOUTS, WARM, Case
from ..stats.intervals import MIN_ROUNDS, Estimate
from ..store.records import Limit, Run
from ..units import DASH, amount, duration, percent, significant, time_text, times
from .parts import plain

#: threadpoolctl's name of a BLAS -> its own.
_BLAS_NAMES = {"openblas": "OpenBLAS", "mkl": "MKL", "blis": "BLIS", "flexiblas": "FlexiBLAS"}

#: What an implementation calls the BLAS of another program, which computes in the place of the worker's own.
_FOREIGN_BLAS_NAMES = {"octave openblas": "Octave's OpenBLAS", REFERENCE_BLAS: "reference BLAS"}

#: Allocator, as options name it -> what it does.
ALLOCATORS_TOLD = {DEFAULT_ALLOCATOR: "the usual allocator", RETAIN_ALLOCATOR: "freed memory kept"}

#: So many rounds are advised where there are too few for an interval; the fewest that have one where they take longer.
_ENOUGH, _LONG_S = 12, 60.0

#: From here on "n times as fast" reads better than "faster by n %".
TIMES_FROM = 2.0


def label(case: Case, group: GroupFindings) -> str:
    """Return the name of the implementation and its environment, with the layout where the group has several."""
    return plain(f"{case.contender} {case.layout}" if len(group.layouts) > 1 else case.contender)


def named(stem: str, group: GroupFindings, groups: Sequence[GroupFindings]) -> str:
    """Return the name of a group's table or figure: `stem`, with the group where there are several."""
    return stem if len(groups) == 1 else f"{stem}-{group.name}"


def titled(title: str, group: GroupFindings, groups: Sequence[GroupFindings]) -> str:
    """Return the title of a group's table: with the group where there are several."""
    return title if len(groups) == 1 else f"{title}: {group_label(group)}"


def ratio_text(ratio: Ratio | None) -> str:
    """Return as in ``24.1x [23.8, 24.5]``; the value alone without an interval; a dash for None."""
    if ratio is None:
        return DASH
    ends = ratio.interval
    if ends is None:
        return times(ratio.value)
    # Three digits, or up to three decimals for a narrow interval: 24.1 [23.8, 24.5], 1.031 [1.028, 1.034].
    half_width = max((ends.high - ends.low) / 2, 1e-3)
    decimals = max(0, -floor(log10(half_width)), 2 - floor(log10(ratio.value)))
    return f"{ratio.value:.{decimals}f}x [{ends.low:.{decimals}f}, {ends.high:.{decimals}f}]"


def times_text(ratio: Ratio) -> str:
    """Return as in ``24.1 times [23.8, 24.5]``, for a sentence."""
    value, _, interval = ratio_text(ratio).partition("x")
    return f"{value} times{interval}"


def gain_text(ratio: Ratio) -> str:
    """Return by how much a ratio is above 1, as in ``3 % [1 %, 5 %]``."""
    ends = ratio.interval
    if ends is None:
        return percent(ratio.value - 1)
    # The decimals that the interval's width bears, the same for all three: 101 % [97 %, 105 %], 2.5 % [2.3 %, 2.7 %].
    half_width = max(50 * (ends.high - ends.low), 1e-2)
    decimals = max(0, -floor(log10(half_width)))
    value, low, high = (
        f"{round(100 * (one - 1), decimals) + 0.0:.{decimals}f} %"  # + 0.0: there is no -0 %
        for one in (ratio.value, ends.low, ends.high)
    )
    return f"{value} [{low}, {high}]"


def margin_text(margin: float) -> str:
    """Return a margin as in ``3 %``: a number that somebody chose, without digits it does not have."""
    return f"{100 * margin:.3g} %"


def least_text(group: GroupFindings) -> str:
    """Return the smallest difference that counts: the margin, or what the machine resolves if that is more."""
    return percent(group.least) if group.too_noisy else margin_text(group.margin)


def leasts_text(groups: Sequence[GroupFindings]) -> str:
    """Return the same of several groups, as in ``3 % (5.1 % where the machine was noisier)``."""
    noisy = [group.least for group in groups if group.too_noisy]
    if len(groups) == 1 or not noisy:
        return least_text(groups[0])
    return f"{margin_text(groups[0].margin)} (up to {percent(max(noisy))} where the machine was noisier)"


def below_text(groups: Sequence[GroupFindings]) -> str:
    """Return which differences count as none, as in ``differences below 3 % do not count``."""
    why = "cannot be told apart in this run" if any(group.too_noisy for group in groups) else "do not count"
    return f"differences below {leasts_text(groups)} {why}"


def difference_text(speed: Ratio) -> str:
    """Return a ratio of speeds as in ``3 % [1 %, 5 %] faster``, ``7 % slower``."""
    return f"{gain_text(speed)} faster" if speed.value >= 1 else f"{gain_text(speed.inverse())} slower"


def counted(number: int, noun: str) -> str:
    """Return as in ``1 round``, ``12 rounds``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def more_rounds(run: Run) -> str:
    """Return what measures enough rounds for an interval, and how long that takes, going by the rounds of a run.

    Where even the fewest take long a smaller size is named, too.
    """
    longest: dict[str, int] = {}
    for one in run.rounds:
        if not one.discarded:
            longest[one.group] = max(one.duration_ns - one.counting_ns, longest.get(one.group, 0))
    round_s = sum(longest.values()) * 1e-9
    rounds = MIN_ROUNDS if _ENOUGH * round_s > _LONG_S else _ENOUGH
    takes = f", about {duration(rounds * round_s)}" if longest else ""
    sizes = {tuple(arm.case.size.values.items()) for arm in run.arms}
    numbers: dict[str, int] = dict(*sizes) if len(sizes) == 1 else {}
    smaller = ""
    if numbers and rounds * round_s > _LONG_S:
        name = max(numbers, key=numbers.__getitem__)
        smaller = f"; a smaller size takes less (`--set {plain(name)}={max(1, numbers[name] // 4)}`)"
    return f"`--rounds {rounds}`{takes}{smaller}"


def layout_text(layout: str) -> str:
    """Return as in ``C order`` or ``layout CF``; nothing where it is not known."""
    if not layout:
        return ""
    return f"{layout} order" if layout in ("C", "F") else f"layout {plain(layout)}"


def blas_text(run: Run, arm: str) -> str | None:
    """Return the BLAS that an arm's workers computed with, as in ``OpenBLAS SkylakeX kernel``; None where none was."""
    pools = [pool for one in run.rounds for worker in one.workers if worker.arm == arm for pool in worker.pools]
    foreign = any(pool.library in _FOREIGN_BLAS_NAMES for pool in pools)
    names = _FOREIGN_BLAS_NAMES if foreign else _BLAS_NAMES
    found = dict.fromkeys(
        names[pool.library] + (f" {plain(pool.kernel)} kernel" if pool.kernel else "")
        for pool in pools
        if pool.library in names
    )
    return " and ".join(found) or None


def allocator_text(case: Case) -> str:
    """Return as in ``freed memory kept``; nothing for the default one."""
    return "" if case.allocator == DEFAULT_ALLOCATOR else ALLOCATORS_TOLD.get(case.allocator, plain(case.allocator))


def cache_text(case: Case) -> str:
    """Return as in ``cold caches``; nothing for warm ones."""
    return "" if case.cache == WARM else f"{plain(case.cache)} caches"


def conditions(case: Case, order: str = "", *, arrays: bool = True) -> str:
    """Return dtype and threads, and allocator, data and machine where they are not the usual; `order` after dtype.

    The dtype only where the inputs are `arrays`.
    """
    dtype = case.dtype if arrays else ""
    threads = "" if case.threads is None else counted(case.threads, "thread")
    data = f"{plain(case.data)} data" if case.data else ""
    machine = f"on {plain(case.machine)}" if case.machine else ""
    return ", ".join(filter(None, [dtype, order, threads, allocator_text(case), data, machine]))


def condition(run: Run, group: GroupFindings, one: Finding) -> str:
    """Return under what condition `one` was measured, as in ``m=10000, float64, C order, 1 thread, 12 rounds``.

    Of inputs that are no arrays, as text is none, it says neither dtype and memory order nor whose BLAS was loaded.
    """
    case = one.arm.case
    arrays = group.takes_arrays
    baseline = group.baseline
    order = "memory order as given" if _is_as_given(run, group, one) else layout_text(case.layout)
    if baseline is not None and baseline.arm.case.layout != case.layout:
        order += f" against {layout_text(baseline.arm.case.layout)}"
    parts = [
        *(f"{plain(key)}={value}" for key, value in case.size.values.items()),
        plain(run.problem.dtypes.get(group.name, "")) if arrays else None,
        conditions(case, order if arrays else "", arrays=group.says_dtype),
        cache_text(case),
        blas_text(run, one.arm.name) if arrays else None,
        counted(one.rounds, "round"),
    ]
    return ", ".join(part for part in parts if part)


def conditions_of(found: GroupFindings | Sweep) -> str:
    """Return the same of the cases of a group, or of a sweep."""
    case = found.case if isinstance(found, Sweep) else case_of(found)
    return conditions(case, arrays=found.says_dtype)


def _is_as_given(run: Run, group: GroupFindings, one: Finding) -> bool:
    """Return whether an input lies in memory otherwise than in C order, because it was given so."""
    mine = [w for held in run.rounds if held.group == group.name for w in held.workers if w.arm == one.arm.name]
    orders = [order for worker in mine for order in worker.layout.values()]
    return one.arm.case.layout in USUAL_LAYOUTS and any("C" not in order for order in orders)


def limit_name(limit: Limit) -> str:
    """Return what a limit is, in a few words."""
    size = limit.arm.case.size.values
    names = {
        "gemm": f"np.dot of {size.get('n')} x {size.get('n')}",
        "read": f"reading {amount(bytes_of(limit), 'B')} (np.dot)",
        "add": f"adding within {amount(bytes_of(limit), 'B')} (np.add)",
    }
    return names.get(limit.arm.case.problem, plain(limit.arm.title))


def bytes_of(limit: Limit) -> int:
    """Return the size of the arrays that a limit of moving bytes goes through; 0 for others."""
    return limit.arm.case.size.values.get("bytes", 0)


def estimate_text(found: Estimate) -> str:
    """Return as in ``1.02 [1.01, 1.04]``."""
    if found.interval is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} [{found.interval.low:.2f}, {found.interval.high:.2f}]"


def between_text(one: Sweep, each: Overtaking) -> str:
    """Return the measured sizes between which one overtakes another, as in ``between m=200 and 500``."""
    return f"between {plain(one.parameter)}={each.crossing.after:.0f} and {each.crossing.before:.0f}"


def faster_text(speedup: Ratio) -> str:
    """Return as in ``24.1 times [23.8, 24.5] as fast`` or ``faster by 15 % [12 %, 18 %]``."""
    if speedup.value >= TIMES_FROM:
        return f"{times_text(speedup)} as fast"
    return f"faster by {gain_text(speedup)}"


def listed(names: Sequence[str], most: int) -> str:
    """Return as in ``a, b and c``, or ``a, b and 3 more``."""
    shown = [*names] if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def group_label(group: GroupFindings) -> str:
    """Return as in ``m=10000, n=64, p=25, float64, 1 thread``; the dtype only where its arrays are in it."""
    return case_label(case_of(group), arrays=group.says_dtype)


def case_label(case: Case, *, arrays: bool = True) -> str:
    """Return the same of the group of a case; the dtype only where the inputs are `arrays`."""
    size = [f"{plain(key)}={value}" for key, value in case.size.values.items()]
    return ", ".join(filter(None, [*size, conditions(case, arrays=arrays), cache_text(case)]))


#: Unit -> how a number of it is written.
WRITTEN: Mapping[Unit, Callable[[float], str]] = {
    Unit.NUMBER: lambda count: f"{count:,.0f}",
    Unit.BYTES: lambda count: amount(count, "B"),
    Unit.SECONDS: time_text,
    Unit.RATE: significant,
}


def change_text(change: CountChange) -> str:
    """Return as in ``NumPy calls 90,000 -> 14``."""
    write = WRITTEN[change.unit]
    return f"{change.what} {write(change.before)} -> {write(change.after)}"


def share_text(share: Share | None) -> str:
    """Return as in ``48 % [45 %, 52 %]``; the value alone where nothing says how uncertain it is."""
    if share is None:
        return DASH
    text = percent(share.value)
    ends = [percent(share.low), percent(share.high)]
    return text if ends == [text, text] else f"{text} [{', '.join(ends)}]"
