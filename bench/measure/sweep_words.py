"""What a sweep says of its plan: what all would take, what the budget allows, and why something is left out. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ..units import duration, significant
from .sweep_plan import Kept, Want, Who, hopeless

#: From so many times the fastest's time on, a reason says so.
WORTH_TELLING = 2.0


class Plan(Struct, frozen=True, kw_only=True):
    """What is measured where."""

    wants: Sequence[Want]
    """All groups of the sweep."""
    kept: Kept
    """Who is measured in which of them."""
    values: Mapping[str, int]
    """Group -> its size."""
    parameter: str
    """What is swept."""
    wanted: Sequence[int]
    """Rounds of each size: first, and where time is left."""
    budget_s: float

    @property
    def whole(self) -> bool:
        """Whether all is measured."""
        return all(want.costs_s.keys() <= self.kept.get(want.group, frozenset()) for want in self.wants)


def plan_sentence(plan: Plan, whole_s: float) -> str:
    """Return as in ``7 sizes x 9 implementations x 6 rounds = about 190 s: the budget of 60 s allows m = 1 and 100``.

    Parameters
    ----------
    plan
        What is planned.
    whole_s
        What everything would take, the rounds that are held where time is left aside.
    """
    wants, values = plan.wants, plan.values
    sizes, everybody = set(values.values()), {who for want in wants for who in want.costs_s}
    conditions = len(values) // len(sizes)
    several = f" x {conditions} conditions" if conditions > 1 else ""
    kind = "implementations and layouts" if any(_several(wants, who) for who in everybody) else "implementations"
    whole = f"{len(sizes)} sizes{several} x {len(everybody)} {kind} x {plan.wanted[0]} rounds = {about(whole_s)}"
    return f"{whole}: {_allowed(plan)}"


def changed_sentence(plan: Plan, kept_s: float) -> str:
    """Return what the plan is once each size had a round, and what the rounds of what is kept take."""
    return f"going by a round of each size, {plan.wanted[0]} rounds take {about(kept_s)}: {_allowed(plan)}"


def _allowed(plan: Plan) -> str:
    """Return what the budget allows."""
    budget = f"the budget of {duration(plan.budget_s)} allows"
    more = [f"and up to {plan.wanted[-1]} rounds where time is left"] if len(plan.wanted) > 1 else []
    if plan.whole:
        return f"{budget} {', '.join(['all of it', *more])}"
    sizes = f"{plan.parameter} = {_listed(sorted({plan.values[name] for name in plan.kept}))}"
    sizes = "every size" if len(plan.kept) == len(plan.wants) else sizes
    without = _without(plan.wants, plan.kept, plan.values)
    said = [f"without {', '.join(names)} at {_listed(lacking)}" for lacking, names in without.items()]
    dear = {who[0] for want in plan.wants if want.group not in plan.kept and (who := _dear_baseline(want))}
    other = [f"{name}, the baseline, takes long at the others: --baseline says another" for name in sorted(dear)]
    return f"{budget} {', '.join([sizes, *said, *more])} ({'; '.join(['--budget says another', *other])})"


def _dear_baseline(want: Want) -> Who | None:
    """Return the baseline of a size where it would have left first, were it not the baseline."""
    return want.baseline if want.baseline in hopeless(want) else None


def _without(wants: Sequence[Want], kept: Kept, values: Mapping[str, int]) -> dict[tuple[int, ...], list[str]]:
    """Return sizes that are measured -> the implementations that are left out of just these."""
    found: dict[tuple[int, ...], list[str]] = {}
    for who in sorted({who for want in wants for who in want.costs_s}):
        lacking = {
            values[want.group]
            for want in wants
            if want.group in kept and who in want.costs_s and who not in kept[want.group]
        }
        if lacking:
            found.setdefault(tuple(sorted(lacking)), []).append(" ".join(who) if _several(wants, who) else who[0])
    return found


def _several(wants: Sequence[Want], who: Who) -> bool:
    """Return whether an implementation is measured in several layouts."""
    return len({other for want in wants for other in want.costs_s if other[0] == who[0]}) > 1


def too_dear(want: Want, who: Who) -> str:
    """Return why somebody is left out of a size."""
    times = want.behind.get(who, 1.0)
    far = f", a call {significant(times, 2)} times as long as the fastest's" if times > WORTH_TELLING else ""
    return f"budget: its rounds at this size would take {about(want.costs_s[who])}{far} (--budget gives more time)"


def unpaid(want: Want) -> str:
    """Return why a size is left out, and whose time it is where that is the baseline's, which stays to the last."""
    cost_s, dear = sum(want.costs_s.values()), _dear_baseline(want)
    whose, other = "", ""
    if dear:
        whose = f", {about(want.costs_s[dear])} of it for the baseline, {dear[0]}"
        other = ", --baseline names another"
    return f"budget: the rounds of this size would take {about(cost_s)}{whose} (--budget gives more time{other})"


def about(seconds: float) -> str:
    """Return as in ``about 190 s`` or ``about 2.1 h``."""
    return f"about {significant(seconds, 2)} s" if seconds < 600 else f"about {duration(seconds)}"


def _listed(values: Sequence[int]) -> str:
    """Return as in ``100, 1000 and 10000``."""
    *first, last = map(str, values)
    return f"{', '.join(first)} and {last}" if first else last
