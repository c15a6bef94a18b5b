"""How an implementation looks in every chart of a page: the same colour and shape throughout."""

from collections.abc import Mapping

from msgspec import Struct

from ...problems.case import Case
from ...store.records import Run
from ..chart import Colour

_COLOURS, _SHAPES = 8, 5

#: The baseline's shape, which no other has.
_OF_BASELINE = 5


class Look(Struct, frozen=True, kw_only=True):
    """Colour and shape; together they tell forty apart."""

    colour: Colour
    shape: int


def looks(run: Run) -> Mapping[tuple[str, str, str], Look]:
    """Return `key` of a case -> its look; the baseline is grey."""
    cases = [arm.case for arm in run.arms] + [one.case for one in run.left]
    base = {key(arm.case) for arm in run.arms if arm.baseline}
    others = [one for one in dict.fromkeys(map(key, cases)) if one not in base]
    found = {one: Look(colour="grey", shape=_OF_BASELINE) for one in base}
    return found | {one: numbered(place) for place, one in enumerate(others)}


def numbered(place: int) -> Look:
    """Return the look of what stands at a place of a list: colours take turns, and shapes with them."""
    return Look(colour=place % _COLOURS, shape=(place + place // _COLOURS) % _SHAPES)


def key(case: Case) -> tuple[str, str, str]:
    """Return what the look of a case hangs on."""
    return case.variant
