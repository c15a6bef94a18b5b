"""How much a reader meets at once: the flagship's page within its budget of height and words, on a desk and a phone."""

import pytest

#: Of the flagship at 1600 pixels; what is more has to be opened.
MOST_PIXELS, MOST_WORDS = 6_000, 1_200

DESK, PHONE = 1600, 400

#: A name of a dozen letters takes so many times the height of its letters.
SHORT_NAME_EMS = 7

#: Words that are read; of a list to choose from, what is chosen is seen alone.
WORDS = r"""() => {
  const words = (text) => text.split(/\s+/).filter((one) => /[\p{L}\p{N}]/u.test(one)).length
  const hidden = [...document.querySelectorAll("option:not(:checked)")].filter((one) => one.parentElement.offsetHeight)
  return words(document.body.innerText) - hidden.reduce((sum, one) => sum + words(one.innerText), 0)
}"""


def test_the_flagship_fits_its_budget_of_height_and_words(visit, pages):
    opened = visit(pages("backprop"), width=DESK)
    assert opened.ask("() => document.documentElement.scrollHeight") <= MOST_PIXELS
    assert opened.ask(WORDS) <= MOST_WORDS


def test_what_is_left_out_can_be_opened(visit, pages):
    opened = visit(pages("backprop"))
    before = opened.ask(WORDS)
    opened.unfold()
    assert opened.ask(WORDS) > 2 * before


@pytest.mark.parametrize("name", ["backprop", "matmul"])
def test_on_a_telephone_name_time_and_speed_up_are_seen_without_scrolling(visit, pages, name):
    opened = visit(pages(name), width=PHONE)
    right = opened.ask(
        """() => ['implementation', 'min_seconds_per_call', 'speedup_over_baseline'].map((column) =>
          document.querySelector(`table.cases tbody [data-column="${column}"]`).getBoundingClientRect().right)"""
    )
    assert all(0 < one <= PHONE for one in right)


@pytest.mark.parametrize("name", ["backprop", "usual", "explained"])
def test_on_a_telephone_no_short_name_is_broken(visit, pages, name):
    opened = visit(pages(name), width=PHONE)
    narrowest = opened.ask(
        """() => Math.min(...[...document.querySelectorAll('.group:not([hidden]) table.cases tbody th')].map((cell) =>
          cell.getBoundingClientRect().width / parseFloat(getComputedStyle(cell).fontSize)))"""
    )
    assert narrowest >= SHORT_NAME_EMS


def test_the_table_is_sorted_by_a_click_and_filtered_by_words(visit, pages):
    page = visit(pages("backprop")).page
    names = "table.cases tbody tr:not([hidden]) th"
    page.click("table.cases th[data-column=implementation] button")
    found = page.eval_on_selector_all(names, "(cells) => cells.map((cell) => cell.textContent.trim())")
    assert found == sorted(found)
    page.click("table.cases th[data-column=min_seconds_per_call] button")
    times = page.eval_on_selector_all(
        "table.cases td[data-column=min_seconds_per_call][data-value]", "(cells) => cells.map((c) => +c.dataset.value)"
    )
    assert times == sorted(times)
    page.fill("input.filter", "octave")
    found = page.eval_on_selector_all(names, "(cells) => cells.map((cell) => cell.textContent.trim())")
    assert found
    assert all("octave" in one for one in found)


def test_further_columns_are_seen_by_who_asks_for_them(visit, pages):
    page = visit(pages("usual")).page
    column = "#speedup .group:not([hidden]) th[data-column=max_ulp]"
    assert page.is_hidden(column)
    page.check("#speedup .group:not([hidden]) .all-columns")
    assert page.is_visible(column)


def test_one_condition_at_a_time_and_the_address_keeps_what_was_chosen(visit, pages):
    page = visit(pages("usual")).page
    shown = (
        "() => [...document.querySelectorAll('.group')].filter((one) => !one.hidden).map((one) => one.dataset.group)"
    )
    assert page.evaluate(shown) == ["1"]
    page.select_option("#group", "0")
    assert page.evaluate(shown) == ["0"]
    base = page.eval_on_selector("#baseline-0", "(one) => [...one.options].find((each) => !each.selected).value")
    page.select_option("#baseline-0", base)
    page.reload()
    assert page.evaluate(shown) == ["0"]
    assert page.input_value("#baseline-0") == base
    assert page.is_visible(".recomputed[data-group='0']")


def test_the_box_copies_a_source_and_shows_the_difference_to_the_baseline(visit, pages):
    opened = visit(pages("usual"), permissions=["clipboard-read", "clipboard-write"])
    page = opened.page
    page.click("#advice .copy-source >> nth=0")
    opened.until("async () => (await navigator.clipboard.readText()).includes('def prepare(inputs):')")
    page.click("#advice .to-difference >> nth=0")
    page.wait_for_selector("#difference .lines")
    assert page.input_value("#difference select.left") == "loop"
    page.click("#answer .copy")
    opened.until("async () => (await navigator.clipboard.readText()).startsWith('# backprop: ')")


def test_a_link_opens_what_it_leads_to(visit, pages):
    page = visit(pages("usual")).page
    assert page.is_hidden("#environment table")
    page.click("nav a[href='#environment']")
    page.wait_for_selector("#environment table")
