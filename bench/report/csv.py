"""Tables as CSV: what is unknown is empty, and nothing is a formula to a spreadsheet."""

from io import StringIO
from typing import TYPE_CHECKING

from .parts import Table, Value, plain

if TYPE_CHECKING:
    from pandas import DataFrame

#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")


def csv(table: Table) -> str:
    """Return all columns of a table, those for programs too."""
    from pandas import DataFrame

    columns = {column.name: [row[index].value for row in table.rows] for index, column in enumerate(table.columns)}
    return csv_of_frame(DataFrame(columns, dtype=object))


def csv_of_frame(frame: "DataFrame") -> str:
    """Return all columns of a frame, without its index."""
    from pandas import DataFrame

    columns = {
        name: column if column.dtype.kind in "biuf" else [_safe(value) for value in column]
        for name, column in frame.items()
    }
    text = StringIO()
    DataFrame(columns, dtype=object).to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()


def _safe(value: Value) -> Value:
    """Return a value that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
