"""A table as text: plain columns for a program, and for a terminal what fits it.

What does not fit is helped in this order: headers are broken, dispensable columns are left out, names fold, and in the
end each row becomes a record of lines. Numbers are never broken.
"""

from collections.abc import Sequence
from io import StringIO
from math import inf, log
from textwrap import fill
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ..parts import Cell, Column, Table, printable
from .screen import Screen

if TYPE_CHECKING:
    from rich.table import Table as RichTable

#: Between two columns.
_GAP = 2

#: A column of names or words is not folded to less than this.
_LEAST_TEXT = 16

#: Width of a bar at least and at most.
_LEAST_BAR, _MOST_BAR = 10, 40

#: Verdicts and outcomes -> style; the words say the same without it.
_STYLES = {
    "faster": "green",
    "slower": "red",
    "undecided": "yellow",
    **dict.fromkeys(("wrong", "failed", "crashed", "timeout", "out-of-memory"), "bold red"),
}

#: Columns whose words have these styles.
_JUDGING = ("verdict", "outcome")


class _Fit(Struct, frozen=True, kw_only=True):
    """How a table fits a width."""

    kept: tuple[int, ...]
    """Indices of the columns that are shown."""
    widths: tuple[int, ...]
    """Of each of them."""
    bar: int = 0
    """Width of the bars; 0 for none."""


def plain(table: Table) -> str:
    """Return the title, and columns that are as wide as their widest cell, two spaces apart."""
    texts = [[column.header for column in table.columns], *([cell.text for cell in row] for row in table.rows)]
    lines = [[printable(text) for text in line] for line in texts]
    widths = [max(len(line[index]) for line in lines) for index in range(len(table.columns))]
    shown = [printable(table.title)]
    for line in lines:
        cells = [
            text.rjust(width) if column.right else text.ljust(width)
            for text, width, column in zip(line, widths, table.columns, strict=True)
        ]
        shown.append((" " * _GAP).join(cells).rstrip())
    return "\n".join(shown)


def drawn(table: Table, screen: Screen) -> str:
    """Return the table, without its title, as a terminal of `screen.width` columns shows it."""
    width = screen.width or 80
    safe = _printable(table)
    fit = _fitted(safe, width)
    return _records(safe, width) if fit is None else _rendered(_rich(safe, fit, screen), screen)


def _printable(table: Table) -> Table:
    return replace(
        table,
        columns=tuple(replace(column, header=printable(column.header)) for column in table.columns),
        rows=tuple(tuple(replace(cell, text=printable(cell.text)) for cell in row) for row in table.rows),
    )


def _fitted(table: Table, width: int) -> _Fit | None:
    """Return which columns are shown how wide, and the bars; None where rows must become records."""
    barred = any(column.bar for column in table.columns) and len(table.rows) > 1
    for bar in (_GAP + _LEAST_BAR, 0) if barred else (0,):
        for kept in _fewer(table.columns):
            tight = [_tight(table, index) for index in kept]
            spare = width - bar - sum(tight) - _GAP * (len(kept) - 1)
            if spare >= 0:
                return _widened(table, kept, tight, spare) if not bar else _with_bar(table, kept, tight, spare)
    folded = [_least(table, index) for index in kept]
    spare = width - sum(folded) - _GAP * (len(kept) - 1)
    return _unfolded(kept, folded, tight, spare) if spare >= 0 else None


def _fewer(columns: Sequence[Column]) -> list[tuple[int, ...]]:
    """Return the indices of all columns, then without the most dispensable, and so on."""
    levels = sorted({column.dispensable for column in columns} | {0}, reverse=True)
    return [tuple(i for i, column in enumerate(columns) if column.dispensable <= level) for level in levels]


def _cells(table: Table, index: int) -> int:
    """Return the width of a column's widest cell."""
    return max((_length(row[index].text) for row in table.rows), default=0)


def _length(text: str) -> int:
    """Return how many columns of a terminal a text takes; some characters take two."""
    from rich.cells import cell_len

    return cell_len(text)


def _tight(table: Table, index: int) -> int:
    """Return the width of a column whose header is broken at its spaces."""
    return max([_cells(table, index), *map(_length, table.columns[index].header.split())])


def _least(table: Table, index: int) -> int:
    """Return the width of a column in which names fold and numbers do not."""
    tight = _tight(table, index)
    return tight if table.columns[index].right else min(tight, _LEAST_TEXT)


def _widened(table: Table, kept: tuple[int, ...], tight: Sequence[int], spare: int) -> _Fit:
    """Return the widths with headers on one line, from the left on, as far as there is room."""
    widths = []
    for index, width in zip(kept, tight, strict=True):
        more = min(spare, max(0, _length(table.columns[index].header) - width))
        widths.append(width + more)
        spare -= more
    return _Fit(kept=kept, widths=tuple(widths))


