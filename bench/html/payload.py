"""A run as the data that its page embeds: what the scripts draw, show for another baseline, and let download.

Numbers are those of the findings, exactly.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from ..analyse.analysis import Analysis
from ..analyse.sweep import case_of
from ..analyse.verdict import Finding, GroupFindings, Ratio, judge
from ..report.chart import Chart
from ..report.document import plain
from ..report.json_summary import estimate, ratio
from ..report.wording import conditions, label
from ..store.records import Arm, Outcome, Run
from .data import bare
from .rendering import visible

#: Characters of all sources together, each of which stands in a page twice.
MOST_SOURCES = 120_000


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
        "groups": [_group(analysis, group) for group in analysis.groups],
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
            told = f"(left out of this page: {len(text)} characters; the run's document holds them)"
            shown[visible(file)] = visible(text) if room >= 0 else told
    return found


def group_label(group: GroupFindings) -> str:
    """Return as in ``m=10000, n=64, p=25, float64, 1 thread``."""
    case = case_of(group)
    size = [f"{plain(key)}={value}" for key, value in case.size.values.items()]
    return ", ".join([*size, conditions(case), *([] if case.cache == "warm" else [f"{plain(case.cache)} caches"])])


def _group(analysis: Analysis, group: GroupFindings) -> dict[str, Any]:
    again = [arm for arm in analysis.run.arms if arm.again and arm.case.group == group.name]
    noise = Ratio.of(group.noise) if group.noise else None
    return {
        "name": group.name,
        "label": group_label(group),
        "baseline": group.baseline.arm.name if group.baseline else None,
        "arms": [
            *(_arm(one, group) for one in group.findings),
            *(_again(arm, group) for arm in again),
        ],
        "pairs": _pairs(analysis, group),
        "resolved": group.resolved,
        "noise": ratio(noise),
    }


def _arm(one: Finding, group: GroupFindings) -> dict[str, Any]:
    return {
        "name": one.arm.name,
        "label": label(one.arm.case, group),
        "title": plain(one.arm.title),
        "implementation": visible(one.arm.case.implementation),
        "outcome": one.outcome.value,
        "reason": plain(one.reason) if one.reason else None,
        "baseline": one.arm.baseline,
        "again": False,
        "reference_blas": one.reference_blas,
        "verdict": one.verdict.value if one.verdict else None,
        "seconds_per_call": estimate(one.seconds_per_call),
        "min_seconds_per_call": estimate(one.min_seconds_per_call),
        "speedup": ratio(one.speedup_over_baseline),
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
    found: dict[str, dict[str, list[Any]]] = {one.arm.name: {} for one in group.ok}
    for (case, base), log_ratio in analysis.ratios(group).items():
        speedup, of_medians = (Ratio.of(one).inverse() for one in (log_ratio, medians[case, base]))
        ends = (speedup.interval.low, speedup.interval.high) if speedup.interval else (None, None)
        numbers = [None if one is None else float(f"{one:.9g}") for one in (speedup.value, *ends, of_medians.value)]
        found[base][case] = [*numbers, judge(log_ratio, group.margin, group.resolved or 0.0).value]
    return found
