"""What was counted, in a report."""

from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import counts
from tests.builders import make_run
from tests.explained import make_explained


def section(run):
    return counts.section(Analysis(run))


def test_counts_are_tabled_fastest_first_without_what_another_program_computes():
    (table,) = section(make_explained()).tables
    rows = [[cell.text for cell in row] for row in table.for_people().rows]
    assert [row[0] for row in rows] == ["c_fused", "torch_eager", "inplace", "vectorized", "loop_hoisted"]
    assert rows[-1] == ["loop_hoisted", "17", "276 MB", "11.0 MB", "6"]


def test_nothing_is_said_where_nothing_was_counted_or_the_run_explains_it_all():
    assert section(make_run()) is None
    run = make_explained()
    assert section(replace(run, settings=replace(run.settings, explains=True))) is None