def _with_bar(table: Table, kept: tuple[int, ...], tight: Sequence[int], spare: int) -> _Fit:
    """Return the widths with headers on one line, and bars in what is left."""
    fit = _widened(table, kept, tight, spare)
    left = spare - (sum(fit.widths) - sum(tight))
    return replace(fit, bar=min(_LEAST_BAR + left, _MOST_BAR))


def _unfolded(kept: tuple[int, ...], folded: Sequence[int], tight: Sequence[int], spare: int) -> _Fit:
    """Return the widths with what room there is given to those who need the least of it first."""
    widths = list(folded)
    order = sorted(range(len(kept)), key=lambda place: tight[place] - folded[place])
    for done, place in enumerate(order):
        more = min(spare // (len(order) - done), tight[place] - folded[place])
        widths[place] += more
        spare -= more
    return _Fit(kept=kept, widths=tuple(widths))


def _rich(table: Table, fit: _Fit, screen: Screen) -> "RichTable":
    """Return the table as rich draws it."""
    from rich.box import SIMPLE_HEAD, Box
    from rich.table import Table as RichTable
    from rich.text import Text

    rule = SIMPLE_HEAD if screen.blocks else Box(str(SIMPLE_HEAD).replace("\u2500", "-"), ascii=True)
    found = RichTable(box=rule, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    drawings: list[str] = []
    for index, width in zip(fit.kept, fit.widths, strict=True):
        column = table.columns[index]
        found.add_column(Text(column.header), justify="right" if column.right else "left", width=width, overflow="fold")
        if fit.bar and column.bar:
            header, *drawings = bars([row[index] for row in table.rows], fit.bar, blocks=screen.blocks)
            found.add_column(Text(header), width=fit.bar, no_wrap=True)
    for number, row in enumerate(table.rows):
        style = _judged(table, row)
        shown = []
        for index in fit.kept:
            own = style if table.columns[index].name in _JUDGING else "bold" if row[index].strong else ""
            shown.append(Text(row[index].text, style=own))
            if fit.bar and table.columns[index].bar:
                shown.append(Text(drawings[number], style=style))
        found.add_row(*shown)
    return found


def _judged(table: Table, row: Sequence[Cell]) -> str:
    """Return the style of a row's verdict or outcome."""
    words = (cell.text for column, cell in zip(table.columns, row, strict=True) if column.name in _JUDGING)
    return next((_STYLES[word] for word in words if word in _STYLES), "")


def _records(table: Table, width: int) -> str:
    """Return each row as lines of header and text, for a table that is too wide for columns."""
    label = max(len(column.header) for column in table.columns) + _GAP
    lines = []
    for row in table.rows:
        lines += [
            fill(
                cell.text,
                max(width, label + _LEAST_TEXT),
                initial_indent=column.header.ljust(label),
                subsequent_indent=" " * label,
                break_on_hyphens=False,
            )
            for column, cell in zip(table.columns, row, strict=True)
        ]
        lines.append("")
    return "\n".join(lines[:-1])


def _rendered(table: "RichTable", screen: Screen) -> str:
    """Return what rich draws, as text with colours or without."""
    from rich.console import Console

    file = StringIO()
    console = Console(
        file=file,
        width=screen.width,
        height=100,  # else TERM=dumb makes it 80 columns wide
        force_terminal=screen.colour,
        color_system="standard" if screen.colour else None,
        no_color=not screen.colour,
        legacy_windows=False,
        highlight=False,
    )
    console.print(table, crop=False)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


#: The axis spans at least this ratio, so that a few percent do not look like much.
LEAST_SPAN = 2.0


def bars(cells: Sequence[Cell], width: int, *, blocks: bool) -> list[str]:
    """Return a header and a bar for each ratio, of at most `width` characters on a log axis, with a mark at 1."""
    mark, block = ("\u2502", "\u2588") if blocks else ("|", "#")
    logs = [log(cell.value) if isinstance(cell.value, float) and 0 < cell.value < inf else None for cell in cells]
    low, high = -min([0.0, *filter(None, logs)]), max([0.0, *filter(None, logs)])
    more = max(0.0, log(LEAST_SPAN) - low - high)
    low, high = (low + more, high) if low > high else (low, high + more)
    left = min(max(round((width - 1) * low / (low + high)), int(low > 0)), width - 1 - int(high > 0))
    rooms = ((left, low), (width - 1 - left, high))
    scale = min(room / end for room, end in rooms if end)
    drawn = [_axis(left, width)]
    for value in logs:
        long = round(scale * abs(value or 0.0))
        below, above = (block * long, "") if (value or 0.0) < 0 else ("", block * long)
        drawn.append("" if value is None else f"{below:>{left}}{mark}{above}")
    return drawn


def _axis(mark: int, width: int) -> str:
    """Return the header of bars: where 1 is, and that the axis is logarithmic."""
    start, log_text = min(mark, width - 2), "(log)"
    if width - start - 2 > len(log_text):
        return f"{'':{start}}1x".ljust(width - len(log_text)) + log_text
    return f"{log_text if start > len(log_text) else '':{start}}1x"
