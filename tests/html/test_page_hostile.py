"""Names, titles, reasons and sources that try to be more than text."""

import pytest
from msgspec.structs import replace

from bench import html
from bench.analyse.analysis import Analysis
from bench.store.records import Left
from bench.store.worker_records import Outcome
from tests.builders import Spec, make_run
from tests.html.reading import Reader

NASTY = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</code></pre></details><img src=x onerror=alert(3)>",
    '" onmouseover="alert(4)" x=\'',
    "javascript:alert(5)",
    "\x1b[31mred\x1b[0m \x07bell",
    "a\u2028b\u2029c",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- <script> ]]>",
    "\u202efdp.exe",
]

#: What a page of ours is made of; nothing hostile may add to it.
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "p", "code", "button", "nav"),
    *("ul", "li", "main", "section", "div", "label", "select", "option", "figure", "figcaption", "table", "caption"),
    *("thead", "tbody", "tr", "th", "td", "details", "summary", "pre", "footer", "script", "noscript", "span", "input"),
    *("small", "wbr"),
}


@pytest.fixture(scope="module")
def document():
    arms = [
        Spec(name=f"{text}{i}", title=text, ms=1.0 + i, baseline=i == 0, layout=text) for i, text in enumerate(NASTY)
    ]
    arms += [Spec(name=f"bad {text}", outcome=Outcome.WRONG, reason=text, title=text) for text in NASTY[:3]]
    run = make_run(
        arms,
        rounds=6,
        passes=2,
        warnings=tuple(NASTY),
        environment={"cpu": {"model": NASTY[0], NASTY[1]: NASTY[2]}, NASTY[3]: NASTY},
        sources={f"{text}{i}": {text: text, "plain.py": text} for i, text in enumerate(NASTY)},
    )
    left = Left(case=run.arms[0].case, title=NASTY[0], outcome=Outcome.UNAVAILABLE, reason=NASTY[2])
    run = replace(
        run,
        id="<b>id</b>",
        left=(left,),
        problem=replace(run.problem, name=NASTY[1], title=NASTY[0], outputs=(NASTY[0],)),
        settings=replace(run.settings, command=("implbench", "run", *NASTY)),
    )
    return Reader(html.report_page(Analysis(run)))


def test_no_text_becomes_an_element(document):
    assert {one.tag for one in document.elements} <= KNOWN
    assert len(document.all("script")) == 2
    assert not [one for one in document.all("code") if one.path.count("code")]


def test_no_text_becomes_an_attribute_that_acts(document):
    for one in document.elements:
        assert not any(name.startswith("on") or name in ("src", "style", "x") for name in one.attributes), one
        assert one.attributes.get("href", "#").startswith("#")


def test_no_text_ends_the_data_and_all_of_it_comes_back(document):
    found = document.data
    labels = [arm["label"] for arm in found["groups"][0]["arms"]]
    assert any(label.startswith("</script><script>alert(2)</script>") for label in labels)
    assert found["title"] == NASTY[0]


def test_no_escape_sequence_and_nothing_invisible_is_left(document):
    shown = "".join(one.text for one in document.all("body"))
    script = next(one.text for one in document.all("script") if "id" not in one.attributes)
    assert not set(shown.replace(script, "")) & set("\x1b\x07\u2028\u2029\u202e")


def test_sources_are_shown_in_full_with_what_nobody_would_see(document):
    texts = [one.text for one in document.all("pre")]
    assert "<script>alert(1)</script>" in texts
    assert "<U+001B>[31mred<U+001B>[0m <U+0007>bell" in texts
    assert "a<U+2028>b<U+2029>c" in texts
    assert "<U+202E>fdp.exe" in texts
    assert "{{ 7 * 7 }}{% raw %}" in texts


def test_names_are_shown_as_they_are(document):
    rows = [one.text for one in document.all("th", scope="row")]
    assert any(text.startswith("<script>alert(1)</script>0") for text in rows)
    assert any(text.startswith("{{ 7 * 7 }}{% raw %}7") for text in rows)
