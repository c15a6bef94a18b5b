"""The data of a page that is not of one run: charts and files, in the shape that the scripts know."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..document import plain
from ..stats import ALPHA, MIN_ROUNDS
from .chart import Chart, to_dict
from .payload import SCHEMA


def bare(title: str, charts: Sequence[Chart] = (), files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the data of a page with these charts and downloads (name -> text), without groups of cases."""
    return {
        "schema": SCHEMA,
        "run": "",
        "problem": "",
        "title": plain(title),
        "margin": 0.0,
        "alpha": ALPHA,
        "looks": [],
        "min_rounds": MIN_ROUNDS,
        "groups": [],
        "charts": {chart.id: to_dict(chart) for chart in charts},
        "sources": {},
        "files": dict(files or {}),
    }
