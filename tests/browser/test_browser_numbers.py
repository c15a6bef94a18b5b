"""The numbers of a page: those that Python has, for the run's own baseline and for every other."""

import json
from random import Random

import pytest
from made import RUNS, together

from bench import looks, pages, report, stats, summary
from bench.analysis import Analysis
from bench.measurement import Outcome
from bench.pages.together import together_page
from bench.sections.wording import ratio_text, used_rounds
from bench.verdict import Ratio, estimate, findings, judge, log_ratios

#: A page's number may differ from Python's by rounding alone.
ROUNDING = {"rel": 1e-12, "abs": 1e-15}

#: Group, arm -> the row of its table: column -> text.
ROWS = """() => [...document.querySelectorAll('table.cases')].map((table) => Object.fromEntries(
  [...table.querySelectorAll('tbody tr')].map((row) => [row.dataset.arm, Object.fromEntries(
    [...row.querySelectorAll('[data-column]')].map((cell) => [cell.dataset.column, cell.textContent.trim()]))])))"""

DATA = "() => JSON.parse(document.getElementById('data').textContent)"

CHOSEN = """([index, name]) => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const rows = Baseline.compare(data.groups[index], name, data);
  return rows.map(({ arm, ratio, verdict }) => [arm.name, { ratio, verdict }]);
}"""

SINGLE = ["backprop", "matmul", "usual", "sweep", "limited"]


def plain_ratio(ratio):
    ends = ratio.interval
    return {"value": ratio.value, "interval": [ends.low, ends.high] if ends else None}


def close(found, expected):
    """Whether two ratios as data are the same but for rounding."""
    if expected is None or found is None:
        return found is expected
    ends = (found["interval"] or []), (expected["interval"] or [])
    return found["value"] == pytest.approx(expected["value"], **ROUNDING) and ends[0] == pytest.approx(
        ends[1], **ROUNDING
    )


@pytest.mark.parametrize("name", SINGLE)
def test_the_page_holds_the_numbers_of_the_json(read, name):
    run = RUNS[name]()
    told = summary.of(Analysis(run), None)
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


@pytest.mark.parametrize("name", SINGLE)
def test_what_the_page_computes_for_the_own_baseline_is_what_python_computed(read, name):
    run = RUNS[name]()
    opened = read(name)
    for index, group in enumerate(findings(run)):
        if group.baseline is None or group.baseline.outcome != Outcome.OK:
            continue
        computed = dict(opened.ask(CHOSEN, [index, group.baseline.arm.name]))
        for one in group.ok:
            if not one.arm.baseline:
                found = computed[one.arm.name]
                assert close(found["ratio"], plain_ratio(one.speedup_over_baseline))
                assert found["verdict"] == one.verdict


@pytest.mark.parametrize("name", ["backprop", "matmul", "usual"])
def test_every_other_baseline_gives_what_python_gives(visit, name, pages):
    run = RUNS[name]()
    opened = visit(pages(name))
    for index, group in enumerate(findings(run)):
        for base in group.ok:
            opened.page.select_option(f"#baseline-{index}", base.arm.name)
            computed, cells = dict(opened.ask(CHOSEN, [index, base.arm.name])), opened.ask(ROWS)[index]
            for one in group.ok:
                if one is base:
                    assert cells[one.arm.name]["speedup_over_baseline"] == "1x"
                    continue
                logs = log_ratios(used_rounds(run, group), one.arm.name, base.arm.name)
                log_ratio = estimate(logs, run.settings.looks)
                verdict = judge(log_ratio, group.margin, group.resolved or 0.0)
                ratio = Ratio.of(log_ratio).inverse()
                assert close(computed[one.arm.name]["ratio"], plain_ratio(ratio))
                assert computed[one.arm.name]["verdict"] == verdict
                assert cells[one.arm.name]["speedup_over_baseline"] == ratio_text(ratio)
                assert cells[one.arm.name]["verdict"] == verdict


def test_a_chosen_baseline_is_told_drawn_and_taken_back(visit, pages):
    opened = visit(pages("usual"))
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


def series(random, rounds):
    """Return a series of log-ratios: at times with ties, zeros and negative zeros."""
    digits = random.choice([1, 2, 3, 16])
    return [round(random.gauss(random.choice([0.0, 0.5]), 0.3), digits) for _round in range(rounds)]


