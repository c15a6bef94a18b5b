"""Who is the fastest at each size: a row a condition, a column a size, and colours that share a cell not told apart."""

from collections.abc import Iterator, Mapping, Sequence

from ...analyse.analysis import Analysis
from ...analyse.sweep import Sweep
from ...stats.scaling import reigns
from ...store.worker_records import Outcome
from ..chart import Axis, Chart, Colour, Point, Series
from ..parts import plain
from ..phrases import below_text, conditions_of
from .style import key, looks

#: Part of a row that its cells fill.
_HEIGHT = 0.84

#: So many letters fit beside each other in a row: a name is written where it alone is the fastest, as far as it fits.
_LETTERS = 80

#: What sizes without a time look like, those of one reason apart from those of another.
_EMPTY: tuple[Colour, Colour] = ("grey", 6)


def chart(analysis: Analysis) -> Chart:
    """Return the map of all sweeps of a run, of which it has one at least."""
    found = analysis.sweeps
    values = sorted({value for one in found for value in one.values})
    below = below_text([place.group for one in found for place in one.places])
    known = looks(analysis.run)
    cells = _cells(found, values)
    cases = {name: each.arm.case for one in found for place in one.places for name, each in place.timed.items()}
    return Chart(
        id="fastest",
        title="The fastest",
        caption=(
            f"The fastest of {plain(analysis.run.problem.name)} by {plain(found[0].parameter)}: a row a condition, a "
            f"column a size; two colours in one cell are not told apart ({below})."
        ),
        x=Axis(label=plain(found[0].parameter), scale="category", categories=tuple(map(str, values))),
        y=Axis(label="", scale="category", categories=tuple(conditions_of(one) for one in found)),
        series=(
            *(
                Series(
                    name=plain(name),
                    colour=known[key(cases[name])].colour,
                    shape=known[key(cases[name])].shape,
                    kind="cells",
                    points=tuple(points),
                )
                for name, points in cells.items()
            ),
            *_without(found, values),
        ),
    )


def _cells(found: Sequence[Sweep], values: Sequence[int]) -> Mapping[str, list[Point]]:
    """Return name -> the cells in which it is among the fastest; those of one cell lie below each other."""
    names = dict.fromkeys(name for one in found for name in one.names)
    cells: dict[str, list[Point]] = {name: [] for name in names}
    for row, one in enumerate(found):
        written = _written(one, values)
        for place in one.places:
            column, height = values.index(place.value), _HEIGHT / max(1, len(place.leaders))
            for level, name in enumerate(place.leaders):
                low = row - _HEIGHT / 2 + level * height
                cells[name].append(
                    Point(
                        x=column,
                        y=low + height / 2,
                        low=low,
                        high=low + height,
                        tip=f"{plain(name)}, {plain(one.parameter)} = {place.value}\n{conditions_of(one)}",
                        label=written.get(column),
                    )
                )
    return {name: points for name, points in cells.items() if points}


def _without(found: Sequence[Sweep], values: Sequence[int]) -> Iterator[Series]:
    """Yield the sizes at which nothing has a time: those for which the time ran out apart from those that cannot be."""
    kinds: dict[str, list[Point]] = {}
    for row, one in enumerate(found):
        for place in one.places:
            if not place.leaders and place.left:
                outcome = Outcome.NOT_MEASURED.value
                reasons = [*place.left.values()]
                reason = next((text for text in reasons if text.startswith(outcome)), reasons[0])
                name = reason.partition(":")[0]
                low, high = row - _HEIGHT / 2, row + _HEIGHT / 2
                tip = f"{plain(one.parameter)} = {place.value}\n{plain(reason)}"
                kinds.setdefault(name, []).append(
                    Point(x=values.index(place.value), y=row, low=low, high=high, tip=tip)
                )
    for number, (name, points) in enumerate(kinds.items()):
        yield Series(
            name=f"nothing: {plain(name)}", colour=_EMPTY[number % 2], kind="cells", hollow=True, points=tuple(points)
        )


def _written(one: Sweep, values: Sequence[int]) -> Mapping[int, str]:
    """Return column -> the name that is written in it: in the middle of neighbouring sizes of which it has all."""
    columns = [values.index(place.value) for place in one.places]
    found = {}
    for reign in reigns([place.leaders if len(place.leaders) == 1 else () for place in one.places]):
        first, last = columns[reign.first], columns[reign.last]
        middle = (first + last) // 2
        room = (2 * (middle - first) + 1) * _LETTERS / len(values)
        if len(reign.names[0]) <= room:
            found[middle] = plain(reign.names[0])
    return found
