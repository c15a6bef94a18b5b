"""A run as the data that its page embeds: what the scripts draw, show for another baseline, and let download.

Numbers are those of the findings, exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from statistics import median
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from ..analyse.analysis import Analysis
from ..analyse.findings import Finding, GroupFindings
from ..analyse.verdict import Ratio
from ..report.chart import Chart, Series
from ..report.charts.drawn import MOST_CASES
from ..report.json_run import estimate
from ..report.parts import plain
from ..report.phrases import group_label, label
from ..store.records import Arm, Run
from ..store.worker_records import Outcome
from .rendering import visible

#: Characters of all sources together, each of which stands in a page twice.
MOST_SOURCES = 120_000

#: Numbers for the choice of another baseline that a page holds: every two cases of every group, either way round.
MOST_PAIRS = 20_000

#: Fields that are left away where they have their usual value.
_OPTIONAL = {
    *("categories", "ticks", "xs", "ys", "views", "low", "high", "tip", "label", "struck"),
    *("dashed", "hollow", "markers", "legend", "compact"),
}


def payload(analysis: Analysis, charts: Sequence[Chart], files: Mapping[str, str]) -> dict[str, Any]:
    """Return the data of a run's page.

    Parameters
    ----------
    analysis
        What a run says.
    charts
        All charts of the page.
    files
        Name -> text of what can be downloaded.
    """
    return {
        **bare(analysis.run.problem.title, charts, files),
        "run": plain(analysis.run.id),
        "problem": plain(analysis.run.problem.name),
        "margin": analysis.margin,
        "groups": [_group(analysis, group, chosen=has_choice(group, analysis.groups)) for group in analysis.groups],
        "sources": sources(analysis.run),
    }


def sources(run: Run) -> dict[str, dict[str, str]]:
    """Return implementation -> file -> text with nothing invisible; what the page has no room for says so instead."""
    room = MOST_SOURCES
    found: dict[str, dict[str, str]] = {}
    for name, files in run.sources.items():
        found[visible(name)] = shown = {}
        for file, text in files.items():
            room -= len(text)
            instead = f"(left out of this page: {len(text)} characters; the run's document holds them)"
            shown[visible(file)] = visible(text) if room >= 0 else instead
    return found


def has_choice(group: GroupFindings, groups: Sequence[GroupFindings]) -> bool:
    """Return whether another baseline can be chosen: there is one, and room for all pairs."""
    count = len(group.ok)
    room = min(MOST_PAIRS // len(groups), MOST_CASES * (MOST_CASES - 1))  # no chart shows more cases
    return is_comparable(group) and count * (count - 1) <= room


def is_comparable(group: GroupFindings) -> bool:
    """Return whether the baseline has a time, and another case has."""
    return len(group.ok) > 1 and group.baseline is not None and group.baseline.outcome == Outcome.OK


def _group(analysis: Analysis, group: GroupFindings, *, chosen: bool) -> dict[str, Any]:
    again = [arm for arm in analysis.run.arms if arm.again and arm.case.group == group.name]
    noise = Ratio.of(group.noise) if group.noise else None
    return {
        "name": group.name,
        "label": group_label(group),
        "baseline": group.baseline.arm.name if group.baseline else None,
        "arms": [
            *(_arm(finding, group) for finding in group.findings),
            *(_again(arm, group) for arm in again),
        ],
        "pairs": _pairs(analysis, group) if chosen else {},
        "resolved": group.resolved,
        "noise": estimate(noise),
    }


def _arm(finding: Finding, group: GroupFindings) -> dict[str, Any]:
    return {
        "name": finding.arm.name,
        "label": label(finding.arm.case, group),
        "title": plain(finding.arm.title),
        "implementation": visible(finding.arm.case.implementation),
        "outcome": finding.outcome.value,
        "reason": plain(finding.reason) if finding.reason else None,
        "baseline": finding.arm.baseline,
        "again": False,
        "reference_blas": finding.reference_blas,
        "verdict": finding.verdict.value if finding.verdict else None,
        "seconds_per_call": estimate(finding.seconds_per_call),
        "min_seconds_per_call": estimate(finding.min_seconds_per_call),
        "speedup": estimate(finding.speedup_over_baseline),
    }


def _again(arm: Arm, group: GroupFindings) -> dict[str, Any]:
    """Return the second baseline, of which nothing is said but what the noise floor says."""
    outcome = group.baseline.outcome if group.baseline else Outcome.FAILED
    return {
        "name": arm.name,
        "label": f"{label(arm.case, group)} (again)",
        "title": plain(arm.title),
        "implementation": visible(arm.case.implementation),
        "outcome": outcome.value,
        "reason": None,
        "baseline": True,
        "again": True,
        "reference_blas": False,
        "verdict": None,
        "seconds_per_call": None,
        "min_seconds_per_call": None,
        "speedup": None,
    }


def _pairs(analysis: Analysis, group: GroupFindings) -> dict[str, dict[str, list[Any]]]:
    """Return baseline -> case -> its speed-up with the ends of the interval, that of medians, and the verdict.

    For every two cases with a time: as many numbers as cases squared, hence in a list, and rounded to nine digits.
    """
    medians = analysis.ratios(group, median)
    found: dict[str, dict[str, list[Any]]] = {finding.arm.name: {} for finding in group.ok}
    for (case, base), log_ratio in analysis.ratios(group).items():
        speedup, of_medians = (Ratio.of(one).inverse() for one in (log_ratio, medians[case, base]))
        numbers = (speedup.value, *speedup.bounds, of_medians.value)
        rounded = [None if number is None else float(f"{number:.9g}") for number in numbers]
        found[base][case] = [*rounded, group.verdict_on(log_ratio).value]
    return found


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


def to_dict(chart: Chart) -> dict[str, Any]:
    """Return a chart as the page embeds it; numbers that are not finite become None."""
    found: dict[str, Any] = _plain_data(chart)
    return found


def _plain_data(value: object) -> Any:
    if isinstance(value, Struct):
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
