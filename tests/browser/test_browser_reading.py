"""What was unreadable once: clipped, run into each other, out of the window, or told at the wrong place."""

import pytest
from msgspec.structs import replace

from bench import html
from bench.analyse.analysis import Analysis
from bench.store.worker_records import Outcome
from tests.browser.made import ARMS
from tests.builders import SWEPT, Spec, make_run, make_sizes
from tests.html.test_hot_lines import run as hot

PHONE, TABLET = 400, 1000


@pytest.fixture
def opened(visit, tmp_path):
    """Return what opens the page of a run."""

    def of(run, **options):
        path = tmp_path / "page.html"
        path.write_text(html.report_page(Analysis(run)), encoding="utf-8")
        return visit(path, **options)

    return of


def wrong_at(run, size, name):
    """Return a run in which an implementation is wrong at a size."""
    rounds = tuple(
        replace(one, workers=tuple(_wrong(worker) if name in worker.arm else worker for worker in one.workers))
        if size in one.group
        else one
        for one in run.rounds
    )
    return replace(run, rounds=rounds)


def _wrong(worker):
    return replace(worker, outcome=Outcome.WRONG, reason="result[3] is off by 2 tolerances", bursts=())


@pytest.mark.parametrize("width", [PHONE, TABLET])
def test_the_command_that_repeats_a_run_is_seen_whole(opened, width):
    run = make_run(ARMS)
    command = ("implbench", "run", "backprop", *(f"--set=m={number}" for number in range(30)))
    found = opened(replace(run, settings=replace(run.settings, command=command)), width=width)
    beyond = found.ask("() => [document.querySelector('#repeat pre')].map((one) => one.scrollWidth - one.clientWidth)")
    assert beyond == [0]


@pytest.mark.parametrize("width", [PHONE, TABLET])
def test_how_much_a_hot_line_takes_stands_before_it_within_its_box(opened, width):
    found = opened(hot(), width=width)
    found.ask("() => { document.querySelector('details.source').open = true }")
    found.page.wait_for_selector("mark.much", state="attached")
    shares, left, text = found.ask(
        """() => { const mark = document.querySelector('mark.much'); const style = getComputedStyle(mark, '::before');
          return [style.content, mark.getBoundingClientRect().left - mark.closest('pre').getBoundingClientRect().left,
            mark.textContent] }"""
    )
    assert shares == '"61 %"'
    assert 0 <= left < 40
    assert text == "        total += one  # <b>"


def test_a_reason_in_the_answer_is_smaller_than_the_answer(opened):
    reason = "result[12926] is off by 2.04 times the tolerance (relative 1.7e-13): 0.0201885703, expected 0.0201885704"
    run = make_run([Spec(name="slow", ms=9.0, baseline=True), Spec(name="off", outcome=Outcome.WRONG, reason=reason)])
    sizes = opened(run).ask(
        """() => ['.verdict', '.verdict small']
          .map((one) => parseFloat(getComputedStyle(document.querySelector(one)).fontSize))"""
    )
    assert sizes[1] < 0.7 * sizes[0]


def test_a_reason_in_the_table_is_no_tower_in_a_narrow_column(opened):
    reason = "result[12926] is off by 2.04 times the tolerance (relative 1.7e-13): 0.0201885703, expected 0.0201885704"
    run = make_run([Spec(name="slow", ms=9.0, baseline=True), Spec(name="off", outcome=Outcome.WRONG, reason=reason)])
    cell, table = opened(run, width=1000).ask(
        """() => ['td.reason', 'table.cases'].map((one) => document.querySelector(one).getBoundingClientRect().width)"""
    )
    assert cell > 0.25 * table


def test_a_sweep_opens_at_the_largest_size_at_which_anything_was_compared(opened):
    run = make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100))
    others = {arm.case.implementation for arm in run.arms if not arm.baseline}
    for name in others:
        run = wrong_at(run, "m=100", name)
    page = opened(run).page
    assert "m=20" in page.eval_on_selector("select#group", "(one) => one.selectedOptions[0].textContent")


def test_no_name_of_a_line_lies_over_the_ticks(opened):
    run = make_run(SWEPT, sizes=make_sizes(1, 5, 20, 100))
    for size in ("m=5", "m=20", "m=100"):
        run = wrong_at(run, size, "rows")
    lefts = opened(run, width=1600).ask(
        """() => [...document.querySelectorAll('[data-chart^=times] .canvas svg')].flatMap((svg) => {
          const axis = svg.querySelector('.axis').getBoundingClientRect().left;
          return [...svg.querySelectorAll('text.value')].map((one) => one.getBoundingClientRect().left - axis) })"""
    )
    assert lefts
    assert min(lefts) >= 0


def test_on_paper_nothing_is_a_heading_alone_and_nothing_is_told_twice(visit, pages):
    opened = visit(pages("usual"), width=794)
    opened.page.emulate_media(media="print")
    opened.ask("() => { dispatchEvent(new Event('beforeprint')) }")
    opened.page.wait_for_selector("#environment table")
    assert opened.page.is_hidden("#sources")
    assert opened.page.is_hidden("#data-files")
    assert opened.page.is_hidden("#threats .told")
    assert opened.page.is_visible("#threats details p")
