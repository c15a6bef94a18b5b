"""Every chart: its marks, its words, what it says to a pointer and to the keyboard."""

import pytest

from tests.browser.made import PAGES

#: Of each chart that is drawn: its id, how many marks there are and ought to be, whiskers likewise, and its words.
CHARTS = """() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  return [...document.querySelectorAll('figure[data-chart]')].map((figure) => {
    const spec = data.charts[figure.dataset.chart];
    const all = (spec.views ? spec.views[0].series : spec.series) || [];
    const known = (series) => (series.points || []).filter((one) => one.x !== null && one.y !== null);
    const marked = all.filter((series) => series.markers !== false);
    const svg = figure.querySelector('.canvas svg');
    const count = (selector) => (svg ? svg.querySelectorAll(selector).length : -1);
    return {
      id: spec.id,
      marks: count('.mark'),
      expected: marked.reduce((sum, series) => sum + (series.xs ? 1 : known(series).length), 0),
      whiskers: count('.whisker'),
      intervals: all.filter((series) => series.whiskers).flatMap(known).filter((one) => (one.low ?? null) !== null)
        .length,
      role: svg && svg.getAttribute('role'),
      label: svg && svg.getAttribute('aria-label'),
      caption: spec.caption,
    };
  });
}"""

#: A place on the first mark of a chart, in pixels of the window; null where it has none.
FIRST_MARK = """(svg) => {
  const mark = svg.querySelector('.mark');
  if (!mark) return null;
  const box = mark.getBoundingClientRect();
  if (mark.tagName === 'rect') return [box.right - 1, box.y + box.height / 2];
  const place = mark.getPointAtLength(0).matrixTransform(mark.getScreenCTM());
  return [place.x, place.y];
}"""

#: All that is drawn from one run's data in the committed report, and what only other runs have.
PARTS = {
    "backprop": {"speedup", "why", "samples", "roofline", "accuracy", "memory"},
    "matmul": {"layouts", "samples"},
    "sweep": {"sizes"},
    "together": {"speedups"},
}


@pytest.mark.parametrize("name", PAGES)
def test_every_mark_and_interval_of_the_data_is_drawn(read, name):
    charts = read(name).ask(CHARTS)
    assert charts
    for chart in charts:
        assert (chart["id"], chart["marks"], chart["whiskers"]) == (chart["id"], chart["expected"], chart["intervals"])
        assert (chart["role"], chart["label"]) == ("img", chart["caption"])


@pytest.mark.parametrize("name", PARTS)
def test_the_parts_that_are_to_be_looked_at_have_a_chart(read, name):
    drawn = read(name).ask(
        "() => [...document.querySelectorAll('figure[data-chart] .canvas svg')].map((svg) => svg.closest('section').id)"
    )
    assert set(drawn) >= PARTS[name]


@pytest.mark.parametrize("name", ["backprop", "matmul", "sweep", "together"])
def test_every_chart_speaks_to_a_pointer(read, name):
    page = read(name).page
    for figure in page.query_selector_all("figure[data-chart]"):
        svg, tip = figure.query_selector(".canvas svg"), figure.query_selector(".tooltip")
        svg.scroll_into_view_if_needed()
        place = svg.evaluate(FIRST_MARK)
        if place is None:
            continue
        page.mouse.move(*place)
        told = tip.text_content()
        assert told.strip(), figure.get_attribute("data-chart")
        assert tip.get_attribute("role") == "status"
        page.mouse.move(1, 1)
        assert tip.text_content() == ""


@pytest.mark.parametrize("name", ["backprop", "matmul", "sweep", "together"])
def test_every_chart_speaks_to_the_keyboard(read, name):
    page = read(name).page
    for figure in page.query_selector_all("figure[data-chart]"):
        svg, tip = figure.query_selector(".canvas svg"), figure.query_selector(".tooltip")
        if svg.query_selector(".mark") is None:
            continue
        svg.focus()
        told = []
        for key in ("ArrowRight", "End", "Home", "Escape"):
            page.keyboard.press(key)
            told.append(tip.text_content())
        assert told[0] == told[2] != "", figure.get_attribute("data-chart")
        assert told[1]
        assert told[3] == ""
        assert svg.evaluate("(svg) => document.activeElement === svg")


def test_a_tooltip_of_the_forest_has_the_numbers_of_the_table(read):
    opened = read("usual")
    row = opened.page.query_selector("table.cases tbody tr")
    name = row.query_selector("[data-column=implementation]").inner_text()
    speedup = row.query_selector("[data-column=speedup_over_baseline]").inner_text()
    opened.page.focus("figure[data-chart=speedup-0] .canvas svg")
    opened.page.keyboard.press("Home")
    told = opened.page.inner_text("figure[data-chart=speedup-0] .tooltip")
    assert name in told
    assert speedup in told


def test_another_view_of_the_samples_is_a_choice_away(visit, pages):
    page = visit(pages("usual"), unfolded=True).page
    label = "#samples figure[data-chart] .canvas svg"
    before = page.eval_on_selector(label, "(svg) => svg.outerHTML")
    page.check("#samples fieldset.views input[value='by time']", force=True)
    assert page.eval_on_selector(label, "(svg) => svg.outerHTML") != before


def test_a_legend_hides_a_series_and_brings_it_back(visit, pages):
    page = visit(pages("together")).page
    button, marks = "figure[data-chart] .legend button", "() => document.querySelectorAll('.canvas .mark').length"
    whole = page.evaluate(marks)
    page.click(button)
    assert page.evaluate(marks) < whole
    assert page.get_attribute(button, "aria-pressed") == "false"
    page.click(button)
    assert page.evaluate(marks) == whole
