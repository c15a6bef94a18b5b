"""What holds for every page: nothing goes wrong, nothing is fetched, all can be reached, and it can be printed."""

import os
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.report.charts.samples import MOST_POINTS
from tests.browser.made import HOSTILE, PAGES, large

#: Widths in pixels: a window of a telephone, and a page of A4 at 96 to the inch.
NARROW, A4 = 400, 794

#: What stands out to the right of the window, but for what scrolls within a box of its own.
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter((one) => !one.closest('.skip, nav') && one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => !one.parentElement.closest('.table, .lines, pre, select'))
  .filter((one) => getComputedStyle(one).position !== 'absolute')
  .map((one) => one.cloneNode(false).outerHTML)"""

#: What has the focus: a name for it, and whether that is to be seen.
FOCUSED = """() => {
  const one = document.activeElement;
  const look = getComputedStyle(one);
  const within = ['nav', '#theme'].find((place) => one.closest(place));
  const own = one.closest('.canvas') ? 'chart' : one.id || one.className || one.tagName;
  const kind = within ? within.replace('#', '') : own;
  return { kind, seen: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0 };
}"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_trouble_and_without_a_request(read, pages, name):
    opened = read(name)
    assert opened.troubles == []
    assert opened.requests == [pages(name).as_uri()]
    assert opened.ask(TOO_WIDE) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_telephone_without_scrolling_sideways(visit, pages, name):
    opened = visit(pages(name), width=NARROW)
    assert opened.troubles == []
    assert opened.ask(TOO_WIDE) == []
    assert opened.ask("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_page_may_not_reach_the_network_even_if_it_tried(visit, pages):
    opened = visit(pages("usual"))
    failed = opened.ask(
        "async () => { try { await fetch('https://example.org/'); return 'fetched'; } catch { return 'refused'; } }"
    )
    assert failed == "refused"
    opened.ask("() => { const made = document.createElement('script'); made.textContent = 'window.injected = 1';"
               " document.body.append(made); }")  # fmt: skip
    assert opened.ask("() => window.injected") is None
    assert any("Content Security Policy" in told for told in opened.troubles)


def test_the_keyboard_reaches_everything_in_reading_order_and_shows_where_it_is(visit, pages):
    page = visit(pages("usual")).page
    stops = []
    for _press in range(40):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    kinds = list(dict.fromkeys(stop["kind"] for stop in stops))
    assert kinds[:3] == ["skip", "theme", "nav"]
    assert {"copy", "chart"} < set(kinds)
    assert [stop["kind"] for stop in stops if not stop["seen"]] == []
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED)["kind"] == stops[-2]["kind"]


