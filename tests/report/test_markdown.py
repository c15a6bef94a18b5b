"""Text in Markdown."""

import re

import pytest

from bench.report.markdown import escaped, titled_page
from bench.report.parts import Cell, Column, Figure, Section, Table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_name within", "a_name within"),
        ("_emphasis_ *too*", r"\_emphasis\_ \*too\*"),
        ("`code_here` and ` alone", "`code_here` and &#96; alone"),
        ("`a|b` | c", r"`a\|b` \| c"),
        ("[24.0, 24.5]", "[24.0, 24.5]"),
        ("calls 3 -> 1, `a -> b`", "calls 3 \N{RIGHTWARDS ARROW} 1, `a -> b`"),
        ("[x](y) [x][y] [x]: y", r"[x\](y) [x\][y] [x\]: y"),
        ("<b> & $x$ ~s~ \\", r"&lt;b> &amp; \$x\$ \~s\~ \\"),
    ],
)
def test_markdown_shows_text_as_it_is(text, shown):
    assert escaped(text) == shown


TABLE = Table(
    name="rows",
    title="Rows | all",
    columns=(
        Column(name="name", header="name", right=False),
        Column(name="ratio", header="ratio"),
        Column(name="more", header="more", further=True),
    ),
    rows=((Cell.of("a|b <i>"), Cell(value=2.0, text="2.00x [1.99, 2.01]"), Cell.of("asked for")),),
)
FIGURE = Figure(name="one", caption="What is seen", charts=())


def page(shown, **changes):
    parts = {"paragraphs": ("How it was made.",), "tables": (TABLE,), "figures": (FIGURE,), "told": "The gist."}
    answer = Section(title="Answer", paragraphs=("Yes.",))
    return titled_page("t", (answer, Section(title="Part", shown=shown, **parts | changes)))


@pytest.mark.parametrize(
    ("shown", "summary", "open_", "folded"),
    [
        ("results", "How to read this", ["The gist.", "![What", "| a"], ["How it"]),
        ("figures", "How to read this, and the numbers", ["The gist.", "![What"], ["How it", "| a"]),
        ("title", "1 figure and 1 table", ["The gist."], ["How it", "![What", "| a"]),
    ],
)
def test_what_is_not_the_result_is_folded(shown, summary, open_, folded):
    before, _, rest = page(shown).partition(f"\n\n<details>\n<summary>{summary}</summary>\n\n")
    inner, end, after = rest.partition("\n\n</details>\n\n")
    assert end
    assert all(text in before for text in open_)
    assert all(text in inner for text in folded)
    assert after.startswith("Files: ")


def test_the_gist_is_not_told_again_where_it_is_seen():
    assert page("figures", paragraphs=("The gist.", "How it was made.")).count("The gist.") == 1


def test_a_table_has_one_cell_a_column_whatever_stands_in_it_and_no_more_than_is_seen_at_once():
    (row,) = [line for line in page("whole").splitlines() if line.startswith("| a")]
    assert row == "| a\\|b &lt;i> | 2.00x\xa0[1.99,\xa02.01] |"
    assert len(re.split(r"(?<!\\)\|", row)) == 4
    assert "asked for" not in page("whole")
