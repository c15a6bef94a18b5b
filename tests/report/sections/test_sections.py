"""The list of sections: what a page and a terminal show, in which order."""

import subprocess
import sys

from bench.analyse.analysis import Analysis
from bench.report import sections
from tests.builders import USUAL, Spec, make_run


def titles(found):
    return [section.title for section in found]


def test_the_answer_comes_first_and_how_to_repeat_it_last():
    run = make_run()
    assert titles(sections.sections(Analysis(run))) == [
        "Answer",
        "What to do",
        "Cases",
        "Speed-up over the baseline",
        "Before the first result",
        "Accuracy beside speed",
        "Samples by round",
        "What threatens these numbers",
        "Environment",
    ]


def test_layouts_are_shown_where_a_run_has_several():
    run = make_run([USUAL[0], Spec(name="loop_hoisted", layout="F")])
    assert "Layouts side by side" in titles(sections.sections(Analysis(run)))


def test_a_run_in_which_nothing_worked_still_has_its_answer_and_reasons():
    run = make_run(USUAL[3:])
    assert titles(sections.sections(Analysis(run))) == [
        "Answer",
        "What to do",
        "Cases",
        "What threatens these numbers",
        "Environment",
    ]


def test_a_terminal_gets_no_figures_and_only_columns_for_people():
    run = make_run([*USUAL, Spec(name="loop_hoisted", layout="F")])
    found = sections.brief(Analysis(run))
    assert titles(found)[0] == "Answer"
    assert not any(section.figures for section in found)
    assert all(column.shown for section in found for table in section.tables for column in table.columns)


def test_making_sections_imports_neither_matplotlib_nor_pandas():
    program = (
        "import bench.report.sections, bench.report.files, sys\n"
        "print(sorted({'matplotlib', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
