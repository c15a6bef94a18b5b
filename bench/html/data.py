"""The data of a page in the shape that the scripts know: charts and files, and room for a run's groups and sources."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

from ..report.chart import Chart, Series
from ..report.document import plain

SCHEMA = 1

#: Fields that are left away where they have their usual value.
_OPTIONAL = {
    *("categories", "xs", "ys", "views", "low", "high", "tip", "label", "struck"),
    *("dashed", "hollow", "markers", "legend", "compact"),
}


def bare(title: str, charts: Iterable[Chart] = (), files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the data of a page with these charts and downloads (name -> text), without groups of cases."""
    return {
        "schema": SCHEMA,
        "run": "",
        "problem": "",
        "title": plain(title),
        "margin": 0.0,
        "groups": [],
        "charts": {chart.id: to_dict(chart) for chart in charts},
        "sources": {},
        "files": dict(files or {}),
    }


def to_dict(chart: Chart) -> dict[str, Any]:
    """Return a chart as the page embeds it; numbers that are not finite become None."""
    found: dict[str, Any] = _plain_data(chart)
    return found


def _plain_data(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain_data(getattr(value, field.name))
            for field in fields(value)
            if not (field.name in _OPTIONAL and getattr(value, field.name) == field.default)
            and not (field.name == "points" and isinstance(value, Series) and value.xs)
        }
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, tuple):
        return [_plain_data(one) for one in value]
    return value
