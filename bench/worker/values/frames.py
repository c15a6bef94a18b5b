"""What the frames, series, indexes and arrays of pandas hold, as NumPy keeps it; to put them together again.

Where something is missing in whole numbers, truth values or text, a mask says so beside the data: as floating-point
numbers they would lose digits. In floating-point numbers NaN says it.
"""

from typing import Any

import numpy as np

from .leaves import INDEX, MISSING, ORDER
from .number_lists import array_of_texts

#: What can be put together again.
KINDS = ("DataFrame", "Series")


def held(value: Any) -> tuple[str, dict[str, Any]] | None:
    """Return of which kind a value of pandas is, and what it holds; None of a single one.

    These are copies: frames have memory in common until one is written to, and an index always, as honest code does.
    """
    name = type(value).__name__
    if name == "DataFrame":
        columns: dict[str, Any] = {}
        for place, column in enumerate(value.columns):
            step = f"[{column!r}]"
            columns[step if step not in columns else f"[{column!r}, {place}]"] = value.iloc[:, place].array
        return "dict", columns | {INDEX: _labels(value.index)}
    if name == "Series":
        return "series", _data(value.array) | {INDEX: _labels(value.index)}
    if name == "MultiIndex":
        return "levels", {f".level_{place}": _labels(value.get_level_values(place)) for place in range(value.nlevels)}
    if name.endswith("Index"):
        return "series", _data(value.array)
    return ("series", _data(value)) if name.endswith("Array") or name == "Categorical" else None


def _labels(index: Any) -> Any:
    """Return the labels of rows; where all are text as one array, of which another order can be told."""
    if type(index).__name__ not in ("Index", "CategoricalIndex") or index.dtype.kind != "O":
        return index
    texts = array_of_texts(list(index))
    return index if texts is None else texts


def _data(array: Any) -> dict[str, Any]:
    """Return the data of an array, which of it are missing where that is not in the data, and an order of its own."""
    dtype = getattr(array.dtype, "numpy_dtype", None)  # of a nullable type that NumPy has one for
    kind = dtype.kind if isinstance(dtype, np.dtype) else ""
    missing = np.array(array.isna())
    if kind and kind in "iub" and missing.any():
        return {"": np.array(array.to_numpy(dtype, na_value=np.zeros((), dtype).item())), MISSING: missing}
    if kind and kind in "iubf":
        return {"": np.array(array.to_numpy(dtype, na_value=np.nan) if missing.any() else array.to_numpy(dtype))}
    found = np.array(array.to_numpy())
    order = {ORDER: _order(array)} if getattr(array.dtype, "ordered", None) else {}
    if found.dtype.hasobject and missing.any() and set(map(type, found[~missing])) == {str}:
        found[missing] = ""
        return {"": found, MISSING: missing, **order}
    return {"": found, **order}


def _order(array: Any) -> Any:
    """Return the categories that occur, in their order."""
    used = np.unique(array.codes)
    return array.categories.take(used[used >= 0])


def parts(value: Any) -> tuple[str, dict[str, Any]]:
    """Return kind and parts of a frame or a series, to put it together from."""
    kind, index = type(value).__name__, np.asarray(value.index)
    if kind == "Series":
        return kind, {"values": _column(value), "name": value.name, "index": index}
    columns = [_column(value.iloc[:, place]) for place in range(value.shape[1])]
    return kind, {"names": list(value.columns), "columns": columns, "index": index}


def _column(series: Any) -> Any:
    """Return the values of a series as an array, or as what makes an array of its type."""
    dtype, array = series.dtype, series.array
    if type(array).__name__ == "Categorical":
        return {"codes": np.array(array.codes), "categories": np.asarray(array.categories), "ordered": array.ordered}
    if hasattr(dtype, "numpy_dtype") or type(dtype).__name__ == "StringDtype":
        found = _data(array)
        return {"data": found[""], "missing": found.get(MISSING), "dtype": str(dtype)}
    return np.asarray(series)


def put_together(kind: str, held: dict[str, Any]) -> Any:
    """Return the frame or the series that has these parts."""
    import pandas as pd

    if kind == "Series":
        return pd.Series(_array(held["values"]), index=held["index"], name=held["name"])
    found = pd.DataFrame(dict(enumerate(map(_array, held["columns"]))), index=held["index"])
    found.columns = held["names"]
    return found


def _array(column: Any) -> Any:
    import pandas as pd

    if not isinstance(column, dict):
        return column
    if "codes" in column:
        return pd.Categorical.from_codes(column["codes"], column["categories"], ordered=column["ordered"])
    found: Any = pd.array(column["data"], dtype=column["dtype"])
    if column["missing"] is not None:
        found[column["missing"]] = pd.NA
    return found