def test_the_skip_link_leads_to_the_content(visit, pages):
    opened = visit(pages("usual"))
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    opened.until("() => document.activeElement.id === 'main'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_unless_one_is_chosen(visit, pages, scheme):
    opened = visit(pages("usual"), color_scheme=scheme)
    page = opened.page
    ground = "() => getComputedStyle(document.body).backgroundColor"
    first = opened.ask(ground)
    assert page.input_value("#theme select") == ""
    page.select_option("#theme select", "light" if scheme == "dark" else "dark")
    assert opened.ask(ground) != first
    page.select_option("#theme select", scheme)
    assert opened.ask(ground) == first
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    assert opened.ask(ground) == first
    page.select_option("#theme select", "")
    assert opened.ask(ground) != first


def test_headings_are_in_order_and_every_entry_of_the_navigation_leads_to_one(read):
    opened = read("usual")
    levels = opened.ask("() => [...document.querySelectorAll('h1, h2, h3, h4')].map((one) => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    lost = opened.ask(
        """() => [...document.querySelectorAll('nav a')]
          .filter((one) => !document.querySelector(`${one.hash} h2`)).length"""
    )
    assert lost == 0


def test_what_a_pointer_or_a_finger_is_to_hit_has_a_name(read):
    nameless = read("usual").ask(
        """() => [...document.querySelectorAll('button, select, input, a, svg[tabindex], [role=region]')]
          .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_two_sources_stand_side_by_side(visit, pages):
    page = visit(pages("usual"), unfolded=True).page
    page.select_option("#difference select.left", "loop")
    page.select_option("#difference select.right", "rows")
    (changed,) = page.eval_on_selector_all(
        "#difference .lines tr",
        "(rows) => rows.filter((row) => row.querySelector('.removed, .added')).map((row) => row.textContent)",
    )
    assert "Sample by sample." in changed
    assert "Samples as rows." in changed


def test_without_javascript_sentences_tables_and_sources_are_there(visit, pages):
    page = visit(pages("usual"), java_script_enabled=False).page
    text = page.inner_text("body")
    assert "computes backprop" in text
    assert len(page.query_selector_all("table.cases tbody tr")) == 14
    assert page.is_hidden("#theme")
    assert page.is_hidden("#difference")


def test_hostile_names_are_text_and_nothing_else(visit, pages):
    opened = visit(pages("hostile"), unfolded=True)
    page = opened.page
    assert opened.troubles == []
    for figure in page.query_selector_all("figure[data-chart] .canvas svg"):
        figure.focus()
        page.keyboard.press("End")
    for select in page.query_selector_all("select"):
        for option in select.query_selector_all("option"):
            select.select_option(option.get_attribute("value"))
    assert opened.ask("() => window.injected") is None
    assert (
        opened.ask(
            "() => document.querySelectorAll('img, iframe, object, embed, link, base, [onerror], [onload]').length"
        )
        == 0
    )
    assert opened.ask("() => document.scripts.length") == 2
    shown = " ".join(page.text_content("main").split())
    for name in HOSTILE:
        assert name in shown, name
    assert opened.requests == [pages("hostile").as_uri()]


def test_a_million_samples_are_a_page_that_says_what_it_leaves_out(read, pages):
    run = large()
    samples = sum(len(burst.sample_ns) for one in run.rounds for worker in one.workers for burst in worker.bursts)
    assert samples == 1_000_000
    opened = read("large")
    shown = opened.ask(
        """() => Object.values(JSON.parse(document.getElementById('data').textContent).charts).flatMap((chart) =>
          [...(chart.series || []), ...(chart.views || []).flatMap((view) => view.series)])
          .reduce((sum, series) => sum + (series.xs || series.points || []).length, 0)"""
    )
    assert shown <= 1.1 * MOST_POINTS
    notes = opened.ask("() => [...document.querySelectorAll('.plot .note')].map((one) => one.textContent)")
    assert len(notes) == 10
    assert all("of 100000 samples are shown" in note for note in notes)
    assert opened.page.query_selector("select.baseline") is not None
    assert pages("large").stat().st_size < 2_000_000


def test_the_site_leads_from_the_list_to_a_run_and_back(visit, site):
    opened = visit(site / "index.html")
    page = opened.page
    rows = page.query_selector_all("table.runs tbody tr")
    assert len(rows) == 30
    page.click("table.runs tbody tr a")
    page.wait_for_selector("main >> text=Speed-up over the baseline >> visible=true")
    page.click("p.up a")
    page.click("table.histories a")
    page.wait_for_selector("figure[data-chart] .canvas .rule", state="attached")
    page.click("p.up a")
    page.wait_for_url((site / "index.html").as_uri())
    assert opened.troubles == []
    assert {urlsplit(url).scheme for url in opened.requests} == {"file"}
    assert all(Path(urlsplit(url).path).is_relative_to(site) for url in opened.requests)


@pytest.mark.parametrize("name", ["index.html", "history/backprop-0123456789ab.html"])
def test_the_site_fits_a_telephone(visit, site, name):
    opened = visit(site / name, width=NARROW)
    assert opened.troubles == []
    assert opened.ask("() => document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(
    ("look", "width"), [("light", NARROW), ("light", 1600), ("dark", NARROW), ("dark", 1600), ("print", A4)]
)
def test_pictures_of_a_page_are_not_empty(visit, pages, tmp_path, look, width):
    from PIL import Image

    folder = Path(os.environ.get("IMPLBENCH_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    page = visit(pages("usual"), width=width, color_scheme="dark" if look == "dark" else "light").page
    if look == "print":
        page.emulate_media(media="print")
        assert page.is_hidden("nav")
        assert page.is_visible("table.cases thead th[data-column=speedup_over_baseline] .sort >> visible=true")
    file = folder / f"usual-{look}-{width}.png"
    page.screenshot(path=file, full_page=True)
    with Image.open(file) as picture:
        assert picture.width == width
        assert picture.height > 1000
        colours = picture.convert("RGB").resize((100, 400)).getcolors(maxcolors=100_000)
    assert len(colours) > 50
    ground = max(colours)[1]
    assert (sum(ground) < 200) == (look == "dark")
