"""Which of many is the fastest, without giving each the same time: who is shown to be slower is out. Pure.

Successive elimination (Even-Dar, Mannor & Mansour 2006, *Action elimination and stopping conditions for the multi-armed
bandit and reinforcement learning problems*; Maron & Moore 1994, *Hoeffding races*), on ratios within rounds in place of
means, and in two parts:

- Screening, by size: who takes ten times as long as the fastest in the first round, or twice as long in each of the
  first two, is out. There is no interval of so few rounds; but no noise that is known of makes the same code differ
  twofold in two fresh processes, one after the other (the worst that was seen is 1.6 in one, by page faults).
- The race, on fresh rounds. At each look the leader is whoever is the fastest by then. Who is slower than the leader by
  more than the margin, by the whole interval, is out. It ends when all that are left are within the margin of the
  leader, by the whole interval: they are the answer. Where the time ends before, so are those that are left by then.

The best is out only if an interval between it and another misses the truth, at some look. Of k that the screening has
left there are k - 1 others and T looks; so with intervals at the level error / (T (k - 1)) the best is in the answer
with a probability of 1 - error at least, whatever the noise is like and whoever leads (Bonferroni). That the rounds of
the screening are not used again is what allows for counting only those that it has left.
"""

from collections.abc import Collection, Mapping, Sequence
from math import ceil, inf, log, log1p, log2
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from .intervals import MIN_ROUNDS, Estimate, hodges_lehmann, pass_log_ratio
from .sequential import Stopping

#: Who takes so many times as long as the fastest is out: in the first round alone, and in each of the first two.
TIMES_AT_ONCE, TIMES_TWICE = 10.0, 2.0

#: Rounds of the screening.
SCREENING_ROUNDS = 2

#: A race is looked at when its rounds are as many as the level takes, and so many times that.
LATER_LOOKS = (1.6, 2.6, 4.0)

#: Probability that the best is not in the answer, where nobody says another.
USUAL_ERROR = 0.05

#: Of a round: contender -> pass -> time of a call.
Times = Mapping[str, Mapping[int, float]]


class Eliminated(Struct, frozen=True, kw_only=True):
    """Who is out."""

    name: str
    by: str
    """Who is faster."""
    rounds: int
    """After so many, those of the screening among them."""
    log_ratio: Estimate
    """Over who is faster; without an interval where it was screened."""


class Race(Struct, frozen=True, kw_only=True):
    """Where a race stands."""

    left: tuple[str, ...]
    """Who may be the best, the fastest first."""
    eliminated: tuple[Eliminated, ...]
    """In the order in which they were."""
    log_ratios: Mapping[str, Estimate]
    """Over the leader, of the others that are left; empty before the first look."""
    settled: bool
    """Whether all that are left are within the margin of the leader."""
    over: bool
    """Whether it is settled, or has had its last look."""


def is_hopeless(log_ratios: Sequence[float]) -> bool:
    """Return whether somebody is out by size, from the log-ratios over the fastest of each of the first rounds."""
    least = min(log_ratios, default=-inf)
    return least > log(TIMES_AT_ONCE) or (len(log_ratios) >= SCREENING_ROUNDS and least > log(TIMES_TWICE))


def stopping(contenders: int, error: float) -> Stopping:
    """Return after how many fresh rounds a race of so many is looked at, and at which level."""
    alpha = error / max(1, contenders - 1)
    first = max(MIN_ROUNDS, ceil(log2((1 + len(LATER_LOOKS)) / alpha)))
    return Stopping(looks=(first, *(ceil(first * times) for times in LATER_LOOKS)), alpha=alpha)


def race(
    contenders: Collection[str], rounds: Sequence[Times], *, error: float, margin: float, ended: bool = False
) -> Race:
    """Return where a race stands.

    Parameters
    ----------
    contenders
        All that have started and ended well.
    rounds
        What was measured in each round that counts, in their order.
    error
        Probability, above 0, with which the best may be out.
    margin
        The smallest relative difference that matters.
    ended
        Whether there will be no more rounds: then there is a look at those behind the last one.
    """
    screened, left = _screened(list(contenders), rounds[:SCREENING_ROUNDS])
    fresh, rule = rounds[SCREENING_ROUNDS:], stopping(len(left), error)
    looks = [look for look in rule.looks if look <= len(fresh)]
    if ended and fresh and len(fresh) < rule.looks[-1] and len(fresh) not in looks:
        looks.append(len(fresh))
    state = Race(
        left=tuple(left),
        eliminated=tuple(screened),
        log_ratios={},
        settled=len(left) < 2 and bool(rounds),
        over=len(left) < 2 and bool(rounds),
    )
    for look in looks:
        if not state.settled:
            state = _looked(state, fresh[:look], level=rule.level(look), margin=margin)
    return state if len(fresh) < rule.looks[-1] else replace(state, over=True)


def _screened(names: list[str], rounds: Sequence[Times]) -> tuple[list[Eliminated], list[str]]:
    """Return who is out by size, and who is left, the fastest first."""
    out: list[Eliminated] = []
    for count in range(1, len(rounds) + 1):
        alive = [name for name in names if name not in {one.name for one in out}]
        fastest = [_fastest(alive, one) for one in rounds[:count]]
        for name in alive:
            ratios = _ratios(name, list(zip(fastest, rounds[:count], strict=True)))
            if is_hopeless(ratios):
                estimate = Estimate(value=min(ratios), interval=None, rounds=len(ratios), reason="screened by size")
                out.append(Eliminated(name=name, by=fastest[-1], rounds=count, log_ratio=estimate))
    alive = [name for name in names if name not in {one.name for one in out}]
    return out, _by_time(alive, rounds)


def _ratios(name: str, rounds: Sequence[tuple[str, Times]]) -> list[float]:
    """Return the log-ratios of somebody over another in each round, of those that both were in."""
    found = (pass_log_ratio(one[name], one[other]) for other, one in rounds if name in one and other in one)
    return [ratio for ratio in found if ratio is not None]


def _fastest(names: Collection[str], one: Times) -> str:
    """Return who is the fastest of a round; anybody where none of them was in it."""
    return min(names, key=lambda name: median(one[name].values()) if one.get(name) else inf, default="")


def _by_time(names: Collection[str], rounds: Sequence[Times]) -> list[str]:
    """Return names, the fastest first: by their ratios over one of them, which all share."""
    first = next(iter(names), "")

    def distance(name: str) -> float:
        ratios = _ratios(name, [(first, one) for one in rounds])
        return median(ratios) if ratios else inf

    return sorted(names, key=distance)


def _looked(state: Race, rounds: Sequence[Times], *, level: float, margin: float) -> Race:
    """Return where a race stands after a look at its fresh rounds."""
    leader, *others = _by_time(state.left, rounds)
    ratios = {name: _ratios(name, [(leader, one) for one in rounds]) for name in others}
    found = {name: hodges_lehmann(each, level) for name, each in ratios.items() if each}
    most = log1p(margin)
    slower = [name for name, one in found.items() if one.interval and one.interval.low > most]
    out = [
        Eliminated(name=name, by=leader, rounds=SCREENING_ROUNDS + len(rounds), log_ratio=found[name])
        for name in slower
    ]
    left = [name for name in others if name not in slower]
    within = [name in found and _is_within(found[name], most) for name in left]
    return Race(
        left=(leader, *left),
        eliminated=(*state.eliminated, *out),
        log_ratios={name: found[name] for name in left if name in found},
        settled=all(within),
        over=all(within),
    )


def _is_within(log_ratio: Estimate, most: float) -> bool:
    return log_ratio.interval is not None and log_ratio.interval.high < most
