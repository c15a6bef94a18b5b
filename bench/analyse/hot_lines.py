"""Which lines take the time of an implementation, what is known of them, and which account for a difference. Pure."""

import ast
from collections import Counter
from collections.abc import Collection, Sequence

from msgspec import Struct

from ..store.profile_records import Line
from .source_facts import name_of

#: So many lines are named at most, each of which takes such a share of the time; so often is often.
MOST_LINES, LEAST_OF_LINE, OFTEN = 3, 0.1, 1000

#: What a line takes each time: no longer where it is a step of Python alone; no shorter, in seconds and beside the
#: shortest line that begins often, where it goes through a list: to look into a set takes less.
_STEP_S, _SEARCH_S, _SEARCH_TIMES = 5e-6, 1e-6, 10

#: Lines account for a difference from this share of it on.
_LEAST_ACCOUNTED = 0.5

#: Methods that go through a list.
_SEARCHING = frozenset({"index", "count", "remove"})

#: How the rest of a statement may be made, of which a line has the beginning.
_WHOLE = ("{}", "{} pass", "if 0: pass\n{} pass")


class Accounted(Struct, frozen=True, kw_only=True):
    """The lines of the slower of two implementations in which their difference lies."""

    lines: tuple[Line, ...]
    share: float
    """Of the difference, less what the faster one spends in the place of it."""


def hot(lines: Sequence[Line] | None) -> Sequence[Line]:
    """Return the lines that take most of the time; none where none stands out."""
    return [one for one in lines or () if one.share >= LEAST_OF_LINE][:MOST_LINES]


def seconds_each(line: Line, seconds: float) -> float:
    """Return what a line takes each time that it begins, of an evaluation that takes so long."""
    return line.share * seconds / max(1, line.times)


def are_steps(lines: Sequence[Line], seconds: float) -> bool:
    """Return whether each of the lines, one at least, begins very often and takes next to no time."""
    return bool(lines) and all(one.times >= OFTEN and seconds_each(one, seconds) <= _STEP_S for one in lines)


def searching(lines: Sequence[Line] | None, seconds: float, lists: Collection[str]) -> Line | None:
    """Return the hot line that goes through one of these lists to find something, by its time too; None without one."""
    often = [one for one in lines or () if one.times >= OFTEN]
    for line in (one for one in hot(often) if not searched(one.text).isdisjoint(lists)):
        each = [seconds_each(one, seconds) for one in often if one is not line]
        if seconds_each(line, seconds) >= max(_SEARCH_S, _SEARCH_TIMES * min(each, default=0.0)):
            return line
    return None


def searched(text: str) -> set[str]:
    """Return in which variables a line looks whether or where something is; none where it calls anything else."""
    for whole in _WHOLE:
        try:
            nodes = list(ast.walk(ast.parse(whole.format(text))))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        calls = [node.func for node in nodes if isinstance(node, ast.Call)]
        methods = [call for call in calls if isinstance(call, ast.Attribute) and call.attr in _SEARCHING]
        operands = [
            operand
            for node in nodes
            if isinstance(node, ast.Compare)
            for operator, operand in zip(node.ops, node.comparators, strict=True)
            if isinstance(operator, ast.In | ast.NotIn)
        ]
        found = [*operands, *(method.value for method in methods)] if calls == methods else []
        return {name_of(node) for node in found} - {""}
    return set()


def accounted(
    slower: Sequence[Line] | None, slow_s: float, faster: Sequence[Line] | None, fast_s: float
) -> Accounted | None:
    """Return the lines of the slower of two in which most of their difference lies; None where none do, or unknown.

    Lines of the same text are the same line. Of a faster one whose lines are unknown all of the time is taken to have
    replaced them.
    """
    difference = slow_s - fast_s
    if not slower or difference <= 0:
        return None
    before, after = _seconds(slower, slow_s), _seconds(faster or (), fast_s)
    less = {text: spent - after[text] for text, spent in before.items()}
    lines = [one for one in slower if less[one.text] >= LEAST_OF_LINE * difference][:MOST_LINES]
    more = sum((after - before).values()) if faster else fast_s
    share = (sum(less[text] for text in {one.text for one in lines}) - more) / difference
    return Accounted(lines=tuple(lines), share=min(1.0, share)) if share >= _LEAST_ACCOUNTED else None


def _seconds(lines: Sequence[Line], seconds: float) -> Counter[str]:
    """Return what the lines of each text take together."""
    found = Counter[str]()
    for one in lines:
        found[one.text] += one.share * seconds  # type: ignore[assignment]
    return found
