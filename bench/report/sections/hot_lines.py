"""What the lines of the user's own code tell of a time, in words: where it goes, what to change, what is different."""

from collections.abc import Iterator, Sequence

from ...analyse.explanation import Ladder, Rung
from ...analyse.hot_lines import Accounted, are_steps, hot, searching, seconds_each
from ...store.profile_records import Line
from ...units import percent, time_text
from ..parts import code, plain
from ..phrases import listed
from .causes import many, name_of

#: So many names stand in a list at most.
_MOST_NAMES = 4


def stand_for(rung: Rung) -> bool:
    """Return whether lines tell where the time goes, and no count does."""
    found = rung.diagnosis
    return not rung.worker.own_clock and (found is None or found.cause is None) and bool(hot(rung.worker.lines))


def told(rung: Rung) -> str:
    """Return as in ``its time in line 21 of orders.py (about 87 %, 20,000 times): if name not in names:``."""
    first, *others = hot(rung.worker.lines)
    parts = [f"line {first.number} of {plain(first.file)} {_taking(first)}"]
    parts += [f"line {one.number} {_taking(one)}" for one in others]
    watched = rung.worker.lines_watched
    whole = "its time" if watched == 1 else f"about the first {percent(watched)} of its time"
    return f"{whole} in {'; '.join(parts)}"


def unwatched(rung: Rung) -> Iterator[str]:
    """Yield why nothing is said of the rest, and what shows it."""
    if rung.worker.lines_watched < 1:
        yield "The rest was not watched, as that takes too long: a smaller size shows all of it."


def _taking(line: Line) -> str:
    text = f": {code(line.text)}" if line.text else ""
    return f"(about {100 * line.share:.0f} %, {many(line.times, 'time')}){text}"


def difference(found: Accounted) -> str:
    """Return as in ``about 92 % of the difference lies in line 7 of orders.py``."""
    files: dict[str, list[str]] = {}
    for one in sorted(found.lines, key=lambda line: line.number):
        files.setdefault(one.file, []).append(str(one.number))
    places = [
        f"{'line' if len(numbers) == 1 else 'lines'} {listed(numbers, len(numbers))} of {plain(file)}"
        for file, numbers in files.items()
    ]
    return f"about {100 * found.share:.0f} % of the difference lies in {listed(places, len(places))}"


def remedies(rungs: Sequence[Rung], ladder: Ladder) -> Iterator[str]:
    """Yield what to do about lines that search, and once for all of which each line begins very often."""
    by_line = [rung for rung in rungs if stand_for(rung)]
    often = []
    for rung in by_line:
        line = searching(rung.worker.lines, rung.watched_s, rung.facts.lists if rung.facts else ())
        if line is not None:
            yield (
                f"In {name_of(ladder, rung)}, line {line.number} takes {time_text(seconds_each(line, rung.watched_s))} "
                "each time, as a search through a list does: a dictionary or a set in its place needs no search."
            )
        elif are_steps(hot(rung.worker.lines), rung.watched_s):
            often.append(rung)
    if often:
        names = listed([name_of(ladder, rung) for rung in often], _MOST_NAMES)
        arrays = "whole arrays, " if any(rung.facts and rung.facts.numpy for rung in ladder.rungs) else ""
        yield (
            f"In {names} each of these lines is quickly done, very many times. Fewer steps of Python help: {arrays}"
            "a built-in that goes through all, or compiled code."
        )
