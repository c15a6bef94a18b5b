"""Environments side by side, as tables and in words."""

import json

from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report import json_run, sections
from bench.report.sections import answer, environments
from tests.builders import make_run
from tests.environments import two_environments


def test_one_table_names_what_differs_and_one_has_the_ratios():
    differing, ratios = environments.section(Analysis(two_environments())).tables
    assert [column.header for column in differing.columns] == ["", "old", "new"]
    assert [[cell.text for cell in row] for row in differing.rows][2] == ["numpy", "2.3.5", "2.4.6"]
    assert [cell.text for cell in differing.rows[3]] == ["scipy", "-", "1.16"]
    people = ratios.for_people()
    assert [column.header for column in people.columns] == ["implementation", "from", "to", "speed-up", "verdict"]
    assert [row[0].text for row in people.rows] == ["loop", "rows"]
    assert people.rows[1][3].text.startswith("1.11")
    assert people.rows[1][4].text == "faster"


def test_the_answer_says_what_each_environment_does():
    said = answer.section(Analysis(two_environments())).paragraphs
    assert "`rows [new]` computes backprop" in said[0]
    (told,) = [text for text in said if text.startswith("new against old: ")]
    assert "`rows` 1.11" in told
    assert told.count("as fast (faster)") == 2


def test_one_environment_needs_no_section():
    assert environments.section(Analysis(make_run())) is None
    run = two_environments()
    assert environments.section(Analysis(replace(run, environments=run.environments[:1]))) is None


def test_terminal_and_json_have_the_ratios_between_environments():
    analysis = Analysis(two_environments())
    assert "Environments side by side" in [one.title for one in sections.brief(analysis)]
    found = json.loads(json.dumps(json_run.of(analysis, None)))
    assert [one["label"] for one in found["environments"]] == ["old", "new"]
    (group,) = found["groups"]
    assert [one["after"] for one in group["changes"]] == [
        "backprop[loop-M-float64-C-1t-new]",
        "backprop[rows-M-float64-C-1t-new]",
    ]
