"""What a sweep says of its plan: what all would take, what the budget allows, and why something is left out. Pure."""

from collections.abc import Mapping, Sequence

from ..units import duration, significant
from .sweep_plan import Kept, Want, Who

#: From so many times the fastest's time on, a reason says so.
WORTH_TELLING = 2.0


def plan_sentence(
    wants: Sequence[Want], kept: Kept, values: Mapping[str, int], *, parameter: str, rounds: int, whole_s: float
) -> str:
    """Return as in ``7 sizes x 9 implementations x 6 rounds = about 190 s: the budget allows m = 100, 1000 and 10000``.

    Parameters
    ----------
    wants
        All groups of the sweep.
    kept
        Who is measured in which of them.
    values
        Group -> its size.
    parameter
        What is swept.
    rounds
        Of each size.
    whole_s
        What everything would take.
    """
    sizes, everybody = set(values.values()), {who for want in wants for who in want.costs_s}
    conditions = len(values) // len(sizes)
    several = f" x {conditions} conditions" if conditions > 1 else ""
    kind = "implementations and layouts" if any(_several(wants, who) for who in everybody) else "implementations"
    whole = f"{len(sizes)} sizes{several} x {len(everybody)} {kind} x {rounds} rounds = {about(whole_s)}"
    without = _without(wants, kept, values)
    if len(kept) == len(wants) and not without:
        return f"{whole}: the budget allows all of it"
    allowed = f"{parameter} = {_listed(sorted({values[name] for name in kept}))}"
    said = [f"without {', '.join(names)} at {_listed(lacking)}" for lacking, names in without.items()]
    return f"{whole}: the budget allows {', '.join([allowed, *said])} (--budget says another)"


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
    """Return why a size is left out."""
    cost_s = sum(want.costs_s.values())
    return f"budget: the rounds of this size would take {about(cost_s)} (--budget gives more time)"


def about(seconds: float) -> str:
    """Return as in ``about 190 s`` or ``about 2.1 h``."""
    return f"about {significant(seconds, 2)} s" if seconds < 600 else f"about {duration(seconds)}"


def _listed(values: Sequence[int]) -> str:
    """Return as in ``100, 1000 and 10000``."""
    *first, last = map(str, values)
    return f"{', '.join(first)} and {last}" if first else last
