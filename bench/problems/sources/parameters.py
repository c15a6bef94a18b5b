"""The parameters of other harnesses' benchmarks as sizes: whole numbers as they are, anything else by its place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from ...errors import unknown
from ..contract import CONTRACT
from ..problem import ONLY_SIZE

#: So many characters of a value are part of a name.
_LONGEST = 40


class Value(Struct, frozen=True, kw_only=True):
    """One value of a parameter, as another process has seen it."""

    text: str
    """As it is written in a name; empty where that says nothing."""
    kind: Literal["function", "number", "other"]
    number: int | None
    """Itself, where it is a whole number that a size can have."""
    place: int
    """Its place among the values of the parameter, from 1."""


Row = Mapping[str, Value]


def value(given: Any, place: int) -> Value:
    """Return what is told of a value of a parameter."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return Value(
        text=re.sub(r"[^\w.+-]+", "_", _written(given)).strip("_")[:_LONGEST],
        kind="function" if callable(given) else "number" if is_number else "other",
        number=given if type(given) is int and given >= 1 else None,
        place=place,
    )


def _written(given: Any) -> str:
    """Return a short text for a value; empty where it has none."""
    if isinstance(given, str | int | float | None):
        return str(given)
    return str(getattr(given, "__name__", ""))


def texts(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Return what each value of each row is called: its text, or its place where others have the same text.

    No value is called as something that a problem has: it may be an implementation.
    """
    places: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        for name, one in row.items():
            places.setdefault((name, one.text), set()).add(one.place)
    return [
        {
            name: _called(name, one.text) if one.text and len(places[name, one.text]) == 1 else str(one.place)
            for name, one in row.items()
        }
        for row in rows
    ]


def _called(name: str, text: str) -> str:
    return f"{name}_{text}" if text in CONTRACT else text


def without(rows: Sequence[Row], parameter: str) -> tuple[list[Row], list[str]]:
    """Return rows without a parameter, and what its value is called in each; ImplbenchError if there is none of it."""
    known = dict.fromkeys(name for row in rows for name in row)
    if parameter not in known:
        raise unknown("parameter", parameter, known)
    rest: list[Row] = [{name: one for name, one in row.items() if name != parameter} for row in rows]
    return rest, [written[parameter] for written in texts(rows)]


def sizes(rows: Sequence[Row]) -> list[tuple[str, dict[str, int]]]:
    """Return name and numbers of the size that each row of values is.

    A parameter whose values are all whole numbers is itself a number of the size, else the place of its value is.
    """
    others = {name for row in rows for name, one in row.items() if one.number is None}
    return [
        (
            "-".join(f"{name}={text}" for name, text in written.items()) or ONLY_SIZE,
            {name: one.place if name in others else one.number or one.place for name, one in row.items()},
        )
        for row, written in zip(rows, texts(rows), strict=True)
    ]
