"""From text and data to one file: nothing in either can become more than text."""

import base64
import hashlib
import json
import re

import pytest

from bench.html import rendering
from bench.html.rendering import embedded, name, policy, prose, sentence, visible
from tests.html.reading import Reader

TEXTS = [
    "<script>",
    "</script><script>alert(1)</script>",
    "<!--",
    "a & b",
    "\u2028\u2029",
    '"quoted"',
    "\x1b[31m",
    "é∂",
]


@pytest.mark.parametrize("text", TEXTS)
def test_embedded_data_comes_back_and_cannot_end_its_element(text):
    made = embedded({"key": [text, 1.5, None]})
    assert not set(made) & set("<>&\u2028\u2029")
    assert json.loads(made) == {"key": [text, 1.5, None]}


def test_numbers_that_json_does_not_know_are_no_data():
    with pytest.raises(ValueError, match="not JSON compliant"):
        embedded([float("nan")])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`a_name` is fast", "<code>a_name</code> is fast"),
        ("`<b>` & <b>", "<code>&lt;b&gt;</code> &amp; &lt;b&gt;"),
        ("one ` alone", "one ` alone"),
        ("two  lines\n and \x1b[31mcolour", "two lines and colour"),
    ],
)
def test_code_between_backticks_becomes_code_and_all_else_is_text(text, shown):
    assert prose(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`a` is fast (m=1, <b>).", '<code>a</code> is fast <small class="condition">(m=1, &lt;b&gt;).</small>'),
        ("No case (a) is ok: b (c); d", "No case (a) is ok: b (c); d"),
        ("said (a (b) c).", 'said <small class="condition">(a (b) c).</small>'),
        (
            "at 1 (as fast: `b`); at 2 (m=1).",
            'at 1 <small class="aside">(as fast: <code>b</code>);</small> at 2 <small class="condition">(m=1).</small>',
        ),
        ("no brackets.", "no brackets."),
    ],
)
def test_the_condition_at_the_end_of_the_answer_is_small(text, shown):
    assert sentence(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("def f():\n\treturn 1\n", "def f():\n\treturn 1\n"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("admin\u202e# true", "admin<U+202E># true"),
        ("a\u2028b\x00", "a<U+2028>b<U+0000>"),
        ("é 漢字 ∂", "é 漢字 ∂"),
    ],
)
def test_a_source_keeps_its_lines_and_hides_nothing(text, shown):
    assert visible(text) == shown


def test_the_policy_names_the_sum_of_each_text_and_allows_nothing_else():
    def sum_of(text):
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert policy("a {}", "1;") == (
        f"default-src 'none'; script-src 'sha256-{sum_of('1;')}'; style-src 'sha256-{sum_of('a {}')}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_our_own_files_cannot_end_the_elements_that_hold_them():
    assert not re.search(r"</(script)|<!--", rendering.together("js"), re.IGNORECASE)
    assert "</" not in rendering.together("css")


def test_our_own_files_ask_nothing_of_a_network():
    # The namespace of SVG is a name; nothing is fetched from it.
    script = rendering.together("js").replace("http://www.w3.org/2000/svg", "")
    for text in (script, rendering.together("css")):
        assert not re.search(r"https?:|//[a-z]+\.|@import|url\(|fetch\(|XMLHttpRequest|WebSocket|sendBeacon", text)
        assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|document\.write|insertAdjacentHTML", text)


def test_the_script_that_runs_the_page_comes_last():
    page = (rendering._FOLDER / "assets" / "page.js").read_text(encoding="utf-8")
    assert rendering.together("js").endswith(page)


def test_the_style_and_the_script_stand_in_a_page_as_they_were_summed():
    page = Reader(rendering.render("page.html.j2", "A <title>", {}, entries=[]))
    assert page.one("style").text == rendering.together("css")
    assert [one.text for one in page.all("script") if "id" not in one.attributes] == [rendering.together("js")]
    assert page.one("title").text == "A <title>"
    assert page.one("html").attributes == {"lang": "en"}


def test_a_number_is_not_parted_from_its_unit():
    assert prose("95 % of 1.5 ms, 3 MB/s, 2 signs") == "95\xa0% of 1.5\xa0ms, 3\xa0MB/s, 2 signs"


def test_a_long_name_breaks_behind_an_underscore():
    assert name("loop_<b>") == "loop_<wbr>&lt;b&gt;"
