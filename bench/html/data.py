"""The data of a page in the shape that the scripts know: charts and files, and room for a run's groups and sources."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..report.document import plain
from .chart import Chart, to_dict

SCHEMA = 1


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
