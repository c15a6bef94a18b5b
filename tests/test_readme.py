"""What the README says is what the code does and what the committed runs hold."""

import re
import shlex
from pathlib import Path

import pytest

from bench.analyse import explanation, roofline
from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.cli import parser
from bench.report.phrases import ratio_text
from bench.report.sections import answer, layouts
from bench.report.sections.reasons import range_text
from bench.report.sections.roofline import share_text
from bench.store import documents

CHECKOUT = Path(__file__).parent.parent
README = (CHECKOUT / "README.md").read_text()
QUESTION = (CHECKOUT / "docs" / "backprop.md").read_text()
DOCS = "".join(file.read_text() for file in sorted((CHECKOUT / "docs").glob("*.md")))
BASELINE = {
    path.name.split("-")[1]: documents.read(path) for path in (CHECKOUT / "results" / "baseline").glob("*.json")
}


#: Of a training, each of which asks for cost and gradient once.
STEPS = 420


def commands(text):
    """Yield the arguments of every implbench command in the code blocks."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.partition(" > ")[0], comments=True)
            starts = [index for index, word in enumerate(words) if word.rpartition("/")[2] == "implbench"]
            yield from (words[index + 1 :] for index in starts)


@pytest.mark.parametrize("name", ["run", "test"])
def test_each_of_the_two_commands_is_one_line_that_makes_its_own_environment(name):
    (command,) = re.findall(rf"<!-- command: {name} -->\n```sh\n(.*)\n```", README)
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install")


@pytest.mark.parametrize("words", list(commands(README + DOCS)), ids=" ".join)
def test_every_command_shown_is_one_that_the_parser_knows(words):
    assert parser.parser().parse_args(words).command == words[0]


def test_the_figures_shown_are_those_of_the_committed_runs():
    run = BASELINE["backprop"]
    (group,) = findings(run)
    assert f"> {answer.sentence(run, group)}" in README
    assert f"> {answer.sentence(run, group)}" in QUESTION
    shown = [line for line in README.splitlines() if line.startswith("| `")]
    assert len(shown) >= 4
    (ladder,), (roof,) = explanation.ladders(run, (group,)), roofline.rooflines(run, (group,))
    mostly = {rung.finding.arm.name: rung.diagnosis for rung in ladder.rungs}
    for one in roof.placed:
        arm = one.finding.arm
        speed = "1x" if arm.baseline else ratio_text(one.finding.speedup_over_baseline)
        short = f"| `{arm.case.implementation}` | {arm.title} | {speed} |"
        row = f"{short} {share_text(one)} |"
        assert row in QUESTION
        shown = [line for line in shown if line != short]
        found = mostly[arm.name]
        if found and found.cause:
            assert f"{row} {found.cause}, {range_text(found.share)} |" in QUESTION
    assert shown == []


def test_the_minutes_shown_are_those_of_the_committed_run():
    (path,) = (CHECKOUT / "results" / "shown").glob("*-autoencoder-*.json")
    (group,) = findings(documents.read(path))
    minutes = {one.arm.case.implementation: STEPS * one.min_seconds_per_call.value / 60 for one in group.ok}
    exercise = (CHECKOUT / "docs" / "exercise.md").read_text()
    for one in group.ok:
        name, speedup = one.arm.case.implementation, one.speedup_over_baseline
        saved = f"{minutes[name]:.3g} | {minutes['loop_per_sample'] - minutes[name]:.2f} |"
        assert f"| {name} | {ratio_text(speedup) if speedup else '1x'} | {saved}" in exercise
        if f"| {name} |" in README:
            assert f"| {name} | {saved}" in README
    assert README.count("| c_fused |") == README.count("| loop_per_sample |") == 1


def test_the_layouts_shown_are_those_of_the_committed_run():
    (table,) = layouts.section(Analysis(BASELINE["matmul"])).tables
    for name, *cells in table.for_people().rows:
        assert f"| `{name.text}` | {' | '.join(cell.text for cell in cells)} |" in QUESTION


def test_every_file_that_is_linked_exists():
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert len(targets) >= 5
    assert [target for target in targets if not (CHECKOUT / target).exists()] == []


def test_the_committed_reports_are_of_the_committed_runs():
    reports = {folder.name for folder in (CHECKOUT / "reports" / "sample").iterdir()}
    assert reports == {run.id for run in BASELINE.values()}


def test_the_readme_is_short():
    assert len(README.split()) <= 900
