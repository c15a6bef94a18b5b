"""Why an implementation takes the time it takes, in plain sentences: what it is bound by, what to change, what was."""

from collections.abc import Iterator, Sequence

from ...analyse.diagnosis import LEAST_SHARE, MOST_EXCESS, Cause, Diagnosis, Share
from ...analyse.explanation import Ladder, Rung, better
from ...problems.case import RETAIN_ALLOCATOR
from ...store.profile_records import Line
from ...store.worker_records import Call, CallKind
from ...units import amount, percent, time_text
from ..charts.ratios import differs
from ..parts import code, plain
from ..phrases import change_text, label, least_text, listed, ratio_text, share_text, times_text

#: What an implementation is called whose time goes mostly there.
_BOUND = {
    Cause.OVERHEAD: "overhead-bound",
    Cause.FAULTS: "page-fault-bound",
    Cause.MEMORY: "memory-bound",
    Cause.INSIDE: "bound by what NumPy computes",
    Cause.ARITHMETIC: "compute-bound",
}

#: What to use where the counts do not show what takes the time.
_PROFILERS = "`cProfile` by function, `line_profiler` by line, `py-spy --native` within compiled code"

#: What helps where lines of Python begin very often.
_OFTEN_TOLD = (
    "Fewer steps of Python help: what does not change taken out of the loop, a dictionary or a set in the place of a "
    "search, a built-in that goes through all, whole arrays, or compiled code."
)

#: So many names stand in a list at most.
_MOST_NAMES = 4

#: So many lines are named at most, each of which takes such a share of the time; so often is often.
_MOST_LINES, _LEAST_OF_LINE, _OFTEN = 3, 0.1, 1000


def range_text(share: Share) -> str:
    """Return the range of a share, for a table, as in ``45-52 %``."""
    low, high = f"{100 * share.low:.0f}", f"{100 * share.high:.0f}"
    return f"{low} %" if low == high else f"{low}-{high} %"


def sentences(ladder: Ladder) -> tuple[str, ...]:
    """Return a few plain sentences for each implementation: what it is bound by, what to change, what the step was."""
    return tuple(
        " ".join(filter(None, [_bound(ladder, rung), _besides(ladder, rung), _step(ladder, rung)]))
        for rung in ladder.rungs
    )


def baseline_sentence(ladder: Ladder) -> Iterator[str]:
    """Yield what the baseline is bound by and what to change in it, or its hottest lines, where that is known."""
    for rung in ladder.rungs:
        if rung.finding.arm.baseline and rung.diagnosis and (rung.diagnosis.cause is not None or _shows_lines(rung)):
            yield _bound(ladder, rung)
            yield from [_OFTEN_TOLD] if _shows_lines(rung) and _begins_often(_hot(rung)) else []


def _shows_lines(rung: Rung) -> bool:
    """Return whether lines are all that is known of where the time goes."""
    found = rung.diagnosis
    return found is not None and found.cause is None and _is_unseen(found) and bool(_hot(rung))


def _name(ladder: Ladder, rung: Rung) -> str:
    return code(label(rung.finding.arm.case, ladder.group))


def _bound(ladder: Ladder, rung: Rung) -> str:
    """Return what most of the time goes into, and what to change."""
    name = _name(ladder, rung)
    if rung.worker.own_clock:
        return f"{name} computes in another program, whose work is not seen."
    if rung.diagnosis is None:
        return f"{name} takes plain arrays only: what it does could not be seen."
    share = share_text(rung.diagnosis.share)
    if rung.diagnosis.cause is None:
        return " ".join([_unexplained(name, rung.diagnosis, _hot(rung)), *_excess(rung.diagnosis)])
    what, change = _CAUSES[rung.diagnosis.cause](ladder, rung, share)
    return " ".join([f"{name} is {_BOUND[rung.diagnosis.cause]}: {what}. {change}.", *_excess(rung.diagnosis)])


def _unexplained(name: str, found: Diagnosis, lines: Sequence[Line]) -> str:
    """Return how much of the time is known, and where the rest goes, or where to look for it, if that is much."""
    told = f"{name} is not explained: what is counted takes about {percent(1 - found.unexplained)} of its time."
    if not _is_unseen(found):
        return told
    if lines:
        return f"{name} spends its time in {_by_line(lines)}."
    return (
        f"{told} The rest, up to {percent(found.unexplained)}, cannot be seen here: instructions of Python itself, "
        "pandas and other libraries, or compiled code."
    )


