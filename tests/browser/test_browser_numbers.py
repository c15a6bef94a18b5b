"""The numbers of a page: those that Python has, for the run's own baseline and for every other."""

import json
from statistics import median

import pytest

from bench import html
from bench.analyse.analysis import Analysis
from bench.analyse.findings import findings
from bench.analyse.verdict import Ratio
from bench.html.joint import together_page
from bench.report import files, json_run
from bench.report.phrases import ratio_text
from bench.store.worker_records import Outcome
from bench.units import times
from tests.browser.made import RUNS, together

#: Group, arm -> the row of its table: column -> text.
ROWS = """() => [...document.querySelectorAll('table.cases')].map((table) => Object.fromEntries(
  [...table.querySelectorAll('tbody tr')].map((row) => [row.dataset.arm, Object.fromEntries(
    [...row.querySelectorAll('[data-column]')].map((cell) => [cell.dataset.column, cell.textContent.trim()]))])))"""

DATA = "() => JSON.parse(document.getElementById('data').textContent)"

#: The columns that a baseline changes.
COLUMNS = ("speedup_over_baseline", "speedup_of_medians", "verdict")

SINGLE = ["backprop", "matmul", "usual", "sweep", "limited"]


@pytest.mark.parametrize("name", SINGLE)
def test_the_page_holds_the_numbers_of_the_json(read, name):
    run = RUNS[name]()
    told = json_run.of(Analysis(run), None)
    opened = read(name)
    data, rows = opened.ask(DATA), opened.ask(ROWS)
    assert [group["name"] for group in data["groups"]] == [group["name"] for group in told["groups"]]
    for group, expected, table in zip(data["groups"], told["groups"], rows, strict=True):
        arms = {arm["name"]: arm for arm in group["arms"]}
        assert set(table) == {case["id"] for case in expected["cases"]}
        for case in expected["cases"]:
            cells = table[case["id"]]
            assert cells["implementation"] == case["implementation"]
            if case["outcome"] in (Outcome.UNAVAILABLE, Outcome.UNSUPPORTED):
                continue
            arm = arms[case["id"]]
            assert (arm["outcome"], arm["verdict"]) == (case["outcome"], case["verdict"])
            assert (arm["seconds_per_call"], arm["speedup"]) == (
                case["seconds_per_call"],
                case["speedup_over_baseline"],
            )
            if case["speedup_over_baseline"] and case["outcome"] == "ok":
                assert float(cells["speedup_over_baseline"].partition("x")[0]) == pytest.approx(
                    case["speedup_over_baseline"]["value"], rel=6e-3
                )


@pytest.mark.parametrize("name", ["backprop", "matmul", "usual"])
def test_every_other_baseline_gives_what_python_gives(visit, name, pages):
    analysis = Analysis(RUNS[name]())
    opened = visit(pages(name), unfolded=True)
    for index, group in enumerate(analysis.groups):
        for base in group.ok:
            opened.page.select_option(f"#baseline-{index}", base.arm.name)
            cells = opened.ask(ROWS)[index]
            for one in group.ok:
                shown = [cells[one.arm.name][column] for column in COLUMNS]
                if one is base:
                    assert shown[0] == "1x"
                    continue
                log_ratio = analysis.ratio(group, one.arm, base.arm)
                of_medians = analysis.ratios(group, median)[one.arm.name, base.arm.name]
                ratio, medians = (Ratio.of(each).inverse() for each in (log_ratio, of_medians))
                verdict = group.verdict_on(log_ratio)
                assert shown == [ratio_text(ratio), times(medians.value), verdict]


def test_a_chosen_baseline_is_told_drawn_and_taken_back(visit, pages):
    opened = visit(pages("usual"), unfolded=True)
    page, forest = opened.page, "figure[data-chart=speedup-0]"
    (group, _other) = findings(RUNS["usual"]())
    rows, caption = opened.ask(ROWS), page.inner_text(f"{forest} figcaption")
    drawn = page.inner_html(f"{forest} .canvas")
    page.select_option("#baseline-0", label="rows")
    told = page.inner_text(".recomputed[data-group='0']")
    assert "rows" in told
    assert "loop" in told
    assert page.is_hidden(".recomputed[data-group='1']")
    assert "rows" in page.inner_text(f"{forest} figcaption")
    page.focus(f"{forest} .canvas svg")
    page.keyboard.press("Home")
    assert page.inner_text(f"{forest} .tooltip").startswith("rows: baseline")
    assert opened.ask(ROWS)[1] == rows[1]
    page.select_option("#baseline-0", group.baseline.arm.name)
    assert opened.ask(ROWS) == rows
    assert page.inner_text(f"{forest} figcaption") == caption
    assert page.inner_html(f"{forest} .canvas") == drawn
    assert page.is_hidden(".recomputed[data-group='0']")


@pytest.mark.parametrize("name", ["usual", "together"])
def test_downloads_are_what_python_writes(visit, pages, name):
    page = visit(pages(name), unfolded=True).page
    downloads = {}
    for button in page.query_selector_all("button.download"):
        with page.expect_download() as started:
            button.click()
        downloads[started.value.suggested_filename] = started.value.path().read_text(encoding="utf-8")
    expected = json.loads(page.text_content("#data"))["files"]
    assert len(downloads) == len(expected) + 1
    assert expected.items() <= downloads.items()
    (everything,) = downloads.keys() - expected.keys()
    assert json.loads(downloads[everything]) == json.loads(page.text_content("#data"))


@pytest.mark.usefixtures("undrawn")
def test_the_files_of_a_page_are_those_of_the_report(tmp_path):
    run = RUNS["usual"]()
    analysis = Analysis(run)
    text = html.report_page(analysis)
    embedded = json.loads(text.partition('id="data">')[2].partition("</script>")[0])["files"]
    written = {path.name: path for path in files.write(analysis, tmp_path) if path.suffix == ".csv"}
    assert set(written) <= set(embedded)
    for name, path in written.items():
        assert embedded[name] == path.read_text(encoding="utf-8")
    assert json.loads(embedded["summary.json"]) == json.loads(json.dumps(json_run.of(analysis, None)))
    joint = json.loads(together_page(together()).partition('id="data">')[2].partition("</script>")[0])["files"]
    for path in files.write_together(together(), tmp_path):
        if path.suffix == ".csv":
            assert joint[path.name] == path.read_text(encoding="utf-8")
