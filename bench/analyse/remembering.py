"""Whether calls are fast only because the implementation has met the contents of its inputs before.

Who remembers results by the contents of the inputs, or starts from the last one, is right on any contents and computes
only once. A worker's last calls tell it: one on contents that it has met, one on contents that it has not, both just
written to the same arrays.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import starmap
from statistics import median

from msgspec import Struct

from ..store.selectors import burst_minima
from ..store.worker_records import ANEW, Outcome, Worker
from ..units import significant

#: So many times as long must a call on new contents take, and so many ns longer, to be far longer. Sorting some hundred
#: numbers takes up to 2.2 times as long until the CPU knows its branches by heart, and a call behind another program's
#: finds nothing of its own in the caches; none of that makes milliseconds.
FAR_LONGER = ((10.0, 20_000), (5.0, 100_000), (1.5, 2_000_000))

#: Of what is prepared anew for other contents, as it keeps copies, a call on new ones holds that too: to make a frame
#: takes pandas longer than to group it.
FAR_LONGER_ANEW = ((5.0, 100_000),)

#: Of several threads, which may have to wait for other programs, whoever calls them.
FAR_LONGER_THREADS = FAR_LONGER[:2]

#: So many rounds there must be: what is seen in a single one may have been another program.
LEAST_ROUNDS = 3

#: In so large a part of them it must be seen, each by itself: beside busy programs one of few calls takes long, be it
#: one that computes or one that looks up.
MOST_OF_ROUNDS = 2 / 3

#: A call on new contents that takes so many times as long, and so many ns longer, tells that an arm gains by having met
#: them, where it then takes so large a part of the baseline's time or more. Of honest code, whose branches are learned,
#: that is as true: what it gains it gains on contents that come again.
LONGER, NO_GAIN = (1.75, 20_000), 0.9

#: A call by itself that takes so many times as long as one of a burst, and so many ns longer, tells of an arm that is
#: as many times as fast as the baseline that it gains where calls follow each other closely, if nothing is left of it
#: by itself. What finds nothing in the caches takes less than 0.1 ms longer, or twice as long; threads must be woken.
BY_ITSELF = 2.5, 100_000

#: Where it takes so many times as large a part as it seems, that is told, though it gains.
FAR_LESS = 1.5

#: What is said of who remembers has one of these words: by times, and by who verifies.
_SAID = (
    "its time is that of",
    "the result is remembered",
    "what it gains is done in prepare()",
    "on contents that come again",
    "where calls follow each other closely",
)


#: What to do about it: more rounds, or more time, show the same.
REMEDY = "have each call compute its result from what it is given, and measure again"


class OnNew(Struct, frozen=True, kw_only=True):
    """What an arm takes on contents that it has not met, beside the baseline."""

    share: float
    """How many times as long as a call of the baseline takes."""
    prepares: bool
    """Whether that holds what prepare() does: of who says that it copies its inputs, whose time it is not."""


def _is_far_longer(slow_ns: int, fast_ns: int, limits: Sequence[tuple[float, int]] = FAR_LONGER) -> bool:
    return any(slow_ns >= factor * fast_ns and slow_ns - fast_ns >= least_ns for factor, least_ns in limits)


def warning(workers: Iterable[Worker]) -> str | None:
    """Return what is said of an arm whose calls on new contents take far longer, None if not or nobody knows."""
    found = [*workers]
    return _within_a_process(found) or _over_rounds(found)


def unearned(own: Mapping[int, Worker], baseline: Mapping[int, Worker]) -> tuple[Outcome, str] | None:
    """Return how an arm ends whose times are not those of computing, and why; None where they are, or nobody knows.

    Parameters
    ----------
    own, baseline
        Round -> worker of the arm, and of the baseline.
    """
    if said := warning(own.values()):
        return Outcome.WRONG, said
    said = saved_by_preparing(own, baseline) or gained_by_meeting(own, baseline) or gained_in_bursts(own, baseline)
    return (Outcome.NOT_MEASURED, said) if said else None


def saved_by_preparing(own: Mapping[int, Worker], baseline: Mapping[int, Worker]) -> str | None:
    """Return that an arm gains nothing once what it prepares for other contents counts too; None where that is not so.

    Who says that it copies its inputs is not asked. The parameters are those of `unearned`.
    """
    share = _share_on_new(own, baseline, lambda one: one.consumed == ANEW, least=1.0)
    if share is None:
        return None
    return (
        f"with what prepare() does, which is not timed, it takes {significant(share, 2)} times as long as the "
        "baseline: what it gains is done in prepare() (if that only copies, say COPIES_INPUTS = True)"
    )


def on_new_contents(own: Mapping[int, Worker], baseline: Mapping[int, Worker]) -> OnNew | None:
    """Return what an arm takes on contents that it has not met, where far less is left of its gain than it seems.

    The parameters are those of `unearned`.
    """
    prepared = [
        (one.anew_ns, max(_longest_ns(base), base.anew_ns or 0))
        for one, base in _both(own, baseline)
        if one.anew_ns is not None and _is_far_longer(one.anew_ns, int(_call_ns(one)), (LONGER,))
    ]
    if prepared and len(prepared) >= MOST_OF_ROUNDS * len(own):
        share = _share_of(prepared)
        return OnNew(share=share, prepares=True) if share >= NO_GAIN else None
    longer = [(new_ns, one, base) for one, base in _both(own, baseline) if (new_ns := _longer_on_new_ns(one))]
    if is_untested(own) or len(longer) < MOST_OF_ROUNDS * len(own):
        return None
    share = _share_of([(new_ns, _longest_ns(base)) for new_ns, _, base in longer])
    usual = median(_call_ns(one) / _call_ns(base) for _, one, base in longer)
    return OnNew(share=share, prepares=False) if share >= FAR_LESS * usual else None


def _both(own: Mapping[int, Worker], baseline: Mapping[int, Worker]) -> list[tuple[Worker, Worker]]:
    """Return the workers of the rounds that both were in."""
    return [(own[index], baseline[index]) for index in own.keys() & baseline.keys()]


def _share_of(times: Sequence[tuple[float, float]]) -> float:
    """Return how many times as long as the baseline an arm takes, from the ns of both, by the medians over rounds."""
    return median(own_ns for own_ns, _ in times) / max(1.0, median(base_ns for _, base_ns in times))


def gained_by_meeting(own: Mapping[int, Worker], baseline: Mapping[int, Worker]) -> str | None:
    """Return that an arm gains on contents that it has met alone; None where that is not so, or nobody knows.

    Who keeps a part of what it computed, or starts from it, takes as long as anybody on others. The parameters are
    those of `unearned`.
    """
    share = _share_on_new(own, baseline, lambda one: _longer_on_new_ns(one) is not None, least=NO_GAIN)
    if share is None:
        return None
    return (
        f"on contents that it has not met before it takes {significant(share, 2)} times as long as the baseline: "
        "what it gains it gains on contents that come again, whose branches the CPU learns, or whose results are kept"
    )


def gained_in_bursts(own: Mapping[int, Worker], baseline: Mapping[int, Worker]) -> str | None:
    """Return that an arm gains where many calls follow each other alone; None where that is not so, or nobody knows.

    Who looks up what it knows only there takes as long as anybody behind a pause. The parameters are those of
    `unearned`.
    """
    times = [
        (one.met_ns, max(_call_ns(base), base.met_ns or 0))
        for one, base in _both(own, baseline)
        if one.met_ns is not None
        and len(one.affinity) <= 1
        and _is_far_longer(one.met_ns, int(_call_ns(one)), (BY_ITSELF,))
        and BY_ITSELF[0] * _call_ns(one) <= _call_ns(base)
    ]
    if is_untested(own) or len(times) < MOST_OF_ROUNDS * len(own):
        return None
    share = _share_of(times)
    if share < NO_GAIN:
        return None
    return (
        f"a call by itself takes {significant(share, 2)} times as long as the baseline: what it gains it gains where "
        "calls follow each other closely"
    )


def _longer_on_new_ns(worker: Worker) -> int | None:
    """Return what a call on new contents takes, where it is far longer; None where it is not, or is not known."""
    met_ns, unmet_ns = worker.met_ns, worker.unmet_ns
    if met_ns is None or unmet_ns is None or worker.consumed == ANEW:
        return None
    return unmet_ns if _is_far_longer(unmet_ns, met_ns, (LONGER,)) else None


def _share_on_new(
    own: Mapping[int, Worker], baseline: Mapping[int, Worker], counts: Callable[[Worker], bool], *, least: float
) -> float | None:
    """Return how many times as long as the baseline an arm takes on new contents that is faster on others.

    Parameters
    ----------
    own, baseline
        Round -> worker of the arm, and of the baseline.
    counts
        Of which workers of the arm that is asked.
    least
        Of so many there must be.

    Returns
    -------
    float | None
        That of the medians over rounds; None where it is less, or most rounds do not tell.
    """
    times = [
        (one.unmet_ns, _longest_ns(base))
        for one, base in _both(own, baseline)
        if counts(one) and one.unmet_ns is not None and _call_ns(one) < _call_ns(base)
    ]
    if is_untested(own) or len(times) < MOST_OF_ROUNDS * len(own):
        return None
    share = _share_of(times)
    return share if share >= least else None


def _longest_ns(worker: Worker) -> float:
    """Return what a call takes, or one on new contents where that takes longer."""
    return max(_call_ns(worker), worker.unmet_ns or 0)


def _call_ns(worker: Worker) -> float:
    return min(burst_minima(worker).values(), default=0.0)


def is_said(reason: str | None) -> bool:
    """Return whether it is the reason why something is wrong that it remembers: its results differ from none."""
    return any(words in (reason or "") for words in _SAID)


def is_untested(workers: Collection[object]) -> bool:
    """Return whether there were too few rounds, one for each worker, yet to tell whether an arm remembers."""
    return len(workers) < LEAST_ROUNDS


def _within_a_process(workers: Sequence[Worker]) -> str | None:
    """Return that calls on new contents take far longer in most rounds, if so."""
    times = [
        (worker.met_ns, worker.unmet_ns)
        for worker in workers
        if worker.met_ns is not None and worker.unmet_ns is not None
    ]
    if len(times) < LEAST_ROUNDS:
        return None
    met, unmet = (max(1, min(column)) for column in zip(*times, strict=True))
    limits: Sequence[tuple[float, int]] = (
        FAR_LONGER_THREADS if any(len(worker.affinity) > 1 for worker in workers) else FAR_LONGER
    )
    if any(worker.consumed == ANEW for worker in workers):
        limits = FAR_LONGER_ANEW
    rounds = sum(_is_far_longer(slow, max(1, fast), limits) for fast, slow in times)
    if not _is_far_longer(unmet, met, limits) or rounds < MOST_OF_ROUNDS * len(times):
        return None
    return (
        f"a call on contents that it has not met before takes {significant(unmet / met, 2)} times as long as on "
        "contents that it has: it may remember results, or start from the last one, and its time is that of doing so"
    )


def _over_rounds(workers: Sequence[Worker]) -> str | None:
    """Return that calls on new contents take far longer in the first round alone, if so: results may lie on disk.

    The first call of a process and its call on the second contents both have to show it. What is compiled in the first
    round and kept on disk is ready by the second of these.
    """
    times = [
        (worker.met_ns, worker.unmet_ns, worker.first_call_ns)
        for worker in workers
        if worker.met_ns is not None and worker.unmet_ns is not None and worker.first_call_ns is not None
    ]
    if len(times) < LEAST_ROUNDS:
        return None
    (met, unmet, first_call), *later = times
    _, later_unmet, later_first_call = (max(1, *column) for column in zip(*later, strict=True))
    if not all(starmap(_is_far_longer, ((unmet, met), (unmet, later_unmet), (first_call, later_first_call)))):
        return None
    return (
        f"in its first round a call on contents that it had not met before took {significant(unmet / later_unmet, 2)} "
        "times as long as in later ones: it may keep results on disk, and its time is that of finding them"
    )
