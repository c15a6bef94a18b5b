"""The figures that README and documents show of the small examples are those of the committed runs in results/shown."""

import re
from pathlib import Path

import pytest

from bench.analyse.analysis import Analysis
from bench.report.phrases import ratio_text
from bench.report.sections import answer, cases, explanation_tables, reasons, roofline
from bench.store import documents

CHECKOUT = Path(__file__).parent.parent
RUNS = {path.stem: documents.read(path) for path in sorted((CHECKOUT / "results" / "shown").glob("*.json"))}
README, TUTORIAL, ROOFLINE = (
    " ".join((CHECKOUT / page).read_text().replace("\n> ", "\n").split())
    for page in ("README.md", "docs/tutorial.md", "docs/roofline.md")
)


def runs_of(problem):
    return [Analysis(run) for name, run in RUNS.items() if f"-{problem}-" in name]


def rows(table):
    """Return the rows of a table as a terminal has them, but for the blanks."""
    return [" ".join(cell.text for cell in row) for row in table.for_people().rows]


@pytest.mark.parametrize("name", RUNS)
def test_what_is_shown_was_measured_with_nothing_uncommitted_and_holds_its_sources(name):
    run = RUNS[name]
    assert not (run.environment.get("commit") or {}).get("dirty")
    assert {arm.case.implementation for arm in run.arms if arm.role != "limit"} <= run.sources.keys()
    assert not any("OPENBLAS" in warning for warning in run.warnings)


def test_the_readmes_first_run_is_committed():
    (one,) = runs_of("rows")
    (group,) = one.groups
    text = answer.sentence(one.run, group)
    assert text.partition(", OpenBLAS")[0] in README
    for row in rows(cases.summary_table(group)):
        assert row in README


def test_the_tutorials_runs_are_committed():
    first, why, last = runs_of("nearest")
    for one in (first, last):
        assert answer.sentence(one.run, one.groups[0]) in TUTORIAL
    assert f"written: results/{last.run.id}.json written: reports/{last.run.id}/report.md" in TUTORIAL
    (ladder,) = why.ladders
    counts = next(table for table in explanation_tables.telling(ladder, why.groups) if table.title.startswith("Counts"))
    for row in rows(counts):
        assert row in TUTORIAL
    told = list(reasons.sentences(ladder))
    assert len(told) >= 2
    for text in told[:2]:
        bound = re.match(r"(.*?`\)\.|.*? of the time\..*?\.)", text)
        assert bound
        assert bound[0] in TUTORIAL


def test_how_near_the_flagship_comes_is_that_of_the_committed_run():
    (path,) = (CHECKOUT / "results" / "baseline").glob("*-backprop-*.json")
    found = Analysis(documents.read(path))
    assert roofline.sentence(found.roofline(found.groups[0])) in ROOFLINE


def test_how_far_the_flagship_is_ahead_by_size_is_that_of_the_committed_run():
    (found,) = runs_of("backprop")
    ahead = {}
    for group in found.groups:
        (rival,) = group.rivals
        case = rival.arm.case
        ahead[case.size.values["m"], case.dtype] = ratio_text(rival.speedup_over_baseline)
    for m in sorted({m for m, _dtype in ahead}):
        assert f"| {m:,} | {ahead[m, 'float64']} | {ahead[m, 'float32']} |" in ROOFLINE
