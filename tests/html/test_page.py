"""The page of a run: what a reader finds without JavaScript, and what the scripts hook on to."""

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench import html
from bench.analyse.analysis import Analysis
from bench.report.charts.samples import MOST_POINTS
from tests.builders import SWEPT, USUAL, Spec, make_run, make_sizes
from tests.explained import make_explained
from tests.html.reading import Reader
from tests.limited import limited

SOURCES = {"row_major": {"row_major.py": "def prepare():\n    pass\n"}, "jit": {"jit.py": "import numba\n"}}
RUNS = {
    "usual": make_run(sources=SOURCES, warnings=("OPENBLAS_CORETYPE=Haswell forces this BLAS kernel",)),
    "explained": limited(make_explained()),
    "sweep": make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100)),
    "axes": make_run(USUAL[:2], dtypes=("float64", "float32"), threads=(1, 2), rounds=6),
    "nothing": make_run(USUAL[3:]),
    "interrupted": make_run(rounds=1, interrupted=True),
}


def read(run, history=None):
    return Reader(html.report_page(Analysis(run), history))


@pytest.fixture(scope="module", params=RUNS)
def document(request):
    return read(RUNS[request.param])


@pytest.fixture(scope="module")
def usual():
    return read(RUNS["usual"])


def test_every_link_leads_to_a_part_of_the_page(document):
    ids = [one.attributes["id"] for one in document.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    links = [one.attributes["href"] for one in document.all("a")]
    assert links[0] == "#main"
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_headings_descend_without_a_gap_below_a_single_first_one(document):
    levels = [int(one.tag[1]) for one in document.elements if re.fullmatch(r"h[1-6]", one.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_navigation_is_in_the_order_of_the_sections(document):
    entries = [one.attributes["href"][1:] for one in document.all("a") if "nav" in one.path]
    assert entries == [one.attributes["id"] for one in document.all("section")]


def test_every_chart_of_the_data_has_its_place_and_a_sentence(document):
    figures = {one.attributes["data-chart"]: one.text.strip() for one in document.all("figure")}
    assert figures.keys() == document.data["charts"].keys()
    for name, chart in document.data["charts"].items():
        assert chart["caption"]
        assert "`" not in chart["caption"]
        assert " ".join(chart["caption"].split()) in " ".join(figures[name].split())


def test_every_table_has_a_caption_and_headers_with_a_scope(document):
    for table in document.all("table"):
        assert table.text.strip()
    assert len(document.all("caption")) == len(document.all("table"))
    assert all(one.attributes["scope"] in ("col", "row") for one in document.all("th"))


def test_every_download_is_in_the_data(document):
    names = [one.attributes["data-file"] for one in document.all("button", class_="download")]
    assert names[-1] == ""
    assert set(names[:-1]) == document.data["files"].keys()
    assert {"cases.csv", "summary.json"} <= set(names) or len(document.data["groups"]) != 1


def test_the_policy_names_the_inlined_text(document):
    told = document.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    script = next(one.text for one in document.all("script") if "id" not in one.attributes)
    for kind, text in (("script", script), ("style", document.one("style").text)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in told
    assert told.startswith("default-src 'none'; ")


def test_nothing_is_fetched_and_nothing_runs_but_the_script(document):
    for one in document.elements:
        assert not any(name.startswith("on") or name in ("src", "style", "action") for name in one.attributes)
    assert not document.all("link")
    assert len(document.all("script")) == 2


def test_the_answer_is_the_first_sentence(usual):
    assert usual.all("p", class_="verdict")[0].text.startswith("row_major computes backprop 23.99 times [")


def test_the_parts_are_in_reading_order():
    told = [one.attributes["id"] for one in read(RUNS["explained"]).all("section")]
    assert told == [
        *("answer", "advice", "speedup", "why", "roofline", "memory", "start", "accuracy", "samples", "sources"),
        *("threats", "environment", "repeat", "data-files"),
    ]


def test_rows_and_cells_say_which_arm_and_column_they_are(usual):
    rows = {one.attributes["data-arm"]: one.text for one in usual.all("tr") if "data-arm" in one.attributes}
    arms = {arm["name"]: arm for arm in usual.data["groups"][0]["arms"] if not arm["again"]}
    assert arms.keys() < rows.keys()  # the row of what was not started has no arm
    speedups = [one.text for one in usual.all("td", data_column="speedup_over_baseline")]
    assert speedups[0].startswith("23.99x [")
    assert usual.all("table", class_="cases sortable")[0].attributes["data-group"] == "0"


def test_what_has_a_time_can_be_chosen_as_the_baseline(usual):
    assert usual.one("select", id="baseline-0").attributes["class"] == "baseline"
    options = [one for one in usual.all("option") if one.text in ("row_major", "inplace", "loop_hoisted")]
    assert [one.text for one in options] == ["row_major", "inplace", "loop_hoisted"]
    (chosen,) = [one for one in options if "selected" in one.attributes]
    assert chosen.attributes["value"] == usual.data["groups"][0]["baseline"]


def test_each_source_stands_in_the_row_of_its_implementation_once():
    run = make_run(sources=SOURCES, dtypes=("float64", "float32"))
    page = read(run)
    details = page.all("details", class_="source")
    assert [one.attributes["data-implementation"] for one in details] == ["row_major", "jit"]
    assert all("td" in one.path for one in details)
    assert "def prepare():\n    pass\n" in details[0].text
    links = [one.attributes["href"] for one in page.all("a") if one.text == "source"]
    assert links == ["#source-0", "#source-1"]
    assert page.data["sources"] == SOURCES


def test_a_run_without_sources_says_so():
    page = read(make_run())
    assert not page.all("details", class_="source")
    assert not page.all("div", id="difference")
    assert "does not hold the sources" in page.one("section", id="sources").text


def test_two_sources_can_be_compared(usual):
    box = usual.one("div", id="difference")
    assert "hidden" in box.attributes
    assert {one.attributes.get("class") for one in usual.all("select")} == {None, "baseline", "left", "right"}


def test_warnings_failures_and_the_noise_floor_stand_among_the_threats(usual):
    text = usual.one("section", id="threats").text
    assert "OPENBLAS_CORETYPE=Haswell" in text
    assert "Noise floor: the baseline measured twice" in text
    assert "No time for jit: unavailable, needs numba." in text


def test_the_command_that_repeats_it_is_there(usual):
    assert usual.one("section", id="repeat").text.split()[:6] == ["To", "repeat", "it", "implbench", "run", "backprop"]


def test_wrong_answers_are_marked_in_their_row_and_struck_in_the_chart(usual):
    (wrong,) = usual.all("tr", class_="wrong")
    assert "dropped" in wrong.text
    struck = [one["name"] for one in usual.data["charts"]["speedup-0"]["series"] if one.get("struck")]
    assert struck == ["dropped"]


def test_a_run_over_sizes_has_no_chart_of_a_single_size():
    page = read(RUNS["sweep"])
    assert page.data["charts"].keys() == {"times-0", "behind-0", "fastest"}
    told = [one.attributes["id"] for one in page.all("section")]
    assert told[:4] == ["answer", "advice", "sizes", "speedup"]
    assert len(page.all("table", class_="cases sortable")) == 4
    assert len(page.all("select", class_="baseline")) == 4


def test_the_page_lies_beside_the_report(tmp_path):
    run = make_run(USUAL[:2], rounds=6)
    path = html.write(Analysis(run), tmp_path)
    assert path == tmp_path / run.id / "report.html"
    assert path.read_text(encoding="utf-8") == html.report_page(Analysis(run))


def test_a_run_cannot_choose_a_folder_outside(tmp_path):
    run = replace(make_run(USUAL[3:]), id="../../etc/x")
    assert html.write(Analysis(run), tmp_path / "reports").parent.parent == tmp_path / "reports"


def test_the_same_run_gives_the_same_page():
    assert html.report_page(Analysis(make_run())) == html.report_page(Analysis(make_run()))


def test_a_run_of_twenty_implementations_has_a_page_below_a_megabyte():
    arms = [Spec(name="base", ms=30.0, baseline=True)]
    arms += [Spec(name=f"candidate_{i}", ms=1.0 + i, title="One of many, as they come.") for i in range(19)]
    sources = {arm.name: {f"{arm.name}.py": "    a = b * (c - 1.0) if d < e else f  # <->\n" * 150} for arm in arms}
    run = make_run(arms, rounds=20, passes=8, sources=sources)
    page = html.report_page(Analysis(run))
    assert len(page.encode()) < 1_000_000


def test_a_million_samples_are_told_and_not_all_shown():
    run = make_run(USUAL[:3], rounds=10, passes=10)
    burst = tuple(10**6 + 100 * (i % 997) for i in range(2500))

    def long(worker):
        return replace(worker, bursts=tuple(replace(one, sample_ns=burst) for one in worker.bursts))

    rounds = [replace(one, workers=tuple(long(worker) for worker in one.workers)) for one in run.rounds]
    page = read(replace(run, rounds=tuple(rounds)))
    charts = [chart for name, chart in page.data["charts"].items() if name.startswith("samples-")]
    points = sum(len(one.get("xs", ())) for chart in charts for view in chart["views"] for one in view["series"])
    assert 0.7 * MOST_POINTS < points <= MOST_POINTS
    assert [re.sub(r"\d+", "N", chart["note"]) for chart in charts] == [
        "N of N samples are shown: one in N, and N of the N that lie far out."
    ] * 3
    assert sum(int(re.search(r"of (\d+) samples", chart["note"])[1]) for chart in charts) == 1_000_000
    assert "in 3 of these charts samples are left out" in page.one("section", id="samples").text


def test_templates_and_assets_are_where_the_wheel_takes_them_from():
    folder = Path(html.__file__).parent
    assert (folder / "templates" / "report.html.j2").is_file()
    assert (folder / "assets" / "page.js").is_file()