def _is_unseen(found: Diagnosis | None) -> bool:
    """Return whether much of the time goes where nothing is counted, as far as the rates measured are right."""
    if found is None:
        return True
    return found.cause is None and found.excess <= MOST_EXCESS and found.unexplained >= LEAST_SHARE


def _hot(rung: Rung) -> Sequence[Line]:
    """Return the lines of the user's own code that take most of the time; none where none stands out."""
    return [one for one in rung.worker.lines or () if one.share >= _LEAST_OF_LINE][:_MOST_LINES]


def _begins_often(lines: Sequence[Line]) -> bool:
    return bool(lines) and all(one.times >= _OFTEN for one in lines)


def _by_line(lines: Sequence[Line]) -> str:
    """Return as in ``line 21 of orders.py (about 87 %, 20,000 times): if name not in names:``, others behind it."""
    first, *others = lines
    parts = [f"line {first.number} of {plain(first.file)} {_taking(first)}"]
    parts += [f"line {one.number} {_taking(one)}" for one in others]
    return "; ".join(parts)


def _taking(line: Line) -> str:
    text = f": {code(line.text)}" if line.text else ""
    return f"(about {100 * line.share:.0f} %, {_many(line.times, 'time')}){text}"


def profilers(ladder: Ladder) -> Iterator[str]:
    """Yield, once for all that is so, what to do about lines that begin very often, and what shows what is not seen."""
    often = [rung for rung in ladder.rungs if _is_unseen(rung.diagnosis) and _begins_often(_hot(rung))]
    if often:
        names = listed([_name(ladder, rung) for rung in often], _MOST_NAMES)
        yield (f"In {names} each of these takes next to no time, very often. {_OFTEN_TOLD}")
    rungs = [rung for rung in ladder.rungs if not rung.worker.own_clock and not _hot(rung)]
    unseen = [rung for rung in rungs if _is_unseen(rung.diagnosis)]
    if unseen:
        names = listed([_name(ladder, rung) for rung in unseen], _MOST_NAMES)
        yield f"What takes the time of {names}, a profiler shows: {_PROFILERS}."


def _excess(found: Diagnosis) -> Iterator[str]:
    """Yield a warning where the parts would take more than the time."""
    if found.excess > MOST_EXCESS:
        yield (
            f"Warning: its work would take {percent(found.excess)} of its time at the rates measured here, so either "
            "these are too low, or `work` in problem.py counts more than has to be done, or it does not compute all of "
            "it on each call."
        )