def test_the_estimator_is_pythons(read):
    random = Random(20261123)
    cases = [
        {"ds": series(random, rounds), "alpha": alpha}
        for rounds in (*range(1, 41), *range(6, 41))
        for alpha in (0.025, 0.025 / 4, 0.05)
    ]
    found = read("usual").ask("(cases) => cases.map(({ ds, alpha }) => Estimate.hodgesLehmann(ds, alpha))", cases)
    for case, one in zip(cases, found, strict=True):
        expected = stats.hodges_lehmann(case["ds"], case["alpha"])
        ends = expected.interval
        assert one["value"] == pytest.approx(expected.value, **ROUNDING)
        assert (one["interval"] is None) == (ends is None)
        assert one["interval"] is None or one["interval"] == pytest.approx([ends.low, ends.high], **ROUNDING)
        assert one["rounds"] == expected.rounds
        assert one["reason"] == expected.reason


def test_the_level_after_several_looks_is_pythons(read):
    cases = [[list(planned), rounds] for planned in ((), (8,), (8, 12, 20, 32)) for rounds in range(1, 41)]
    found = read("usual").ask("(cases) => cases.map(([looks, rounds]) => Estimate.level(looks, rounds))", cases)
    assert found == [looks.level(planned, rounds) for planned, rounds in cases]


def test_ratios_are_formed_within_passes_and_rounds_that_both_arms_ran(read):
    random = Random(7)

    def minima():
        rounds = [str(index) for index in range(12) if random.random() < 0.8]
        return {
            index: {str(one): random.choice([1e6, 1.1e6, random.lognormvariate(14, 0.2)]) for one in range(5)
                    if random.random() < 0.7}
            for index in rounds
        }  # fmt: skip

    pairs = [(minima(), minima()) for _pair in range(60)]
    found = read("usual").ask(
        "(pairs) => pairs.map(([a, b]) => Estimate.logRatios({ minima: a }, { minima: b }))",
        [list(pair) for pair in pairs],
    )
    for (candidate, baseline), one in zip(pairs, found, strict=True):
        ratios = {
            index: stats.pass_log_ratio(candidate[index], baseline[index]) for index in candidate if index in baseline
        }
        assert one == pytest.approx({index: ratio for index, ratio in ratios.items() if ratio is not None}, **ROUNDING)


@pytest.mark.parametrize("margin", [0.0, 0.03, 0.1])
def test_verdicts_are_pythons_at_the_very_edges(read, margin):
    random = Random(5)
    edges = [0.0, 0.03, -0.03, 0.1, -0.1, 0.0295588, -0.0295588]
    cases = []
    for _case in range(200):
        low, high = sorted(random.choice([*edges, random.gauss(0, 0.06)]) for _end in range(2))
        cases.append([low, high, random.choice([None, 0.01, 0.05])])
    found = read("usual").ask(
        "([cases, margin]) => cases.map(([a, b, least]) => Estimate.verdict({ interval: [a, b] }, margin, least))",
        [cases, margin],
    )
    for (low, high, resolved), one in zip(cases, found, strict=True):
        log_ratio = stats.Estimate(value=0.0, interval=stats.Interval(low=low, high=high), rounds=8, reason=None)
        assert one == judge(log_ratio, margin, resolved or 0.0)


@pytest.mark.parametrize("name", ["usual", "together"])
def test_downloads_are_what_python_writes(visit, pages, name):
    page = visit(pages(name)).page
    files = {}
    for button in page.query_selector_all("button.download"):
        with page.expect_download() as started:
            button.click()
        files[started.value.suggested_filename] = started.value.path().read_text(encoding="utf-8")
    expected = json.loads(page.text_content("#data"))["files"]
    assert len(files) == len(expected) + 1
    assert expected.items() <= files.items()
    (everything,) = files.keys() - expected.keys()
    assert json.loads(files[everything]) == json.loads(page.text_content("#data"))


@pytest.mark.usefixtures("undrawn")
def test_the_files_of_a_page_are_those_of_the_report(tmp_path):
    run = RUNS["usual"]()
    analysis = Analysis(run)
    text = pages.report_page(analysis)
    embedded = json.loads(text.partition('id="data">')[2].partition("</script>")[0])["files"]
    written = {path.name: path for path in report.write(analysis, tmp_path) if path.suffix == ".csv"}
    assert set(written) <= set(embedded)
    for name, path in written.items():
        assert embedded[name] == path.read_text(encoding="utf-8")
    assert json.loads(embedded["summary.json"]) == json.loads(json.dumps(summary.of(analysis, None)))
    joint = json.loads(together_page(together()).partition('id="data">')[2].partition("</script>")[0])["files"]
    for path in report.write_together(together(), tmp_path):
        if path.suffix == ".csv":
            assert joint[path.name] == path.read_text(encoding="utf-8")
