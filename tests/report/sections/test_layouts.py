"""Layouts side by side, as table and in words."""

from msgspec.structs import replace

from bench.analyse.analysis import Analysis
from bench.report.sections import layouts
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run

MATMUL = [
    Spec(name=name, ms=ms, layout=layout, baseline=name == "dot" and layout == "CC")
    for name, unit in (("dot", 1.6), ("at", 1.7))
    for layout, ms in (("CC", unit), ("FC", 1.1 * unit), ("CF", 0.8 * unit), ("FF", 1.3 * unit))
]


def test_the_table_of_layouts_has_ratio_and_interval():
    run = make_run(MATMUL)
    table = layouts.section(Analysis(run)).tables[0]
    people = table.for_people()
    assert [column.header for column in people.columns] == ["implementation", "CC", "FC", "CF", "FF"]
    assert [row[0].text for row in people.rows] == ["dot", "at"]
    assert people.rows[0][1].text == "1x"
    assert people.rows[0][3].text.startswith("1.25")
    names = [column.name for column in table.columns]
    low, high = (table.rows[0][names.index(f"speedup_over_baseline_CF_{end}")].value for end in ("low", "high"))
    assert low <= 1.25 * 1.01
    assert high >= 1.25 * 0.99
    assert low < high


def test_a_layout_without_a_time_is_a_dash():
    arms = [*MATMUL[:-1], replace(MATMUL[-1], outcome=Outcome.FAILED, reason="no F order")]
    run = make_run(arms)
    assert layouts.section(Analysis(run)).tables[0].for_people().rows[1][-1].text == "-"


def test_each_layout_is_judged_against_the_first_of_the_same_implementation():
    run = make_run(MATMUL)
    texts = layouts.section(Analysis(run)).paragraphs
    at = next(text for text in texts if text.startswith("`at`, against its own CC"))
    assert "CF 1.25" in at
    assert at.count("slower") == 2
    assert at.count("faster") == 1


def test_one_layout_needs_no_section():
    run = make_run()
    assert layouts.section(Analysis(run)) is None


def test_the_figure_is_the_chart_of_layouts():
    (figure,) = layouts.section(Analysis(make_run(MATMUL))).figures
    (chart,) = figure.charts
    assert (figure.name, chart.id, figure.caption) == ("layouts", "layouts-0", chart.caption)