def _overhead(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    amounts, seconds = rung.amounts, rung.finding.min_seconds_per_call
    indexings = f" and {amounts.indexings:,} slices or indices" if amounts.indexings else ""
    calls = f"{_many(amounts.numpy_calls or 0, 'NumPy call')}{indexings}"
    what = f"{calls}, about {share} of the time however small their arrays"
    if amounts.smallest_s is not None and seconds and amounts.smallest_s >= LEAST_SHARE * seconds.value:
        size = plain(rung.finding.arm.case.size.smallest.name)
        what = f"{what} ({size} takes {time_text(amounts.smallest_s)})"
        return what, "It does not grow with the size; here only fewer calls, or compiled code, would help"
    return what, f"Do more with each call: whole arrays, or blocks of many samples{_see(ladder, rung, 'NumPy calls')}"


def _faults(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    what = f"{rung.amounts.faults:,.0f} page faults a call cost about {share} of the time"
    reuse = f"Reuse buffers{_see(ladder, rung, 'allocated bytes')}"
    retained = rung.finding.arm.case.allocator == RETAIN_ALLOCATOR
    return what, reuse if retained else f"{reuse}, or have freed memory kept (`--allocator retain`)"


def _memory(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    passes = [one for one in _seen(rung) if one.kind not in (CallKind.PRODUCT, CallKind.INDEX)]
    calls = sum(one.times for one in passes)
    if not calls:
        return f"reading its inputs and writing its results alone takes about {share} of the time", "Read them once"
    if rung.amounts.moved_bytes is None:
        most = code(max(passes, key=lambda one: one.ns).name)
        what = f"{_many(calls, 'call')} beside the matrix products, mostly {most}, about {share} of the time"
        return what, "What they compute is not seen; a matrix product may say the same, and BLAS does it fastest"
    mixed = rung.amounts.mixed_calls
    orders = f" ({mixed:,} on arrays of both C and F order)" if mixed else ""
    what = (
        f"{_many(calls, 'call')} beside the matrix products{orders}, over {amount(rung.amounts.moved_bytes, 'B')}, "
        f"about {share} of the time"
    )
    see = _see(ladder, rung, "allocated bytes") or _see(ladder, rung, "NumPy calls")
    return what, f"Make fewer passes over arrays: in place, in blocks that stay in the cache, or fused{see}"


def _inside(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    calls = [one for one in _seen(rung) if one.kind in (CallKind.ELEMENTWISE, CallKind.REDUCTION, CallKind.OTHER)]
    most = max(calls, key=lambda one: one.ns)
    rate, reached = most.bytes / most.ns * 1e9, rung.costs.typical.pass_bytes_per_s
    what = (
        f"about {share} of the time passes inside NumPy, mostly in {code(most.name)}, which moves its arrays at "
        f"{amount(rate, 'B/s')} where an element-wise sum reaches {amount(reached, 'B/s')}: what it computes takes the "
        "time, not the traffic"
    )
    return what, f"Another function or algorithm may compute less{_see(ladder, rung, 'bytes moved outside BLAS')}"


def _arithmetic(ladder: Ladder, rung: Rung, share: str) -> tuple[str, str]:
    products = sum(one.times for one in _seen(rung) if one.kind == CallKind.PRODUCT)
    rate = rung.amounts.flops_per_s
    peak = f" (a square one reaches {amount(rung.costs.typical.product_flops_per_s, 'FLOP/s')})"
    if not products:
        what = f"its arithmetic alone, at the rate of a matrix product, is about {share} of the time"
        return f"{what}: {amount(rate, 'FLOP/s')}{peak}", "What is left to gain is in float32 or in more threads"
    speed = amount(rung.amounts.product_flops_per_s, "FLOP/s")
    what = f"{_many(products, 'matrix product')} at {speed}{peak}, about {share} of the time"
    see = _see(ladder, rung, "GFLOP/s in BLAS")
    return (
        what,
        f"What is left to gain is in products on blocks that stay in the cache{see}, in float32 or in more threads",
    )


def _many(number: int, noun: str) -> str:
    """Return as in ``1 call``, ``90,000 calls``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_CAUSES = {
    Cause.OVERHEAD: _overhead,
    Cause.FAULTS: _faults,
    Cause.MEMORY: _memory,
    Cause.INSIDE: _inside,
    Cause.ARITHMETIC: _arithmetic,
}


def _seen(rung: Rung) -> Sequence[Call]:
    return rung.worker.calls or ()


def _see(ladder: Ladder, rung: Rung, what: str) -> str:
    other = better(ladder, rung, what)
    return f" (see {code(label(other, ladder.group))})" if other else ""


def _besides(ladder: Ladder, rung: Rung) -> str | None:
    """Return the other causes that are worth a word; page faults with their remedy."""
    if rung.diagnosis is None:
        return None
    others = rung.diagnosis.notable()
    parts = [f"{cause} about {share_text(rung.diagnosis.shares[cause])}" for cause in others if cause != Cause.FAULTS]
    known = ", ".join(parts)
    told = f"Counted: {known} of the time." if rung.diagnosis.cause is None else f"Beside that: {known}."
    texts = [told] if parts else []
    if Cause.FAULTS in others:
        what, change = _faults(ladder, rung, share_text(rung.diagnosis.shares[Cause.FAULTS]))
        texts.append(f"{what[0].upper()}{what[1:]}: {change[0].lower()}{change[1:]}.")
    return " ".join(texts)


def _step(ladder: Ladder, rung: Rung) -> str | None:
    """Return the ratio to the rung before and what has changed."""
    ratio = rung.speedup_over_previous
    if rung.previous is None or ratio is None:
        return None
    before = code(label(rung.previous, ladder.group))
    if ratio.interval and not differs(ratio, ladder.group.least):
        return f"It is not told apart from {before} at a margin of {least_text(ladder.group)}: {ratio_text(ratio)}."
    about = "" if ratio.interval else "about "
    changes = "; ".join(change_text(change) for change in rung.changes)
    text = f"It is {about}{times_text(ratio)} as fast as {before}"
    return f"{text}: {changes}." if changes else f"{text}; what is counted here does not explain it."


def left_out(ladder: Ladder) -> Iterator[str]:
    """Yield what has no place on the ladder, with the reason."""
    reasons: dict[str, list[str]] = {}
    for one in ladder.missing:
        reasons.setdefault(one.reason or one.outcome, []).append(code(label(one.case, ladder.group)))
    for other in ladder.uncounted:
        why = "not counted" if other.outcome == "ok" else f"{other.outcome}, {other.reason}"
        reasons.setdefault(why, []).append(code(label(other.arm.case, ladder.group)))
    if reasons:
        parts = [f"{', '.join(names)} ({plain(why)})" for why, names in reasons.items()]
        yield f"Left out: {'; '.join(parts)}."
